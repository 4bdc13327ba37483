using DropForensics.Analyze.Facts;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.Analysis;

public sealed class PacketFactsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    // Every rule meets every kind of interface.
    private static readonly string SymbolOnly = MadeCapture.E1000.Replace(" [e1000]", "");

    private static readonly Drop[] Every =
    [
        .. from frames in new[] { MadeCapture.E1000, SymbolOnly, MadeCapture.Backlog, null }
           from at in new DropInterface?[] { Eth0, Vlan, Bridge, VethB, Nameless, HostLo, PodLo, null }
           select new Drop(at, Frames: frames),
    ];

    [Theory]
    [InlineData("UPDATE site SET driver_candidates = 'loopback, veth' WHERE entry = 'process_backlog'")]
    [InlineData("UPDATE site SET driver = 'veth', driver_rule = 'backlog' WHERE entry = 'process_backlog'")]
    public void A_drops_driver_is_the_one_the_view_for_people_has(string backlog)
    {
        Write(Path, Eprobe, Every);
        MadeCapture.Change(Path, backlog);
        CaptureFacts facts = MadeCapture.Read(Path).Facts;

        Assert.Equal(
            View("SELECT driver, driver_rule, count(*) FROM drops GROUP BY 1, 2"),
            facts.Drivers.GroupBy(d => (d.Driver, d.Rule)).Select(g => $"{g.Key.Driver}|{g.Key.Rule}|{g.Sum(d => d.Drops)}").Order(StringComparer.Ordinal));
        Assert.Equal(
            View("SELECT function, driver, count(*) FROM drops GROUP BY 1, 2"),
            facts.Sites.SelectMany(s => s.Drivers.Select(d => $"{s.Function}|{d.Name}|{d.Drops}")).Order(StringComparer.Ordinal));
        Assert.Equal(backlog.Contains("candidates", StringComparison.Ordinal) ? 1 : 0, facts.Drivers.Count(d => d.Candidates is not null)); // only where the drop has no interface
    }

    [Fact]
    public void Interfaces_and_namespaces_are_those_of_the_view()
    {
        Write(Path, Eprobe, Every);
        CaptureFacts facts = MadeCapture.Read(Path).Facts;
        Assert.Equal(
            View("SELECT interface, ifindex, netns, count(*) FROM drops GROUP BY 1, 2, 3"),
            facts.Interfaces.Select(i => $"{i.Name}|{i.IfIndex}|{i.Netns}|{i.Drops}").Order(StringComparer.Ordinal));
        Assert.Equal(
            View("SELECT netns, count(*) FROM drops GROUP BY 1"), facts.Namespaces.Select(n => $"{n.Netns}|{n.Drops}").Order(StringComparer.Ordinal));
        Assert.Equal((28, 8), (facts.WithInterface, facts.DistinctInterfaces));
    }

    [Fact]
    public void An_interface_says_what_it_stands_on_where_packets_came_in_and_why_it_is_unknown()
    {
        Write(Path, Eprobe, new Drop(Vlan, Iif: 2), new Drop(Vlan, Iif: 99), new Drop(Vlan), new Drop(Bridge), new Drop(null));
        CaptureFacts facts = MadeCapture.Read(Path).Facts;
        InterfaceFacts vlan = facts.Interfaces[0];
        Assert.Equal(("eth0.5", "802.1Q VLAN Support", "e1000"), (vlan.Name, vlan.Driver, vlan.BaseDriver));
        Assert.Equal(["eth0"], vlan.Lower);
        Assert.Equal([new NamedDrops(null, 1), new NamedDrops("eth0", 1), new NamedDrops("ifindex 99", 1)], vlan.Incoming);
        Assert.Equal(["eth0", "ifindex 6"], facts.Interfaces.Single(i => i.Name == "br0").Lower);
        Assert.Contains("pointed to no device", facts.Interfaces.Single(i => i.Name is null).Meaning);
        Assert.Contains("through bridge", facts.Drivers.Single(d => d.Interfaces[0].Name == "br0").Meaning);
        Assert.Contains("through 802.1Q VLAN Support", facts.Drivers.Single(d => d.Driver == "e1000").Meaning);
    }

    [Fact]
    public void Interfaces_of_one_name_are_told_apart_by_their_namespace()
    {
        Write(Path, Eprobe, new Drop(HostLo), new Drop(PodLo), new Drop(VethB));
        SiteFacts site = MadeCapture.Read(Path).Facts.Sites[0];
        Assert.Equal(["lo (netns 4026531840)", "lo (netns 4026532281)", "veth-b"], site.Interfaces.Select(i => i.Name));
    }

    [Fact]
    public void Tasks_seen_in_a_namespace_hint_at_whose_it_is()
    {
        Write(Path, Eprobe, new Drop(VethB), new Drop(Eth0));
        Assert.Equal(
            [(Host, ""), (Pod, "dropgen")],
            MadeCapture.Read(Path).Facts.Namespaces.Select(n => (n.Netns!.Value, string.Join(' ', n.Tasks))).Order());
    }

    [Fact]
    public void Flows_and_what_they_are_for_are_those_of_the_view()
    {
        Drop[] drops =
        [
            new(VethB, Udp(1, 2, 40000, 9)), new(VethB, Udp(1, 2, 40000, 9)), new(Eth0, Udp(1, 2, 40000, 9), Reason: "TCP_CSUM"),
            new(VethB, Udp(1, 3, 40001, 9)), new(Eth0, new PacketHeaders(V4(1, 3, 1, type: 8), null, null)),
            new(Eth0, new PacketHeaders(V4(1, 3, 17, 5000, 4789), "vxlan", V4(7, 8, 6, 40000, 80))), new(null),
        ];
        Write(Path, Eprobe, drops);
        CaptureFacts facts = MadeCapture.Read(Path).Facts;
        Assert.Equal(
            View("SELECT src, dst, sport, dport, icmp_type, inner_dport, count(*) FROM drops WHERE src IS NOT NULL GROUP BY 1, 2, 3, 4, 5, 6"),
            facts.Flows.Select(f => $"{f.Src}|{f.Dst}|{f.Sport}|{f.Dport}|{f.Type}|{f.Inner?.Dport}|{f.Drops}").Order(StringComparer.Ordinal));
        FlowFacts first = facts.Flows[0];
        Assert.Equal(("UDP", "UDP to port 9", 3L, 3.0 / 7, null, 2), (first.Protocol, first.Service, first.Drops, first.Share, first.Interface, first.Interfaces));
        Assert.Equal([new NamedDrops("NO_SOCKET", 2), new NamedDrops("TCP_CSUM", 1)], first.Reasons);
        Assert.Equal((1_000_000, 3_000_000), (first.FirstNs, first.LastNs));
        Assert.Equal("veth-b", facts.Flows.Single(f => f.Sport == 40001).Interface);
        Assert.Equal(
            [("UDP to port 9", 4L), ("ICMP echo request", 1), ("TCP to port 80 within VXLAN", 1)], facts.Services.Select(s => (s.Service, s.Drops)));
        Assert.Equal((6L, 4, 3, 0L), (facts.WithFlow, facts.DistinctFlows, facts.DistinctServices, facts.FlowsForgotten));
    }

    [Fact]
    public void A_flow_that_the_writer_met_again_after_forgetting_it_is_one_flow()
    {
        Write(Path, Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9)), new Drop(VethB, Udp(1, 2, 40000, 9)));
        MadeCapture.Change(Path, """
            INSERT INTO flow SELECT 2, ethertype, vlan, ip_protocol, src, dst, sport, dport, type, code, later_fragment, tunnel, inner_ethertype,
              inner_vlan, inner_ip_protocol, inner_src, inner_dst, inner_sport, inner_dport, inner_type, inner_code FROM flow;
            UPDATE drop_event SET flow_id = 2 WHERE id = 2;
            """);
        Assert.Equal(2, Assert.Single(MadeCapture.Read(Path).Facts.Flows).Drops);
    }

    [Fact]
    public void A_flow_that_is_not_in_the_file_is_unknown_and_no_crash()
    {
        Write(Path, Eprobe, new Drop(VethB, Udp(1, 2, 40000, 9)), new Drop(VethB, Udp(1, 2, 40000, 9)), new Drop(VethB, Udp(1, 2, 40000, 9)));
        MadeCapture.Change(Path, "PRAGMA foreign_keys = 0; UPDATE drop_event SET flow_id = 4611686018427387904 WHERE id = 2; UPDATE drop_event SET flow_id = -7 WHERE id = 3");
        Assert.Equal(1, MadeCapture.Read(Path).Facts.WithFlow);
    }

    [Fact]
    public void The_tracepoint_knows_none_of_it()
    {
        MadeCapture.Write(Path, MadeCapture.Whole, [(0, MadeCapture.EventAndStack(101, MadeCapture.E1000))]);
        CaptureFacts facts = MadeCapture.Read(Path).Facts;
        Assert.Equal((0L, 0L), (facts.WithInterface, facts.WithFlow));
        Assert.Empty(facts.Flows);
        Assert.Equal("this probe does not show the interface", Assert.Single(facts.Interfaces).Meaning);
    }

    /// <summary>Rows of a query as text, in order, NULL as nothing.</summary>
    private IEnumerable<string> View(string sql)
    {
        using CaptureReader reader = CaptureReader.Open(Path);
        return [.. Rows.Of(reader, sql).Select(r => string.Join('|', r)).Order(StringComparer.Ordinal)];
    }
}
