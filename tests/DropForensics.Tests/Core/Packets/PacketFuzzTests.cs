using DropForensics.Core.Model;
using DropForensics.Core.Packets;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Packets;

public sealed class PacketFuzzTests
{
    private const int Margin = 64;
    private const ulong Head = 0xffff8a3168214a00;

    // The window lies in a larger array: what is before and behind it must neither be read nor written.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Any_bytes_with_any_geometry_are_masked_and_decoded_within_the_window(int seed)
    {
        var random = new Random(seed);
        byte[] array = new byte[Margin + 512 + Margin], copy = new byte[array.Length];
        int flows = 0, inner = 0;
        for (int round = 0; round < 200_000; round++)
        {
            int length = 8 * random.Next(65);
            SkbGeometry geometry = round % 2 == 0 ? Arbitrary(random) : Mutated(random, array, ref length);
            if (round % 2 == 0)
                random.NextBytes(array.AsSpan(Margin, length));
            int before = round % 4 == 0 ? random.Next(200) : PlacedPacket.Before;

            array.AsSpan(0, Margin).Fill(0x45);
            array.AsSpan(Margin + length).Fill(0x45);
            bool isFlow = PacketDecoder.TryDecode(View(array, geometry, before, length), out PacketHeaders headers, out ByteRange range);
            array.AsSpan(0, Margin).Fill(0x86);
            array.AsSpan(Margin + length).Fill(0x86);
            SkbWindow window = View(array, geometry, before, length);
            Assert.Equal(isFlow, PacketDecoder.TryDecode(window, out PacketHeaders again, out _));
            Assert.Equal(headers, again);
            Assert.InRange(range.Start, 0, range.End);
            Assert.InRange(range.End, range.Start, window.End);
            flows += isFlow ? 1 : 0;
            inner += headers.Inner is null ? 0 : 1;

            PacketMask.Apply(window, keepsPayload: true);
            array.CopyTo(copy, 0);
            PacketMask.Apply(window, keepsPayload: true);
            Assert.True(copy.AsSpan().SequenceEqual(array));

            PacketMask.Apply(window, keepsPayload: false);
            Assert.Equal(isFlow, PacketDecoder.TryDecode(window, out again, out ByteRange rangeAgain));
            Assert.Equal(headers, again);
            Assert.True(range == rangeAgain || (range.Start == range.End && rangeAgain.Start == rangeAgain.End));
            array.CopyTo(copy, 0);
            PacketMask.Apply(window, keepsPayload: false);
            Assert.True(copy.AsSpan().SequenceEqual(array));
            Assert.False(array.AsSpan(0, Margin).ContainsAnyExcept((byte)0x86));
            Assert.False(array.AsSpan(Margin + length).ContainsAnyExcept((byte)0x86));
        }
        Assert.InRange(flows, 10_000, int.MaxValue);
        Assert.InRange(inner, 1_000, int.MaxValue);
    }

    private static SkbWindow View(byte[] array, in SkbGeometry geometry, int before, int length) =>
        new(geometry, before, array.AsSpan(Margin, length));

    // Half of it near what is sound, so that every check is passed and failed.
    private static SkbGeometry Arbitrary(Random random) => new()
    {
        Head = Value(random, Head),
        Data = Value(random, Head + (ulong)random.Next(300)),
        Length = Value(random, (ulong)random.Next(1600)),
        DataLength = Value(random, (ulong)random.Next(3) * 20),
        Tail = Value(random, (ulong)random.Next(600)),
        Mac = Value(random, (ulong)random.Next(300)),
        Network = Value(random, (ulong)random.Next(300)),
        Protocol = random.Next(4) switch { 0 => 0x800, 1 => 0x86dd, 2 => 0x8100, _ => random.Next(65536) },
    };

    private static ulong Value(Random random, ulong sound) => random.Next(24) switch
    {
        0 => 0,
        1 => SkbGeometry.Unset,
        2 => ulong.MaxValue,
        3 => (ulong)random.NextInt64(),
        _ => sound,
    };

    private static SkbGeometry Mutated(Random random, byte[] array, ref int length)
    {
        PlacedPacket skb = PacketSamples.All[random.Next(PacketSamples.All.Length)].Skb;
        byte[] bytes = skb.Bytes();
        bytes.CopyTo(array, Margin);
        length = random.Next(4) == 0 ? 8 * random.Next(bytes.Length / 8 + 1) : bytes.Length;
        for (int changes = random.Next(4); changes > 0; changes--)
            array[Margin + random.Next(bytes.Length)] = (byte)random.Next(256);
        SkbGeometry geometry = skb.Geometry;
        return random.Next(6) switch
        {
            0 => geometry with { Tail = geometry.Tail - (ulong)random.Next(40) },
            1 => geometry with { Mac = geometry.Mac + (ulong)random.Next(-20, 20) },
            2 => geometry with { Network = geometry.Network + (ulong)random.Next(-20, 20) },
            3 => geometry with { Protocol = random.Next(2) == 0 ? 0x8100 : 0x800 },
            _ => geometry,
        };
    }
}
