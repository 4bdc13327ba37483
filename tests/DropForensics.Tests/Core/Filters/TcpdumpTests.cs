using DropForensics.Analyze.Export;
using DropForensics.Core;
using DropForensics.Core.Filters;
using DropForensics.Core.Packets;
using DropForensics.Tests.Analyze.Export;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Packet;

namespace DropForensics.Tests.Core.Filters;

/// <summary>Each expression means what it means to tcpdump: the same packets of the same list.</summary>
public sealed class TcpdumpTests : IDisposable
{
    private static readonly string[] Expressions =
    [
        "ip", "ip6", "arp", "rarp", "tcp", "udp", "sctp", "icmp", "icmp6", "igmp", "pim", "vrrp", "ah", "esp",
        "not ip", "! tcp", "not not tcp", "not (tcp or udp)", "!(tcp||udp)", "tcp && udp || icmp", "udp or tcp and icmp", "udp or (tcp and icmp)", "not udp and ip", "(((ip)))",
        "host 192.0.2.1", "src host 192.0.2.1", "dst host 192.0.2.1", "src 198.51.100.2", "dst 198.51.100.2 or 192.0.2.1", "src and dst host 192.0.2.1", "src or dst host 192.0.2.1",
        "host 10.0.0.7", "ip host 192.0.2.1", "arp host 192.0.2.1", "rarp host 192.0.2.1", "arp src host 192.0.2.1", "host 192.0.2.1 or 10.0.0.7", "host (192.0.2.1 or 10.0.0.7)",
        "host 2001:db8::1", "ip6 host 2001:db8::1", "src host 2001:db8::2", "dst host 2001:db8::2", "host ::ffff:192.0.2.1", "not host 192.0.2.1", "not host 192.0.2.1 or 10.0.0.7",
        "host not 192.0.2.1", "host 127.0.0.1", "host ::1", "src host 127.0.0.1 and dst host 127.0.0.1",
        "net 192.0.2.0/24", "net 192.0.2", "net 192.0", "net 192", "net 192.0.0/16", "net 192.0.2.0 mask 255.255.255.0", "src net 192.0.2.0/24", "dst net 198.51.100.0/25",
        "net 0.0.0.0/0", "net 192.0.2.1", "net 2001:db8::/32", "net 2001:db8::/33", "src net 2001:db8::2", "net ::/0", "ip6 net 2001:db8::/32", "arp net 192.0.2.0/24", "ip net 127.0.0.0/8",
        "net 198.51.100.0/24 or 10.0.0.0/8", "src net 127.0.0.0/8 and dst net 127.0.0.0/8",
        "port 53", "port 443", "tcp port 443", "udp port 443", "tcp src port 1000", "tcp dst port 1000", "src port 1000", "dst port 443", "src or dst port 443", "src and dst port 443",
        "dst and src port 9", "sctp port 2905", "port 2905", "port 53 or 443", "port (53 or 443)", "tcp port (53 or 443) and not host 10.0.0.7", "not port 53", "port not 53",
        "port 53 or not 443", "port 53 or (tcp) or 443", "tcp port 443 and host 192.0.2.1", "host 192.0.2.1 and port 53 or 443", "port 53 or host 10.0.0.7 or 198.51.100.2", "port 0", "port 65535",
        "port 0x35", "udp port 53 or tcp port 443 or icmp", "tcp dst port 443 or 444 and src port 1000",
        "portrange 50-60", "portrange 60-50", "portrange 53", "tcp portrange 400-500", "src portrange 1000-1001", "udp dst portrange 1-100", "not portrange 0-1023", "portrange 0-65535",
        "proto 17", "proto \\udp", "ip proto 17", "ip proto \\tcp", "ip6 proto 17", "ip6 proto 44", "ip6 proto 0", "ip proto 6 or 17", "ip6 proto 58", "ip proto 0", "not proto 17", "proto 255", "ip proto (1 or 2)",
        "vlan", "vlan 100", "vlan 7", "vlan 7 and vlan 100", "vlan and vlan", "vlan and ip", "vlan and udp port 53", "vlan 100 and udp port 53", "vlan 100 and host 192.0.2.1", "not vlan", "not vlan and ip",
        "ip or vlan and ip", "vlan and vlan and ip6", "vlan and ip6", "vlan 4095", "vlan and not ip", "port 53 or vlan and port 53", "(vlan 7 or vlan 100) and ip6", "vlan or ip", "ip and vlan", "vlan and less 60",
        "less 60", "greater 60", "greater 0", "less 0", "less 100 and greater 50", "tcp and greater 100", "not less 60",
    ];

