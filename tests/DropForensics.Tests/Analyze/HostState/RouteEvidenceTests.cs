using System.Text;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.HostState;

/// <summary>What routes, neighbours, links and interrupts add to findings: made captures of one fault each, and twins without it.</summary>
public sealed class RouteEvidenceTests : IDisposable
{
    private const string LinkHead = "interface\tifindex\tstate\tcarrier\tflags\tmtu\n";
    private const string RouteHead = "family\ttable\ttype\tdestination\tfrom\tgateway\tinterface\tsource\tmetric\tmtu\tprotocol\tscope\thops\n";
    private const string RuleHead = "family\tpriority\taction\ttable\tfrom\tto\tiif\toif\tfwmark\tmask\tprotocol\tsport\tdport\n";
    private const string NeighbourHead = "address\tinterface\thardware\tstate\n";

    private static readonly string Usual = RuleHead + Rule("local") + Rule("main") + Rule("default"), ByMark = Usual + "inet\t100\tlookup\t7\tall\t-\t-\t-\t0x1\t0xff\t-\t-\t-\n",
        Routes = RouteHead + Route("default", "10.0.0.254", "eth0") + Route("10.0.0.0/24", "-", "veth-b") + Route("10.0.0.128/25", "-", "gone", metric: "5") + Route("10.0.0.128/25", "-", "wide", metric: "1", mtu: "9000"),
        Links = LinkHead + "veth-b\t7\tup\t1\tup,running\t1280\neth0\t2\tup\t1\tup,running\t1500\n";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Too_big_packets_have_the_interface_they_had_to_leave_through_and_its_mtu()
    {
        Assert.Equal("The route to 10.0.0.2 leads through `veth-b`, whose MTU is 1,280.", First("PKT_TOO_BIG", 2));
        Assert.Equal("The route to 10.0.0.200 leads through `wide`, whose MTU is 1,400; the route itself allows 9,000.", First("PKT_TOO_BIG", 200, links: Links + "wide\t8\tup\t1\tup\t1400\n"));
    }

