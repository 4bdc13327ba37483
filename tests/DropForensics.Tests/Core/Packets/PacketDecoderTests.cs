using DropForensics.Core.Model;
using DropForensics.Core.Packets;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Packet;

namespace DropForensics.Tests.Core.Packets;

public sealed class PacketDecoderTests
{
    private static readonly PacketFlow V4 = new() { EtherType = 0x800, Source = V4Source, Destination = V4Destination };
    private static readonly PacketFlow V6 = new() { EtherType = 0x86dd, Source = V6Source, Destination = V6Destination };
    private static readonly PacketFlow Dns = V4 with { IpProtocol = 17, SourcePort = 1000, DestinationPort = 53 };
    private static readonly PacketFlow Dns6 = V6 with { IpProtocol = 17, SourcePort = 1000, DestinationPort = 53 };
    private static readonly PacketFlow Carried = V4 with { IpProtocol = 17, SourcePort = 5, DestinationPort = 6 };

    private static readonly Dictionary<string, PacketHeaders?> Expected = new()
    {
        ["udp"] = Plain(Dns),
        ["udp, options"] = Plain(Dns),
        ["udp-lite"] = Plain(Dns with { IpProtocol = 136 }),
        ["tcp"] = Plain(V4 with { IpProtocol = 6, SourcePort = 1000, DestinationPort = 443 }),
        ["tcp6"] = Plain(V6 with { IpProtocol = 6, SourcePort = 1000, DestinationPort = 443 }),
        ["icmp"] = Plain(V4 with { IpProtocol = 1, Type = 8, Code = 0 }),
        ["icmpv6"] = Plain(V6 with { IpProtocol = 58, Type = 135, Code = 0 }),
        ["sctp"] = Plain(V4 with { IpProtocol = 132, SourcePort = 1000, DestinationPort = 2905 }),
        ["dccp"] = Plain(V4 with { IpProtocol = 33, SourcePort = 1000, DestinationPort = 5001 }),
        ["dccp, long"] = Plain(V4 with { IpProtocol = 33, SourcePort = 1000, DestinationPort = 5001 }),
        ["unknown transport"] = Plain(V4 with { IpProtocol = 99 }),
        ["arp"] = Plain(V4 with { EtherType = 0x806, Type = 1 }),
        ["later fragment"] = Plain(V4 with { IpProtocol = 17, IsLaterFragment = true }),
        ["extensions"] = Plain(Dns6),
        ["first fragment6"] = Plain(Dns6),
        ["later fragment6"] = Plain(V6 with { IpProtocol = 17, IsLaterFragment = true }),
        ["vlan"] = Plain(Dns with { Vlan = 100 }),
        ["vlan, received"] = Plain(Dns with { Vlan = 100 }),
        ["qinq, network unset"] = Plain(Dns6 with { Vlan = 100 }),
        ["vxlan"] = new PacketHeaders(Dns with { DestinationPort = 4789 }, "vxlan", V4 with { IpProtocol = 6, SourcePort = 5, DestinationPort = 6 }),
        ["vxlan without packet"] = Plain(Dns with { DestinationPort = 8472 }),
        ["gre"] = new PacketHeaders(V4 with { IpProtocol = 47 }, "gre", Carried),
        ["gre, frame"] = new PacketHeaders(V6 with { IpProtocol = 47 }, "gre", V6 with { Vlan = 12, IpProtocol = 58, Type = 128, Code = 0 }),
        ["gre, unknown"] = Plain(V4 with { IpProtocol = 47 }),
        ["ipip"] = new PacketHeaders(V4 with { IpProtocol = 4 }, "ipip", Carried),
        ["sit"] = new PacketHeaders(V4 with { IpProtocol = 41 }, "ipip", V6 with { IpProtocol = 17, SourcePort = 5, DestinationPort = 6 }),
        ["tunnel in a tunnel"] = new PacketHeaders(V4 with { IpProtocol = 4 }, "ipip", Carried with { DestinationPort = 4789 }),
        ["unknown ethertype"] = null,
        ["unix socket"] = null,
        ["headers pulled"] = Plain(Dns),
        ["in fragments"] = Plain(V4 with { IpProtocol = 6, SourcePort = 1000, DestinationPort = 443 }),
    };