    // Words of an address of which no bit is compared: tcpdump reads them only where it is told not to optimize, and we never.
    private static readonly string[] HasWordsOfNoBit = ["net 0.0.0.0/0", "net 2001:db8::/32", "net 2001:db8::/33", "net ::/0", "ip6 net 2001:db8::/32"];

    private readonly ScratchDirectory _scratch = new();
    private readonly List<StoredBytes> _whole, _cut;

    public TcpdumpTests()
    {
        List<StoredBytes> built = [.. PacketSamples.All.Select(sample => StoredBytes.Of(sample.Skb)).OfType<StoredBytes>(), .. Built().Select(StoredBytes.Of).OfType<StoredBytes>()];
        _whole = [.. StoredBytes.OfPcapng(Exported.Bytes(Repository.At("fixtures", "captures", "packets.db"), ExportFormat.Pcapng).Bytes), .. built];
        _cut = [.. built.SelectMany(Cut)];
    }

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Each_expression_takes_the_packets_that_tcpdump_takes()
    {
        var tcpdump = new Tcpdump(_whole, _scratch, optimizes: true);
        Assert.All(Expressions, expression => Same(tcpdump, _whole, expression, isAccepted: true));

        // They can tell: most take some packets and not all.
        Assert.InRange(Expressions.Count(expression => Ours(expression, _whole, Everything(_whole)).Count is > 0 and var count && count < _whole.Count), Expressions.Length * 2 / 3, Expressions.Length);
    }

    [Fact]
    public void A_packet_that_ends_before_what_is_compared_matches_where_it_does_for_tcpdump()
    {
        var tcpdump = new Tcpdump(_cut, _scratch, optimizes: false);
        Assert.All(Expressions.Where(expression => !HasWordsOfNoBit.Contains(expression)), expression => Same(tcpdump, _cut, expression, isAccepted: true));
    }

    [Fact]
    public void So_do_expressions_that_nobody_has_thought_of()
    {
        var tcpdump = new Tcpdump(_whole, _scratch, optimizes: false); // of some only the Ethernet header was stored
        var random = new Random(18);
        int accepted = 0;
        for (int i = 0; i < 150; i++)
            accepted += Same(tcpdump, _whole, Any(random, 3), isAccepted: false) ? 1 : 0;
        Assert.InRange(accepted, 50, 150);
    }

    // Whether it was compared: of what tcpdump accepts, we refuse numbers that are no whole address.
    private static bool Same(Tcpdump tcpdump, List<StoredBytes> packets, string expression, bool isAccepted)
    {
        if (tcpdump.Matches(expression) is not (var theirs, var asked))
        {
            Assert.False(isAccepted, $"tcpdump refuses: {expression}");
            return false;
        }

        if (!isAccepted && Record.Exception(() => DropFilter.Parse(expression)) is UserError refused)
        {
            Assert.Matches("an address has four numbers|no protocol above IP|no network", refused.Message);
            return false;
        }

        IReadOnlyList<int> ours = Ours(expression, packets, asked);
        Assert.True(ours.SequenceEqual(theirs), $"{expression}: {string.Join(' ', ours.Except(theirs))} ours alone, {string.Join(' ', theirs.Except(ours))} tcpdump's alone");
        return true;
    }

    private static IReadOnlyList<int> Everything(List<StoredBytes> packets) => [.. Enumerable.Range(0, packets.Count)];

    private static List<int> Ours(string expression, List<StoredBytes> packets, IReadOnlyList<int> asked)
    {
        DropFilter filter = DropFilter.Parse(expression);
        return [.. asked.Where(i => filter.Test(new FilterSubject(packets[i].Bytes, packets[i].Start, packets[i].Length)) == Answer.Yes)];
    }