    [Theory]
    [InlineData("rules by mark")]
    [InlineData("no rules known")]
    [InlineData("an incomplete list")]
    [InlineData("another reason's drops in it")]
    public void Where_a_route_is_not_surely_theirs_none_is_named(string why)
    {
        IReadOnlyList<Finding> findings = Of(
            [Dropped("PKT_TOO_BIG", 2), .. why == "another reason's drops in it" ? [Dropped("PKT_TOO_BIG", 2, "[<0>] nft_do_chain+0x1/0x2\n")] : Array.Empty<Drop>()],
            ("links.tsv", Links), ("routes.tsv", Routes + (why == "an incomplete list" ? "# 70000 routes were left out\n" : "")),
            ("rules.tsv", why switch { "rules by mark" => ByMark, "no rules known" => RuleHead, _ => Usual }));
        Assert.Equal(why == "another reason's drops in it", findings.SelectMany(f => f.Evidence).Select(EvidenceWords.Of).Any(s => s.StartsWith("The route to", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_reverse_path_filter_has_the_route_back()
    {
        Assert.Equal("The route back to 10.0.3.1 leads through `eth0`, and its packets came in through `veth-b`.", First("IP_RPFILTER", 2, from: 0x301));
        Assert.Equal("There is no route back to 10.0.3.1 in network namespace 4026532281.", First("IP_RPFILTER", 2, from: 0x301, routes: RouteHead + Route("10.0.0.0/24", "-", "veth-b")));
        Assert.DoesNotContain("route back", First("IP_RPFILTER", 2, from: 1), StringComparison.Ordinal); // it leads where they came in
    }

    [Fact]
    public void Rules_by_mark_that_the_filter_does_not_see_are_said()
    {
        const string Sentence = "Routing rules choose by the packet's mark in network namespace 4026532281, and `net.ipv4.conf.all.src_valid_mark` is 0: the filter looks up the route back without the mark.";
        Assert.Equal(Sentence, First("IP_RPFILTER", 2, rules: ByMark, settings: "net.ipv4.conf.all.src_valid_mark = 0\n"));
        Assert.NotEqual(Sentence, First("IP_RPFILTER", 2, rules: ByMark, settings: "net.ipv4.conf.all.src_valid_mark = 1\n"));
        Assert.NotEqual(Sentence, First("IP_RPFILTER", 2, settings: "net.ipv4.conf.all.src_valid_mark = 0\n"));
    }

    [Fact]
    public void A_next_hop_that_did_not_answer_is_named_with_its_state()
    {
        string table = NeighbourHead + "10.0.0.2\tveth-b\t-\tfailed\n10.0.0.254\teth0\t-\tincomplete\n10.0.0.3\teth0\t-\tfailed\n";
        Assert.Equal("The next hop 10.0.0.2 at `veth-b` was in the state `failed` after the window.", First("NEIGH_FAILED", 2, neighbours: table));
        Assert.Equal("The next hop 10.0.0.254 at `eth0` was in the state `incomplete` after the window; it is the gateway to 10.0.9.9.", First("NEIGH_FAILED", 0x909, neighbours: table));
        Assert.DoesNotContain("next hop 10", First("NEIGH_FAILED", 3, neighbours: table), StringComparison.Ordinal); // another interface's entry
    }

    [Fact]
    public void An_address_that_another_host_has_is_said()
    {
        string Addresses(string flags) => $"interface\taddress\tpeer\tscope\tflags\nveth-b\tfd00::2/64\t-\tglobal\t{flags}\n";
        const string Sentence = "`veth-b` in network namespace 4026532281 does not use its address fd00::2/64: another host had it already (duplicate address detection).";
        Assert.Equal(Sentence, First("NEIGH_FAILED", 2, addresses: Addresses("0x88")));
        Assert.NotEqual(Sentence, First("NEIGH_FAILED", 2, addresses: Addresses("0x80")));
    }

    [Theory]
    [InlineData("lowerlayerdown", "broadcast,up", "`veth-b` had no carrier after the window in network namespace 4026532281: its state was `lowerlayerdown`.")]
    [InlineData("down", "broadcast", "`veth-b` was switched off after the window in network namespace 4026532281.")]
    [InlineData("up", "broadcast,up", null)]
    public void An_interface_that_could_not_send_is_said(string state, string flags, string? expected)
    {
        IReadOnlyList<Finding> findings = Of([Dropped("DEV_READY", 2)], ("links.tsv", LinkHead + $"veth-b\t7\t{state}\t0\t{flags}\t1500\n"));
        Assert.Equal(expected, findings[0].Evidence.Select(EvidenceWords.Of).FirstOrDefault(s => s.Contains("after the window", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(400, false)]
    public void One_cpu_that_serves_the_network_alone_has_its_interrupt(int elsewhere, bool isAlone)
    {
        static string Softirqs(int own, int other) => $"     CPU0  CPU1 CPU2 CPU3\n TIMER:  9 9 9 9\nNET_RX:  {other} {own} 0 0\n";
        static string Interrupts(int own) => $"     CPU0  CPU1 CPU2 CPU3\n 41:  0 {own} 0 0 PCI-MSIX-0000:00:04.0   1-edge      eth0-rx-0\n 42:  0 7 0 0 PCI-MSIX 2-edge eth0-tx-0\nLOC: 1 {own * 9} 1 1 Local timer interrupts\n";
        string path = _scratch.File("c.db");
        Write(path, Eprobe with { CpusOnline = "0-3" }, writer =>
        {
            foreach ((string name, string before, string after) in new[]
            {
                ("/proc/softirqs", Softirqs(1000, 50), Softirqs(2000, 50 + elsewhere)), ("/proc/interrupts", Interrupts(5), Interrupts(905)),
                ("irqs.tsv", "irq\taffinity\teffective\tname\n41\t0-3\t0\teth0-rx-0\n", "irq\taffinity\teffective\tname\n41\t0-3\t0\teth0-rx-0\n"),
            })
            {
                writer.AddArtifact(ArtifactPhase.Before, 0, name, Encoding.UTF8.GetBytes(before));
                writer.AddArtifact(ArtifactPhase.After, 0, name, Encoding.UTF8.GetBytes(after));
            }
        }, [.. Enumerable.Repeat(Dropped("NO_SOCKET", 2), 60)]);
        string[] sentences = [.. MadeCapture.Read(path).Findings.Single(f => f.Id == "hot-cpu").Evidence.Select(EvidenceWords.Of)];

        Assert.Equal(isAlone, sentences.Contains("CPU 1 ran 100 % of all 1,000 receive softirqs (`NET_RX` in /proc/softirqs): the other CPUs hardly took part."));
        Assert.Equal(isAlone, sentences.Contains("Interrupt 41 (`eth0-rx-0`) came there 900 times; its affinity allows CPU 0-3."));
    }

    private static string Rule(string table) => $"inet\t0\tlookup\t{table}\tall\t-\t-\t-\t-\t-\t-\t-\t-\n";

    private static string Route(string to, string gateway, string link, string metric = "-", string mtu = "-") => $"inet\tmain\tunicast\t{to}\t-\t{gateway}\t{link}\t-\t{metric}\t{mtu}\t2\t0\t-\n";

    private static Drop Dropped(string reason, int to, string? frames = MadeCapture.Backlog, int from = 1) => new(VethB, new PacketHeaders(V4(from, to, 17, 40000, 5000), null, null), frames, reason);

    private string First(
        string reason, int to, int from = 1, string? links = null, string? routes = null, string? rules = null, string neighbours = NeighbourHead, string addresses = "interface\n", string settings = "x = 0\n") =>
        Of([Dropped(reason, to, from: from)], ("links.tsv", links ?? Links), ("routes.tsv", routes ?? Routes), ("rules.tsv", rules ?? Usual), ("neighbours.tsv", neighbours), ("addresses.tsv", addresses), ("/proc/sys/net", settings))
            [0].Evidence.Select(EvidenceWords.Of).First();

    private IReadOnlyList<Finding> Of(Drop[] drops, params (string Path, string Content)[] files)
    {
        string path = _scratch.File("c.db");
        File.Delete(path);
        Write(path, Eprobe, writer =>
        {
            foreach ((string name, string content) in files) writer.AddArtifact(ArtifactPhase.Before, Pod, name, Encoding.UTF8.GetBytes(content));
        }, drops);
        return MadeCapture.Read(path).Findings;
    }
}
