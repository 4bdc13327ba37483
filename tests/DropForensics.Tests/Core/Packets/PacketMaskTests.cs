using DropForensics.Core.Packets;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Packets;

public sealed class PacketMaskTests
{
    [Theory]
    [MemberData(nameof(PacketSamples.Names), MemberType = typeof(PacketSamples))]
    public void The_headers_survive_and_nothing_else(string name)
    {
        var (_, skb, start, end) = PacketSamples.Of(name);
        byte[] window = skb.Bytes(), expected = new byte[window.Length];
        window.AsSpan(skb.At(start)..skb.At(end)).CopyTo(expected.AsSpan(skb.At(start)));
        PacketMask.Apply(new SkbWindow(skb.Geometry, PlacedPacket.Before, window), keepsPayload: false);
        Assert.Equal(expected, window);
        Assert.DoesNotContain((byte)0xee, window);
    }

    [Theory]
    [MemberData(nameof(PacketSamples.Names), MemberType = typeof(PacketSamples))]
    public void With_payload_the_packet_survives_and_nothing_else(string name)
    {
        PlacedPacket skb = PacketSamples.Of(name).Skb;
        byte[] window = skb.Bytes();
        PacketMask.Apply(new SkbWindow(skb.Geometry, PlacedPacket.Before, window), keepsPayload: true);
        Assert.Equal(skb.Bytes(other: 0), window);
    }

    [Theory]
    [MemberData(nameof(Garbage))]
    public void Of_a_geometry_that_cannot_be_nothing_survives(string what, SkbGeometry geometry)
    {
        Assert.NotEmpty(what);
        foreach (bool keepsPayload in new[] { false, true })
        {
            byte[] window = PacketSamples.Of("udp").Skb.Bytes();
            PacketMask.Apply(new SkbWindow(geometry, PlacedPacket.Before, window), keepsPayload);
            Assert.False(window.AsSpan().ContainsAnyExcept((byte)0));
        }
    }

    public static IEnumerable<TheoryDataRow<string, SkbGeometry>> Garbage()
    {
        SkbGeometry sound = PacketSamples.Of("udp").Skb.Geometry;
        yield return new("all 0", new SkbGeometry());
        yield return new("head no kernel address", sound with { Head = 0x7fff00000000, Data = 0x7fff00000080 });
        yield return new("data before head", sound with { Data = sound.Head - 1 });
        yield return new("data behind tail", sound with { Data = sound.Head + sound.Tail + 1 });
        yield return new("tail over 2 GiB", sound with { Tail = 1UL << 31 });
        yield return new("more in fragments than there is", sound with { DataLength = sound.Length + 1 });
        yield return new("length over 32 bits", sound with { Length = 1UL << 32 });
        yield return new("empty", sound with { Data = sound.Head + 100_000, Tail = 100_000, Mac = SkbGeometry.Unset, Network = 0, Length = 0 });
    }

    [Fact]
    public void Header_offsets_that_are_unset_or_behind_the_packet_do_not_move_its_start()
    {
        SkbGeometry geometry = PacketSamples.Of("udp").Skb.Geometry;
        byte[] window = new byte[256];
        foreach (ulong offset in new[] { SkbGeometry.Unset, geometry.Tail + 1, ulong.MaxValue })
        {
            var view = new SkbWindow(geometry with { Mac = offset, Network = offset == SkbGeometry.Unset ? 0 : offset }, PlacedPacket.Before, window);
            Assert.Equal(PlacedPacket.Before, view.Start);
            Assert.Equal(-1, view.MacAt);
            Assert.Equal(-1, view.NetworkAt);
        }
    }
}
