using DropForensics.Analyze.Counters;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Counters;

public sealed class CounterReconciliationTests
{
    private const long Here = 4026531840, There = 4026532281;

    private static readonly TracedDrops NoPorts = new(Here, "lo", "NO_SOCKET", "__udp4_lib_rcv", 1000);

    [Fact]
    public void A_thousand_datagrams_to_a_closed_port_are_counted_and_traced_in_their_namespace()
    {
        CounterFacts row = Assert.Single(Of([new(Here, null, "Udp.NoPorts", 1000)], NoPorts));

        Assert.Equal((Here, "Udp.NoPorts", 1000L, 1000L, 1000L, "agrees"), (row.Netns!.Value, row.Counter, row.Counted, row.AtLeast!.Value, row.AtMost!.Value, row.Reading));
    }

    [Fact]
    public void What_was_traced_in_another_namespace_does_not_explain_a_counter()
    {
        var rows = Of([new(Here, null, "Udp.NoPorts", 1000)], NoPorts with { Netns = There });

        Assert.Equal([(Here, "more counted"), (There, "more traced")], rows.Select(r => (r.Netns!.Value, r.Reading)));
    }

    [Fact]
    public void Of_a_namespace_that_ended_in_the_window_the_counters_are_unknown()
    {
        var rows = new CounterReconciliation([], Known, [NoPorts, NoPorts with { Netns = There }], isFiltered: false)
        {
            Unread = new HashSet<long> { There },
        }.Facts();

        Assert.Equal([(Here, "more traced"), (There, "not read")], rows.Select(r => (r.Netns!.Value, r.Reading)));
        Assert.Contains("the namespace ended during the window", CounterWords.Together(rows[1], lost: false), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_no_namespace_is_known_one_that_ended_leaves_the_sum_of_all_unknown()
    {
        var rows = new CounterReconciliation(
            [new(Here, null, "Udp.NoPorts", 400)], Known, [NoPorts with { Netns = null, Interface = null }], isFiltered: false)
        {
            Unread = new HashSet<long> { There },
        }.Facts();

        Assert.Equal((null, 400L, "not read"), (rows[0].Netns, rows[0].Counted, rows[0].Reading));
    }

    [Fact]
    public void A_drop_of_an_unknown_namespace_may_be_any_ones()
    {
        CounterFacts row = Assert.Single(Of([new(Here, null, "Udp.NoPorts", 1000)], NoPorts with { Drops = 998 }, NoPorts with { Netns = null, Interface = null, Drops = 3 }));

        Assert.Equal((998L, 1001L, "agrees"), (row.AtLeast!.Value, row.AtMost!.Value, row.Reading));
    }

    [Fact]
    public void Where_the_probe_knows_no_namespace_all_of_them_are_added_up()
    {
        CounterFacts row = Assert.Single(Of(
            [new(Here, null, "Udp.NoPorts", 600), new(There, null, "Udp.NoPorts", 400)], NoPorts with { Netns = null, Interface = null }));

        Assert.Equal((null, 1000L, 1000L, "agrees"), (row.Netns, row.Counted, row.AtLeast!.Value, row.Reading));
    }

    [Fact]
    public void Without_reasons_a_function_makes_it_possible_and_not_certain()
    {
        CounterFacts row = Assert.Single(
            Of([new(Here, null, "Udp.NoPorts", 7)], NoPorts with { Netns = null, Interface = null, Reason = null, Drops = 9 }), r => r.Counter == "Udp.NoPorts");

        Assert.Equal((0L, 9L, "agrees"), (row.AtLeast!.Value, row.AtMost!.Value, row.Reading));
    }

    [Fact]
    public void The_same_reason_of_another_protocol_is_not_counted() =>
        Assert.Empty(Of([], NoPorts with { Function = "tcp_v4_rcv" }));

    [Fact]
    public void What_the_card_lost_is_told_and_compared_with_nothing()
    {
        CounterFacts row = Assert.Single(Of([new(Here, "eth0", "link.rx_missed_errors", 16390)]));

        Assert.Equal(("eth0", "rx_missed_errors", 16390L, null, "never"), (row.Interface, row.Counter, row.Counted, row.AtLeast, row.Relation));
    }

    [Fact]
    public void A_filter_makes_fewer_traced_no_difference() => Assert.Equal(
        "not comparable",
        Assert.Single(new CounterReconciliation([new(Here, null, "Udp.NoPorts", 1000)], Known, [NoPorts with { Drops = 5 }], isFiltered: true).Facts()).Reading);

    [Fact]
    public void A_counter_of_more_than_drops_is_never_said_to_have_counted_too_many() =>
        Assert.Equal("agrees", Assert.Single(Of([new(Here, null, "Ip.InHdrErrors", 9)], new TracedDrops(Here, "lo", "IP_INHDR", "ip_rcv_core", 4))).Reading);

    [Fact]
    public void Gains_are_read_from_the_files_before_and_after_and_a_new_namespace_began_at_zero()
    {
        var gains = CounterFiles.Gains(
        [
            new FilePair(Here, "/proc/net/snmp", "Udp: NoPorts\nUdp: 5\n"u8.ToArray(), "Udp: NoPorts\nUdp: 12\n"u8.ToArray()),
            new FilePair(There, "/proc/net/snmp6", null, "Udp6NoPorts 3\n"u8.ToArray()),
            new FilePair(Here, "rtnetlink/statistics", "eth0: rx_missed_errors 1\n"u8.ToArray(), "eth0: rx_missed_errors 4\nmoved: rx_missed_errors 9\n"u8.ToArray()),
            new FilePair(0, "/proc/net/softnet_stat", "0 0 0\n"u8.ToArray(), "0 2 0\n"u8.ToArray()),
        ]);

        Assert.Equal(
            [new(Here, null, "Udp.NoPorts", 7), new(There, null, "Udp6NoPorts", 3), new(Here, "eth0", "link.rx_missed_errors", 3), new CounterGain(0, null, "softnet.dropped", 2)],
            gains);
    }

    [Fact]
    public void Counters_of_ipsec_connection_tracking_and_neighbours_are_read_and_those_of_neighbours_are_the_whole_hosts()
    {
        var gains = CounterFiles.Gains(
        [
            new FilePair(Here, "/proc/net/xfrm_stat", "XfrmOutNoStates         \t1\n"u8.ToArray(), "XfrmOutNoStates         \t4\n"u8.ToArray()),
            new FilePair(Here, "/proc/net/stat/nf_conntrack", "entries  drop early_drop\n00000010  00000001 00000000\n00000010  00000000 00000000\n"u8.ToArray(),
                "entries  drop early_drop\n00000020  00000011 00000000\n00000020  00000002 00000000\n"u8.ToArray()),
            new FilePair(Here, "/proc/net/stat/arp_cache", null, "entries  table_fulls\n00000001 0000000a\n"u8.ToArray()),
        ]);

        Assert.Equal(
            [new(Here, null, "XfrmOutNoStates", 3), new(Here, null, "nf_conntrack.drop", 18), new CounterGain(0, null, "arp_cache.table_fulls", 10)], gains);
    }

    [Fact]
    public void Counts_that_no_drop_event_shows_are_told_apart_from_those_that_one_may_show()
    {
        CounterFacts full = Assert.Single(Of([new(Here, null, "nf_conntrack.drop", 18)], new TracedDrops(Here, "eth0", "NETFILTER_DROP", "nf_hook_slow", 5)));
        Assert.Equal((13L, "conntrack"), (full.Unseen, full.Topic));
        CounterFacts listener = Assert.Single(Of([new(Here, null, "TcpExt.ListenDrops", 96)], NoPorts with { Netns = Here }), f => f.Counter == "TcpExt.ListenDrops");
        Assert.Equal(96, listener.Unseen);
    }

    [Fact]
    public void Of_requests_to_a_full_listener_those_that_have_a_drop_event_were_not_lost_unseen()
    {
        TracedDrops handshake = new(Here, "eth0", "TCP_LISTEN_OVERFLOW", "tcp_v4_rcv", 5); // Linux 6.16 gives the last packet of a handshake this reason
        Assert.Equal(53, Assert.Single(Of([new(Here, null, "TcpExt.ListenOverflows", 58)], handshake), f => f.Counter == "TcpExt.ListenOverflows").Unseen);
    }

    [Theory]
    [InlineData("ip_forward", "Ip.FragFails")]
    [InlineData("ip6_forward", "Ip6FragFails Ip6InTooBigErrors")]
    public void Packets_too_big_are_counted_by_their_own_protocol(string function, string counters) => Assert.Equal(
        counters.Split(' '), Of([], new TracedDrops(Here, "eth0", "PKT_TOO_BIG", function, 5)).Select(row => row.Counter).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_rule_is_whole_and_names_reasons_that_kernels_have()
    {
        string known = string.Concat(Directory.EnumerateFiles(Repository.At("fixtures", "formats")).Select(File.ReadAllText));

        Assert.All(CounterRule.All, rule =>
        {
            Assert.Contains(rule.Relation, (string[])["equal", "part", "some", "never"]);
            Assert.NotEqual("", rule.Meaning);
            Assert.Equal(rule.Relation == "equal", rule.Reasons.Count > 0 && rule.Relation is not ("part" or "some"));
            Assert.All(rule.Reasons, reason => Assert.Contains($"\"{reason}\"", known));
        });
        Assert.Equal(CounterRule.All.SelectMany(r => r.Counters).Distinct().Count(), CounterRule.All.Sum(r => r.Counters.Count));
    }

    [Fact]
    public void A_counter_that_the_kernel_does_not_have_or_the_capture_not_hold_is_not_said_to_have_counted_nothing() =>
        Assert.Empty(new CounterReconciliation([], new HashSet<string> { "Udp.RcvbufErrors" }, [NoPorts], isFiltered: false).Facts());

    private static IReadOnlyList<CounterFacts> Of(IReadOnlyList<CounterGain> gains, params TracedDrops[] traced) =>
        new CounterReconciliation(gains, Known, traced, isFiltered: false).Facts();

    private static IReadOnlySet<string> Known => CounterRule.All.SelectMany(rule => rule.Counters).ToHashSet();
}