    [Theory]
    [MemberData(nameof(PacketSamples.Names), MemberType = typeof(PacketSamples))]
    public void A_packet_says_its_flow_and_where_its_headers_end(string name)
    {
        var (_, skb, start, end) = PacketSamples.Of(name);
        PacketHeaders? headers = Decode(skb, out ByteRange range);
        Assert.Equal(Expected[name], headers);
        if (end > start)
            Assert.Equal(new ByteRange(skb.At(start), skb.At(end)), range);
        else
            Assert.Equal(range.Start, range.End);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0x86dd)]
    [InlineData(0x888e)]
    public void A_header_that_is_not_what_the_protocol_says_is_not_read(int protocol) =>
        Assert.Null(Decode(PlacedPacket.Bare(Ipv4(17, Udp(1, 2, Payload(9))), protocol), out _));

    [Fact]
    public void The_link_header_leads_to_the_network_header_where_its_offset_is_wrong()
    {
        PlacedPacket skb = PlacedPacket.Received(Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(9)))), 0x800);
        foreach (int? network in new int?[] { null, 3, 40 })
            Assert.Equal(Plain(Dns), Decode(skb with { Network = network }, out _));
    }

    // Link, network and transport header of "udp": 14, 20 and 8 bytes. A flow has both addresses.
    [Fact]
    public void A_header_that_is_cut_short_gives_what_of_it_is_whole()
    {
        byte[] frame = Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(9))));
        for (int length = 1; length <= frame.Length; length++)
        {
            PlacedPacket skb = new(frame, 0x800, 0, 14, 0) { InFragments = frame.Length - length };
            PacketFlow? expected = length < 34 ? null
                : Dns with { SourcePort = length < 36 ? null : 1000, DestinationPort = length < 38 ? null : 53 };
            PacketHeaders? headers = Decode(skb, out ByteRange range);
            Assert.Equal(expected, headers?.Flow);
            Assert.InRange(range.End, range.Start, skb.At(Math.Min(length, 42)));
        }
    }

    [Fact]
    public void A_chain_of_extension_headers_cut_short_does_not_name_a_transport_it_did_not_reach()
    {
        byte[] packet = Ipv6(0, Extension(60, 2, Extension(17, 0, Udp(1000, 53, []))));
        for (int length = 40; length <= packet.Length; length++)
        {
            PacketHeaders? headers = Decode(PlacedPacket.Bare(packet, 0x86dd) with { InFragments = packet.Length - length }, out _);
            Assert.Equal(length < 66 ? null : 17, headers?.Flow.IpProtocol);
            Assert.Equal(length < 76 ? null : 53, headers?.Flow.DestinationPort);
        }
    }

    [Fact]
    public void A_chain_of_extension_headers_without_end_is_left()
    {
        byte[] packet = [];
        for (int i = 0; i < 25; i++)
            packet = Extension(0, 0, packet);
        PacketHeaders? headers = Decode(PlacedPacket.Bare(Ipv6(0, packet), 0x86dd), out _);
        Assert.Equal(V6, headers?.Flow);
    }

    [Fact]
    public void Padding_behind_the_packet_is_no_header()
    {
        byte[] padded = [.. Ipv4(17, []), 0xee, 0xee, 0xee, 0xee, 0xee, 0xee];
        PlacedPacket skb = PlacedPacket.Bare(padded, 0x800);
        Assert.Equal(V4 with { IpProtocol = 17 }, Decode(skb, out ByteRange range)?.Flow);
        Assert.Equal(skb.At(20), range.End);
    }

    [Fact]
    public void Decoding_allocates_nothing()
    {
        byte[][] windows = PacketSamples.All.Select(sample => sample.Skb.Bytes()).ToArray();
        SkbGeometry[] geometries = PacketSamples.All.Select(sample => sample.Skb.Geometry).ToArray();
        int flows = 0;
        long before = 0;
        for (int pass = 0; pass < 2; pass++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < windows.Length; i++)
                flows += PacketDecoder.TryDecode(new SkbWindow(geometries[i], PlacedPacket.Before, windows[i]), out _, out _) ? 1 : 0;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2 * Expected.Values.Count(headers => headers is not null), flows);
    }

    private static PacketHeaders Plain(PacketFlow flow) => new(flow, null, null);

    private static PacketHeaders? Decode(PlacedPacket skb, out ByteRange range) =>
        PacketDecoder.TryDecode(new SkbWindow(skb.Geometry, PlacedPacket.Before, skb.Bytes()), out PacketHeaders headers, out range) ? headers : null;
}
