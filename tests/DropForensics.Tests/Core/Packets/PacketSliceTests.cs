using DropForensics.Core.Packets;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Packet;

namespace DropForensics.Tests.Core.Packets;

public sealed class PacketSliceTests
{
    [Theory]
    [MemberData(nameof(PacketSamples.Names), MemberType = typeof(PacketSamples))]
    public void The_slice_is_the_packet_from_its_first_known_header_on(string name)
    {
        (_, PlacedPacket skb, int start, int end) = PacketSamples.Of(name);
        foreach (bool payload in new[] { false, true })
        {
            var window = new SkbWindow(skb.Geometry, PlacedPacket.Before, skb.Bytes());
            bool found = PacketSlice.TryFind(window, payload, out PacketSlice slice);
            Assert.Equal(name is not "unix socket", found);
            if (!found) continue;
            Assert.Equal(skb.Packet[0] == 2 ? PacketStart.Ethernet : PacketStart.Ip, slice.Start);
            byte[] expected = skb.Packet[start..(payload ? skb.Packet.Length - skb.InFragments : end)];
            Assert.Equal(expected[..Math.Min(expected.Length, 8 * skb.Words - skb.At(start))], window.Bytes[slice.Range.Start..slice.Range.End].ToArray());
            Assert.Equal(skb.Packet.Length - start, slice.Length);
        }
    }

    [Fact]
    public void A_masked_window_gives_the_same_slice()
    {
        foreach ((string name, PlacedPacket skb, _, _) in PacketSamples.All)
        {
            byte[] bytes = skb.Bytes(), masked = skb.Bytes();
            PacketMask.Apply(new SkbWindow(skb.Geometry, PlacedPacket.Before, masked), keepsPayload: false);
            bool found = PacketSlice.TryFind(new SkbWindow(skb.Geometry, PlacedPacket.Before, bytes), false, out PacketSlice slice);
            Assert.Equal(found, PacketSlice.TryFind(new SkbWindow(skb.Geometry, PlacedPacket.Before, masked), false, out PacketSlice again));
            Assert.Equal(slice, again);
            Assert.True(!found || bytes.AsSpan(slice.Range.Start..slice.Range.End).SequenceEqual(masked.AsSpan(slice.Range.Start..slice.Range.End)), name);
        }
    }

    [Fact]
    public void A_tag_without_its_Ethernet_header_is_left_out()
    {
        byte[] frame = Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(9))), (0x8100, 0x2064));
        var skb = new PlacedPacket(frame[14..], 0x8100, null, 0, 0);
        Assert.True(PacketSlice.TryFind(new SkbWindow(skb.Geometry, PlacedPacket.Before, skb.Bytes()), false, out PacketSlice slice));
        Assert.Equal((PacketStart.Ip, skb.At(4), 37L), (slice.Start, slice.Range.Start, slice.Length));
    }

    [Fact]
    public void ARP_without_an_Ethernet_header_is_none_and_so_is_what_lies_in_fragments_alone()
    {
        Assert.False(Finds(PlacedPacket.Bare(Arp(1), 0x806)));
        Assert.False(Finds(PlacedPacket.Bare(Ipv4(17, Payload(24)), 0x800) with { InFragments = 44 }));
        Assert.False(PacketSlice.TryFind(new SkbWindow(new SkbGeometry(), 96, new byte[256]), true, out _));
        static bool Finds(PlacedPacket skb) => PacketSlice.TryFind(new SkbWindow(skb.Geometry, PlacedPacket.Before, skb.Bytes()), true, out _);
    }
}
