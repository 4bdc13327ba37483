using DropForensics.Capture.Host;
using DropForensics.Capture.Network;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Live;

/// <summary>Known packets dropped for known reasons on this kernel, recorded by the agent as a user runs it.</summary>
[Collection(LiveCollection.Name)]
public sealed class CaptureScenarioTests : IDisposable
{
    private const int ClosedPort = 9;

    private readonly ScratchDirectory _directory = new();
    private LiveHost? _host;

    private string File => _directory.File("x.db");

    private LiveHost Host => _host ??= new LiveHost();

    public CaptureScenarioTests() => Requires.LiveKernel();

    [Fact]
    public void A_thousand_datagrams_to_a_closed_port_are_a_thousand_drops_each_with_its_own_stack()
    {
        var finished = Agent.Around(
            Host, () => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", ClosedPort, 1000)), signal: null, ["--duration", "5s", "-o", File, "--json"]);

        Assert.True(finished.ExitCode == 0, finished.ToString());
        var json = Agent.Json(finished);
        Assert.Equal(0, json.GetProperty("lost").GetInt64());
        Assert.Equal(0, json.GetProperty("unparsed").GetInt64());
        const string Ours = "from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv')";
        Assert.Equal(1000, Db.Scalar<long>(File, $"select count(*) {Ours}"));
        Assert.Equal(0, Db.Scalar<long>(File, $"select count(*) {Ours} and stack_id is null"));
        Assert.Equal(1000, Db.Scalar<long>(File, $"select count(distinct raw_line) {Ours}"));
        Assert.Equal(["loopback"], Db.Rows<string>(File, $"select distinct driver {Ours}"));
        Assert.Equal(["process_backlog"], Db.Rows<string>(File, "select distinct entry from site where function in ('__udp4_lib_rcv', 'udp_rcv')"));
        Assert.Equal([2048], Db.Rows<long>(File, $"select distinct ethertype {Ours}"));
        Assert.Equal(1000, Db.Scalar<long>(File, $"select count(*) {Ours} and time_utc glob '20[0-9][0-9]-*Z' and t_ns between 0 and 6000000000"));
        AssertAnalyzeNamesTheBacklogOfLoopback();
        Assert.Equal(Db.Scalar<long>(File, "select count(*) from drops"), Db.Scalar<long>(File, "select witness_drops from capture"));
        CaptureLedger.AssertEveryLineIsAccountedFor(File);
    }

    [Fact]
    public void The_file_holds_what_the_host_looked_like_before_and_after()
    {
        Capture(() => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", ClosedPort, 3)));

        var netns = Db.Scalar<long>(File, "select netns from task where id = (select task_id from drop_event join site on site.id = site_id where function in ('__udp4_lib_rcv', 'udp_rcv'))");
        string[] always = ["dev", "netstat", "snmp", "snmp6"], whereTheKernelHasThem = ["stat/arp_cache", "stat/ndisc_cache", "stat/nf_conntrack", "xfrm_stat"];
        var there = always.Concat(whereTheKernelHasThem.Where(name => System.IO.File.Exists($"/proc/{Host.Pid}/net/{name}")));
        string[] counters = [.. there.Select(name => $"/proc/net/{name}").Append("rtnetlink/statistics").Order(StringComparer.Ordinal)];
        foreach (var phase in new[] { "before", "after" })
        {
            Assert.Equal(counters, Db.Rows<string>(File, $"select path from artifact where phase = '{phase}' and netns = {netns} and path not glob '*.tsv' and path not glob '/proc/net/sockstat*' and path <> '/proc/sys/net' order by path"));
            Assert.Equal(1, Db.Scalar<long>(File, $"select count(*) from artifact where phase = '{phase}' and path = '/proc/net/softnet_stat'"));
            Assert.Equal(1, Db.Scalar<long>(File, $"select count(*) from artifact where phase = '{phase}' and path = 'per_cpu/cpu0/stats'"));
        }

        Assert.Contains("{ 3, \"NO_SOCKET\" }", Db.Scalar<string>(File, "select cast(content as text) from artifact where path = 'events/skb/kfree_skb/format'"));
        Assert.Equal("loopback", Db.Scalar<string>(File, $"select driver from interface where netns = {netns} and name = 'lo' and ifindex = 1"));
        Assert.InRange(Db.Scalar<long>(File, "select count(*) from clock"), 2, 100);
        if (System.IO.File.Exists("/sys/kernel/btf/vmlinux"))
        {
            Assert.Contains("SKB_DROP_REASON_NO_SOCKET\n", Db.Scalar<string>(File, "select cast(content as text) from artifact where path = 'btf/vmlinux/skb_drop_reason'"));
        }
    }

    [Fact]
    public void The_file_names_the_driver_at_the_bottom_of_each_interface_even_of_those_gone_at_the_end()
    {
        MakeVethPair();
        Host.Sh(
            """
            ip link add br0 type bridge
            ip link set v0 master br0
            ip -n peer link add d0 type veth peer name d1
            ip -n peer link add br0 type bridge
            """);

        Capture(() =>
        {
            Host.Sh("ip -n peer link del d0; ip -n peer link set v1 master br0; ip link add late type bridge");
            Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", ClosedPort, 1));
        });

        var netns = NetNamespaces.OfTask(new HostRoot(), Host.Pid);
        Assert.Equal(["bridge veth", "veth veth"], Db.Rows<string>(File, $"select driver || ' ' || base_driver from interface where netns = {netns} and name in ('br0', 'v0') order by 1"));
        Assert.Equal("bridge", Db.Scalar<string>(File, $"select base_driver from interface where netns = {netns} and name = 'late'"));
        Assert.Equal(["veth", "veth"], Db.Rows<string>(File, "select base_driver from interface where netns = (select netns from interface where name = 'd0') and name in ('d0', 'd1')"));

        // Empty before, with a member after: nobody can say which it was for a packet.
        Assert.Equal(["bridge"], Db.Rows<string>(File, "select driver from interface where netns = (select netns from interface where name = 'd0') and name = 'br0' and lower is not null and base_driver is null"));
    }

    [Fact]
    public void Packets_an_nft_rule_drops_are_NETFILTER_DROP()
    {
        Requires.Program("nft", "nftables");
        Host.Sh("nft add table inet t; nft 'add chain inet t in { type filter hook input priority 0; }'; nft add rule inet t in udp dport 7777 drop");

        Capture(() => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", 7777, 50)));

        Assert.Equal(50, CountOf("NETFILTER_DROP"));
        Assert.Equal(["nft_do_chain"], Db.Rows<string>(File, "select distinct function from drops where reason = 'NETFILTER_DROP'"));
    }

    [Fact]
    public void Datagrams_a_full_receive_buffer_turns_away_are_SOCKET_RCVBUFF()
    {
        var taken = 0;

        Capture(() => Host.InNetwork(() => taken = Traffic.OverflowReceiveBuffer(5555, 100)));

        Assert.InRange(taken, 1, 50);
        Assert.Equal(100 - taken, CountOf("SOCKET_RCVBUFF"));
    }

    [Fact]
    public void Connecting_to_a_closed_port_across_a_veth_pair_is_NO_SOCKET_through_driver_veth()
    {
        MakeVethPair();
        var refused = 0;

        Capture(() => Host.InNetwork(() => refused = Traffic.ConnectRefused("10.77.0.2", ClosedPort, 20)));

        Assert.Equal(20, refused);
        const string Ours = "from drops where reason = 'NO_SOCKET' and function = 'tcp_v4_rcv'";
        Assert.Equal(20, Db.Scalar<long>(File, $"select count(*) {Ours}"));
        Assert.Equal(["veth"], Db.Rows<string>(File, $"select distinct driver {Ours}"));
    }

    [Fact]
    public void Packets_to_a_neighbour_that_does_not_answer_are_NEIGH_FAILED()
    {
        MakeVethPair();
        Host.Sh("echo 100 > /proc/sys/net/ipv4/neigh/v0/retrans_time_ms; echo 1 > /proc/sys/net/ipv4/neigh/v0/mcast_solicit");

        Capture(() =>
        {
            Host.InNetwork(() => Traffic.SendUdp("10.77.0.99", ClosedPort, 7));
            Await.Until(() => Host.Run("ip", "neigh", "show", "10.77.0.99").Output.Contains("FAILED"));
        });

        Assert.Equal(7, CountOf("NEIGH_FAILED"));
    }

    [Fact]
    public void Only_the_reasons_asked_for_are_recorded_and_so_are_their_stacks()
    {
        Host.Sh("nft add table inet t; nft 'add chain inet t in { type filter hook input priority 0; }'; nft add rule inet t in udp dport 7777 drop");

        Capture(
            () => Host.InNetwork(() =>
            {
                Traffic.SendUdp("127.0.0.1", ClosedPort, 10);
                Traffic.SendUdp("127.0.0.1", 7777, 20);
            }),
            "--reason", "NETFILTER_DROP");

        Assert.Equal(["NETFILTER_DROP"], Db.Rows<string>(File, "select distinct reason from drops"));
        Assert.Equal(20, CountOf("NETFILTER_DROP"));
        Assert.Equal(20, Db.Scalar<long>(File, "select sum(lines) from line_count where kind = 'event'"));
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from drops where stack_id is null"));
    }

    [Fact]
    public void Without_stacks_the_function_comes_from_the_location()
    {
        Capture(() => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", ClosedPort, 30)), "--no-stack");

        Assert.Equal(30, Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET' and function in ('__udp4_lib_rcv', 'udp_rcv')"));
        Assert.Equal(0, Db.Scalar<long>(File, "select count(*) from stack"));
    }

    [Fact]
    public void The_window_ends_after_max_drops()
    {
        var finished = Agent.Around(
            Host, () => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", ClosedPort, 500)), signal: null,
            ["--duration", "60s", "-o", File, "--max-drops", "100", "--json"]);

        Assert.Equal("max-drops", Agent.Json(finished).GetProperty("ended").GetString());
        Assert.InRange(Db.Scalar<long>(File, "select count(*) from drops"), 100, 2_000);   // the ring's content and other namespaces' on top
        Assert.InRange(Db.Scalar<long>(File, "select count(*) from drops where reason = 'NO_SOCKET'"), 100, 500);
    }

    [Fact]
    public void A_ring_too_small_loses_records_and_says_how_many()
    {
        var finished = Agent.Around(
            Host, () => Host.InNetwork(() => Traffic.SendUdp("127.0.0.1", ClosedPort, 20_000)), signal: "INT",
            ["--duration", "60s", "-o", File, "--buffer", "16KiB", "--json"]);

        Assert.True(finished.ExitCode == 4, finished.ToString());
        var lost = Db.Scalar<long>(File, "select sum(records) from lost");
        Assert.Equal(lost, Agent.Json(finished).GetProperty("lost").GetInt64());
        var events = Db.Scalar<long>(File, "select sum(lines) from line_count where kind in ('event')");
        var stacks = Db.Scalar<long>(File, "select count(*) from drops where stack_id is not null");
        Assert.InRange(lost, 1, 40_000);
        Assert.InRange(Db.Scalar<long>(File, "select witness_drops from capture"), 20_000, 20_100);
        Assert.InRange(events + stacks + lost, 39_000, 41_000);
        CaptureLedger.AssertEveryLineIsAccountedFor(File);
    }

    public void Dispose()
    {
        _host?.Dispose();
        _directory.Dispose();
    }

    private void AssertAnalyzeNamesTheBacklogOfLoopback()
    {
        var analyzer = Path.Combine(AppContext.BaseDirectory, "analyze.dll");
        var report = Shell.Run("dotnet", analyzer, File, "--out", _directory.File("report"), "--json");
        Assert.True(report.ExitCode == 0, report.ToString());
        var facts = Agent.Json(report).GetProperty("facts");
        var entry = facts.GetProperty("entries")[0];
        Assert.Equal("process_backlog", entry.GetProperty("entry").GetString());
        Assert.InRange(entry.GetProperty("drops").GetInt64(), 1000, 1100);
        Assert.Equal("loopback", facts.GetProperty("drivers")[0].GetProperty("driver").GetString());
        Assert.Equal("NO_SOCKET", facts.GetProperty("sites")[0].GetProperty("reason").GetString());
        Assert.Contains("per-CPU backlog", System.IO.File.ReadAllText(_directory.File("report/report.html")));
    }

    private long CountOf(string reason) => Db.Scalar<long>(File, $"select count(*) from drops where reason = '{reason}'");

    private void Capture(Action traffic, params string[] more)
    {
        var finished = Agent.Around(Host, traffic, ["--duration", "60s", "-o", File, .. more]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        CaptureLedger.AssertEveryLineIsAccountedFor(File);
    }

    /// <summary>v0 (10.77.0.1) here, v1 (10.77.0.2) in a namespace called peer.</summary>
    private void MakeVethPair()
    {
        Requires.Program("ip", "iproute2");
        Host.Sh(
            """
            ip netns add peer
            ip link add v0 type veth peer name v1 netns peer
            ip addr add 10.77.0.1/24 dev v0
            ip link set v0 up
            ip -n peer addr add 10.77.0.2/24 dev v1
            ip -n peer link set v1 up
            """);
    }
}
