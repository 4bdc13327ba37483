using DropForensics.Analyze.Facts;
using Xunit;

namespace DropForensics.Tests.Analyze.Facts;

/// <summary>Two different flows never read the same, whatever they differ in.</summary>
public sealed class FlowWordsTests
{
    private const int EtherIp = 2048, EtherIp6 = 34525, EtherArp = 2054;

    [Fact]
    public void Flows_that_differ_in_any_field_read_differently()
    {
        var random = new Random(16);
        for (int round = 0; round < 50; round++)
        {
            List<FlowFacts> flows = [.. Enumerable.Range(0, 200).Select(_ => Flow(random)).Distinct()];
            Dictionary<FlowFacts, string> marks = FlowWords.Marks(flows);
            Assert.NotEmpty(marks);
            string[] texts = [.. flows.Select(flow => $"{flow.Ends} | {FlowWords.Detail(flow)} | {marks.GetValueOrDefault(flow)}")];
            Assert.Equal(texts, texts.Distinct());
        }
    }

    [Fact]
    public void A_flow_like_no_other_has_no_mark()
    {
        FlowFacts udp = Udp(vlan: null), tagged = Udp(vlan: 5);
        Assert.Empty(FlowWords.Marks([udp, tagged]));
        Assert.Equal("UDP · VLAN 5 · eth0", FlowWords.Detail(tagged));
    }

    [Fact]
    public void The_mark_has_the_fields_in_which_flows_differ_and_no_others()
    {
        FlowFacts report = Icmp(130, 0), query = Icmp(143, 0);
        Dictionary<FlowFacts, string> marks = FlowWords.Marks([report, query]);
        Assert.Equal(("type 130", "type 143"), (marks[report], marks[query]));
        Assert.Equal("ICMPv6 destination unreachable, code 4", FlowWords.Kind(Icmp(1, 4)));
    }

    private static FlowFacts Udp(int? vlan) => Flow(EtherIp, vlan, 17, "10.0.0.1", "10.0.0.2", 40000, 53, null, null, false, null);

    private static FlowFacts Icmp(int type, int code) => Flow(EtherIp6, null, 58, "fe80::1", "fe80::2", null, null, type, code, false, null);

    private static FlowFacts Flow(Random random)
    {
        int? Maybe(params ReadOnlySpan<int> values) => random.Next(values.Length + 1) is var i && i < values.Length ? values[i] : null;
        string Address() => random.Next(2) == 0 ? "10.0.0.1" : "fe80::1";
        PacketEnds? inner = random.Next(2) == 0
            ? null : Flow(EtherIp + random.Next(2), Maybe(5), Maybe(1, 17), Address(), Address(), Maybe(1), Maybe(2), Maybe(3, 8), Maybe(0, 1), false, null);
        return Flow(
            random.Next(3) switch { 0 => EtherIp, 1 => EtherIp6, _ => EtherArp }, Maybe(5), Maybe(1, 17, 58), Address(), Address(), Maybe(1), Maybe(2), Maybe(130, 131, 143), Maybe(0, 1),
            random.Next(2) == 0, inner);
    }

    private static FlowFacts Flow(
        int etherType, int? vlan, int? protocol, string src, string dst, int? sport, int? dport, int? type, int? code, bool isLater, PacketEnds? inner)
    {
        return new FlowFacts
        {
            EtherType = etherType,
            Vlan = vlan,
            IpProtocol = protocol,
            Protocol = Protocols.Name(etherType, protocol),
            Src = src,
            Dst = dst,
            Sport = sport,
            Dport = dport,
            Type = type,
            Code = code,
            Service = Protocols.Service(etherType, protocol, dport, type, isLater),
            LaterFragment = isLater,
            Tunnel = inner is null ? null : "vxlan",
            Inner = inner,
            Interface = "eth0",
            Interfaces = 1,
            Reasons = [],
            Drops = 1,
            Share = 0.5,
            FirstNs = 0,
            LastNs = 0,
        };
    }
}