    // A sentence of the language: values inherit words, vlan shifts what follows it, and nothing binds stronger than anything but not.
    private static string Any(Random random, int depth)
    {
        string[] primitives =
        [
            "ip", "ip6", "arp", "tcp", "udp", "icmp", "icmp6", "host 192.0.2.1", "src host 198.51.100.2", "dst 2001:db8::2", "net 192.0.0.0/16", "src net 2001:db8::/32", "port 53", "tcp port 443",
            "udp dst port 53", "src and dst port 53", "portrange 50-500", "proto 17", "ip6 proto 44", "vlan", "vlan 100", "less 70", "greater 70", "port (53 or 443)", "ip proto (6 or 17)",
        ];
        string[] values = ["443", "192.0.2.1", "17", "2001:db8::1"];
        var text = new System.Text.StringBuilder();
        for (int part = 0, parts = random.Next(1, 4); part < parts; part++)
        {
            if (part > 0)
                text.Append(random.Next(2) == 0 ? " and " : " or ");
            if (random.Next(4) == 0)
                text.Append("not ");
            text.Append(part > 0 && random.Next(3) == 0 ? values[random.Next(values.Length)]
                : depth > 0 && random.Next(3) == 0 ? $"({Any(random, depth - 1)})" : primitives[random.Next(primitives.Length)]);
        }

        return text.ToString();
    }

    private static IEnumerable<PlacedPacket> Built()
    {
        yield return PlacedPacket.Received(Ethernet(0x8035, Arp(3)), 0x8035);
        yield return PlacedPacket.Bare(Ipv4(17, Udp(53, 53, Payload(30))), 0x800);
        yield return PlacedPacket.Bare(Ipv4(17, Udp(1000, 53, Payload(30)), optionWords: 10), 0x800);
        yield return PlacedPacket.Bare(Ipv4(17, Udp(1000, 53, Payload(30)), fragment: 0x2000), 0x800);
        yield return PlacedPacket.Received(Ethernet(0x800, Ipv4(6, Tcp(443, 443, 2, Payload(30)))), 0x800);
        yield return PlacedPacket.Received(Ethernet(0x86dd, Ipv6(44, Fragment(6, 0, Tcp(443, 53, 2, Payload(30))))), 0x86dd);
        yield return PlacedPacket.Received(Ethernet(0x86dd, Ipv6(17, Udp(443, 53, Payload(30)))), 0x86dd);
        yield return PlacedPacket.Received(Ethernet(0x86dd, Ipv6(0, Extension(17, 0, Udp(443, 53, Payload(30))))), 0x86dd);
        yield return new PlacedPacket(Ethernet(0x86dd, Ipv6(6, Tcp(53, 53, 0, Payload(9))), (0x88a8, 7), (0x8100, 100)), 0x86dd, 0, 22, 22);
        yield return new PlacedPacket(Ethernet(0x800, Ipv4(17, Udp(53, 443, Payload(9))), (0x9100, 5), (0x8100, 6)), 0x800, 0, 22, 22);
        yield return new PlacedPacket(Ethernet(0x806, Arp(1), (0x8100, 100)), 0x806, 0, 18, 18);
        foreach (int protocol in (int[])[2, 50, 51, 103, 112, 132])
        {
            yield return PlacedPacket.Bare(Ipv4(protocol, Sctp(1000, 2905, Payload(24))), 0x800);
            yield return PlacedPacket.Received(Ethernet(0x86dd, Ipv6(protocol, Sctp(53, 443, Payload(24)))), 0x86dd);
        }
    }

    // The packet, and the same with its end not stored: a byte that is not there decides.
    private static IEnumerable<StoredBytes> Cut(StoredBytes whole)
    {
        int least = whole.Start == PacketStart.Ethernet ? 14 : 1;
        for (int length = least; length < whole.Bytes.Length; length += 3)
            yield return whole with { Bytes = whole.Bytes[..length] };
    }
}
