using Xunit;
using static DropForensics.Tests.TestKit.Packet;

namespace DropForensics.Tests.TestKit;

/// <summary>One packet of each kind the decoder knows, and where its headers end.</summary>
internal static class PacketSamples
{
    public static readonly (string Name, PlacedPacket Skb, int HeaderStart, int HeaderEnd)[] All =
    [
        ("udp", PlacedPacket.Received(Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(30)))), 0x800), 0, 42),
        ("udp, options", PlacedPacket.Received(Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(30)), optionWords: 3)), 0x800), 0, 54),
        ("udp-lite", PlacedPacket.Bare(Ipv4(136, Udp(1000, 53, Payload(30))), 0x800), 0, 28),
        ("tcp", PlacedPacket.Received(Ethernet(0x800, Ipv4(6, Tcp(1000, 443, 5, Payload(60)))), 0x800), 0, 74),
        ("tcp6", PlacedPacket.Received(Ethernet(0x86dd, Ipv6(6, Tcp(1000, 443, 0, Payload(60)))), 0x86dd), 0, 74),
        ("icmp", PlacedPacket.Bare(Ipv4(1, Icmp(8, 0, Payload(40))), 0x800), 0, 28),
        ("icmpv6", PlacedPacket.Bare(Ipv6(58, Icmp(135, 0, Payload(24))), 0x86dd), 0, 48),
        ("sctp", PlacedPacket.Bare(Ipv4(132, Sctp(1000, 2905, Payload(24))), 0x800), 0, 32),
        ("dccp", PlacedPacket.Bare(Ipv4(33, Dccp(1000, 5001, false, Payload(24))), 0x800), 0, 32),
        ("dccp, long", PlacedPacket.Bare(Ipv4(33, Dccp(1000, 5001, true, Payload(24))), 0x800), 0, 36),
        ("unknown transport", PlacedPacket.Bare(Ipv4(99, Payload(24)), 0x800), 0, 20),
        ("arp", PlacedPacket.Received(Ethernet(0x806, [.. Arp(1), .. Payload(18)]), 0x806), 0, 42),
        ("later fragment", PlacedPacket.Bare(Ipv4(17, Payload(24), fragment: 3), 0x800), 0, 20),
        ("extensions", PlacedPacket.Bare(Ipv6(0, Extension(43, 0, Extension(60, 1, Extension(51, 0, Authentication(17, Udp(1000, 53, Payload(20))))))), 0x86dd), 0, 40 + 8 + 16 + 8 + 24 + 8),
        ("first fragment6", PlacedPacket.Bare(Ipv6(44, Fragment(17, 0, Udp(1000, 53, Payload(20)))), 0x86dd), 0, 56),
        ("later fragment6", PlacedPacket.Bare(Ipv6(44, Fragment(17, 4, Payload(20))), 0x86dd), 0, 48),
        ("vlan", new PlacedPacket(Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(9))), (0x8100, 0x2064)), 0x800, 0, 18, 18), 0, 46),
        ("vlan, received", PlacedPacket.Received(Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(9))), (0x8100, 0x2064)), 0x8100), 0, 46),
        ("qinq, network unset", new PlacedPacket(Ethernet(0x86dd, Ipv6(17, Udp(1000, 53, Payload(9))), (0x88a8, 7), (0x8100, 100)), 0x88a8, 0, null, 0), 0, 70),
        ("vxlan", PlacedPacket.Received(Ethernet(0x800, Ipv4(17, Udp(1000, 4789, Vxlan(Ethernet(0x800, Ipv4(6, Tcp(5, 6, 0, Payload(30)))))))), 0x800), 0, 104),
        ("vxlan without packet", PlacedPacket.Bare(Ipv4(17, Udp(1000, 8472, Payload(60))), 0x800), 0, 28),
        ("gre", PlacedPacket.Bare(Ipv4(47, Gre(0x800, true, Ipv4(17, Udp(5, 6, Payload(30))))), 0x800), 0, 64),
        ("gre, frame", PlacedPacket.Bare(Ipv6(47, Gre(0x6558, false, Ethernet(0x86dd, Ipv6(58, Icmp(128, 0, Payload(30))), (0x8100, 12)))), 0x86dd), 0, 110),
        ("gre, unknown", PlacedPacket.Bare(Ipv4(47, Gre(0x880b, false, Payload(30))), 0x800), 0, 24),
        ("ipip", PlacedPacket.Bare(Ipv4(4, Ipv4(17, Udp(5, 6, Payload(30)))), 0x800), 0, 48),
        ("sit", PlacedPacket.Bare(Ipv4(41, Ipv6(17, Udp(5, 6, Payload(30)))), 0x800), 0, 68),
        ("tunnel in a tunnel", PlacedPacket.Bare(Ipv4(4, Ipv4(17, Udp(5, 4789, Payload(60)))), 0x800), 0, 48),
        ("unknown ethertype", PlacedPacket.Received(Ethernet(0x888e, Payload(40)), 0x888e), 0, 14),
        ("unix socket", new PlacedPacket(Payload(40), 0, null, null, 0), 0, 0),
        ("headers pulled", new PlacedPacket(Ethernet(0x800, Ipv4(17, Udp(1000, 53, Payload(30)))), 0x800, 0, 14, 42), 0, 42),
        ("in fragments", new PlacedPacket(Ipv4(6, Tcp(1000, 443, 0, Payload(600))), 0x800, null, 0, 0) { InFragments = 600 }, 0, 40),
    ];

    public static IEnumerable<TheoryDataRow<string>> Names => All.Select(sample => new TheoryDataRow<string>(sample.Name));

    public static (string Name, PlacedPacket Skb, int HeaderStart, int HeaderEnd) Of(string name) => All.Single(sample => sample.Name == name);
}
