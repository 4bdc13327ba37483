using System.Text;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadePackets;

namespace DropForensics.Tests.Analyze.HostState;

/// <summary>Which firewall rule a finding names, by the hook in the stack and by what rules counted.</summary>
public sealed class FirewallFindingsTests : IDisposable
{
    private const string Head = "kind\tfamily\ttable\tchain\trule\thook\tpriority\tpolicy\tpackets\tbytes\tverdict\ttext\n";
    private const string Input = "nft\tinet\tfw\tin\t-\tinput\t0\taccept\t-\t-\t-\t-\n", Strict = "nft\tinet\tfw\tin\t-\tinput\t0\tdrop\t-\t-\t-\t-\n";
    private const string Forward = "nft\tip\tfw\tfwd\t-\tforward\t0\tdrop\t-\t-\t-\t-\n";

    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void A_rule_that_counted_the_drops_is_named_first()
    {
        Finding finding = Of(40, "ip_local_deliver", Pod, Input + Counting(7, 100) + Silent(8), Input + Counting(7, 140) + Silent(8));

        Assert.EndsWith("; all by rule `inet fw in handle 7`.", finding.Title);
        Assert.Equal("Firewall rule `inet fw in handle 7` counted 40 packets during the capture: `udp dport 7 counter drop`.", Sentences(finding)[0]);
        Assert.DoesNotContain(Sentences(finding), sentence => sentence.Contains("rule 8", StringComparison.Ordinal));
        Assert.Contains(finding.Checks, check => check.Command.EndsWith("nft -a list chain inet fw in", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_one_thing_alone_drops_at_the_hook_it_is_that()
    {
        Finding finding = Of(6, "ip_local_deliver", Pod, Strict + Forward, Strict + Forward);

        Assert.EndsWith("; all by the policy of `inet fw in`.", finding.Title);
        Assert.Equal("6 packets dropped at the hook `ip input` met the policy of `inet fw in`: of the rules that were listed, nothing else drops there.", Sentences(finding)[0]);
    }

    [Fact]
    public void Several_that_do_not_count_are_named_and_none_is_blamed()
    {
        Finding finding = Of(6, "ip_local_deliver", Pod, Strict + Silent(8), Strict + Silent(8));

        Assert.DoesNotContain("inet fw", finding.Title);
        Assert.Equal("6 packets dropped at the hook `ip input` met one of 2 rules and policies that may drop there without counting: rule `inet fw in handle 8`: `udp dport 8 drop`; "
            + "the policy of `inet fw in`. With `counter` in each rule, the next capture shows which.", Sentences(finding)[0]);
    }

    [Theory]
    [InlineData(Pod, "ip_forward", Strict)]                                                              // another hook
    [InlineData(Host, "ip_local_deliver", Strict)]                                                       // another namespace
    [InlineData(Pod, "ip_local_deliver", Forward)]
    [InlineData(Pod, "ip6_input", "nft\tip\tfw\tin\t-\tinput\t0\tdrop\t-\t-\t-\t-\n")]                   // another family
    [InlineData(Pod, "ip_local_deliver", Input + "nft\tinet\tfw\tin\t9\t-\t-\t-\t5\t9\taccept\tcounter accept\n")]   // what accepts
    public void Rules_that_cannot_have_dropped_them_are_not_named(long netns, string function, string rules)
    {
        Finding finding = Of(6, function, netns, rules, rules.Replace("\t5\t9\t", "\t11\t15\t", StringComparison.Ordinal));

        Assert.DoesNotContain("fw", finding.Title);
        Assert.DoesNotContain(Sentences(finding), sentence => sentence.Contains("`inet fw in`", StringComparison.Ordinal) || sentence.Contains("`ip fw", StringComparison.Ordinal));
    }

    [Fact]
    public void A_counter_that_took_far_more_than_was_captured_blames_nobody()
    {
        Finding finding = Of(10, "ip_local_deliver", Pod, Input + Counting(7, 0) + Silent(8), Input + Counting(7, 100_000) + Silent(8));

        Assert.DoesNotContain("inet fw", finding.Title);
        Assert.Contains("These counted more than the 10 packets captured at the hook `ip input`: packets that the capture left out or missed, too.", Sentences(finding));
    }

    [Fact]
    public void A_map_of_verdicts_is_never_blamed_and_leads_to_the_chains_of_its_table()
    {
        const string map = "nft\tinet\tfw\tin\t4\t-\t-\t-\t5\t5\tmap\tcounter ct state vmap { … }\n", own = "nft\tinet\tfw\town\t-\t-\t-\t-\t-\t-\t-\t-\n";
        Finding alone = Of(6, "ip_local_deliver", Pod, Input + map, Input + map.Replace("\t5\t5\t", "\t11\t11\t", StringComparison.Ordinal));
        Finding jumped = Of(6, "ip_local_deliver", Pod, Input + map + own + Counting(7, 0, "own"), Input + map + own + Counting(7, 6, "own"));

        Assert.DoesNotContain("inet fw", alone.Title);
        Assert.StartsWith("6 packets dropped at the hook `ip input` may have met rule `inet fw in handle 4`", Sentences(alone)[0]);
        Assert.EndsWith("; all by rule `inet fw own handle 7`.", jumped.Title);
    }

    [Theory]
    [InlineData("map accept,return", "6 packets dropped at the hook `ip input` met no rule that drops")]
    [InlineData("map accept,drop", "6 packets dropped at the hook `ip input` may have met rule `inet fw in handle 4`")]
    [InlineData("map accept,jump own", "6 packets dropped at the hook `ip input` met rule `inet fw own handle 8`")]
    public void A_map_that_was_read_leads_where_it_leads(string verdict, string expected)
    {
        string rules = Input + $"nft\tinet\tfw\tin\t4\t-\t-\t-\t-\t-\t{verdict}\tct state vmap {{ … }}\n" + "nft\tinet\tfw\town\t-\t-\t-\t-\t-\t-\t-\t-\n" + Silent(8).Replace("\tin\t", "\town\t", StringComparison.Ordinal);

        Assert.StartsWith(expected, Sentences(Of(6, "ip_local_deliver", Pod, rules, rules))[0]);
    }

    [Fact]
    public void A_rule_that_moved_keeps_its_own_count()
    {
        const string chain = "iptables\tip\tfilter\tINPUT\t-\tinput\t-\taccept\t0\t0\t-\t-\n";
        string Rule(int number, int packets, string text) => $"iptables\tip\tfilter\tINPUT\t{number}\t-\t-\t-\t{packets}\t0\tdrop\t{text}\n";

        IReadOnlyList<FirewallRule> dropping = new Firewall([(Pod, Table(chain + Rule(1, 1_000, "-s 10.0.0.1/32 -j DROP") + Rule(2, 5, "-j DROP")),
            Table(chain + Rule(1, 3, "-s 10.0.0.9/32 -j DROP") + Rule(2, 1_004, "-s 10.0.0.1/32 -j DROP") + Rule(3, 7, "-j DROP")))]).Dropping;

        Assert.Equal([(2L, 4L), (3L, 2L)], dropping.Select(rule => (rule.Handle, rule.Counted ?? -1)));

        TsvText Table(string rows) => new(Encoding.UTF8.GetBytes(Head + rows));
    }

    [Fact]
    public void A_list_that_is_incomplete_proves_nothing_by_elimination()
    {
        Finding finding = Of(6, "ip_local_deliver", Pod, Strict + "# 70 more rows are left out\n", Strict + "# 70 more rows are left out\n");

        Assert.DoesNotContain("inet fw", finding.Title);
        Assert.StartsWith("6 packets dropped at the hook `ip input` met a rule that did not count, or one that is not in the list", Sentences(finding)[0]);
    }

    [Fact]
    public void What_could_not_be_read_afterwards_counts_nothing()
    {
        Finding finding = Of(40, "ip_local_deliver", Pod, Input + Counting(7, 100), null);

        Assert.DoesNotContain(Sentences(finding), sentence => sentence.Contains("met no rule", StringComparison.Ordinal));
        Assert.DoesNotContain(Sentences(finding), sentence => sentence.Contains("counted", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("firewall.tsv\t4026532281\tnetlink: Operation not permitted\n", "netlink: Operation not permitted")]
    [InlineData("all\t4026532281\tit disappeared before it was read\n", "it disappeared before it was read")]
    [InlineData("3 more network namespaces\t-\tthere was no time\n", "there was no time")]
    public void Rules_of_a_namespace_that_were_not_listed_are_unknown_and_not_absent(string missing, string why)
    {
        ReportModel model = Read([.. Enumerable.Repeat(Dropped("ip_local_deliver"), 6)], Host, Strict, Strict, missing: missing);

        Assert.DoesNotContain("inet fw", model.Findings[0].Title);
        Assert.Equal($"Which rule dropped 6 packets at the hook `ip input` is unknown: the firewall rules of their network namespace were not listed ({why}).", Sentences(model.Findings[0])[0]);
    }

    [Theory]
    [InlineData("firewall.tsv\t4026531840\tnetlink: Operation not permitted\n")]
    [InlineData("routes.tsv firewall.tsv\t4026532281\tas before the window\n")]
    [InlineData("routes.tsv\t4026532281\tnetlink: Operation not permitted\n")]
    public void What_is_missing_elsewhere_leaves_the_rules_of_a_namespace_known(string missing) =>
        Assert.EndsWith("; all by the policy of `inet fw in`.", Read([.. Enumerable.Repeat(Dropped("ip_local_deliver"), 6)], Pod, Strict, Strict, missing: missing).Findings[0].Title);

    [Theory]
    [InlineData(null, true)]
    [InlineData("all\t4026532281\tit disappeared before it was read\n", false)]
    public void Packets_of_an_unknown_namespace_prove_nothing_where_one_was_not_listed(string? missing, bool isBlamed)
    {
        Finding finding = Read([.. Enumerable.Repeat(Dropped("ip_local_deliver") with { At = null }, 6)], Host, Strict, Strict, missing: missing).Findings[0];

        Assert.Equal(isBlamed, finding.Title.EndsWith("; all by the policy of `inet fw in`.", StringComparison.Ordinal));
        Assert.Contains("6 packets dropped at the hook `ip input` met the policy of `inet fw in`: of the rules that were listed, nothing else drops there.", Sentences(finding));

        string none = Sentences(Read([.. Enumerable.Repeat(Dropped("ip_local_deliver") with { At = null }, 6)], Host, Input, Input, missing: missing).Findings[0])[0];
        Assert.Equal(isBlamed, none == "6 packets dropped at the hook `ip input` met no rule that drops: none is listed there.");
    }

    [Fact]
    public void An_older_kernel_whose_stacks_show_nftables_shows_what_is_not_of_nftables_too()
    {
        Drop other = new(VethB, Udp(1, 2, 40000, 7), Stack("nf_hook_slow+0x3f/0xc0 ip_local_deliver+0x1/0x2"), "NETFILTER_DROP");
        ReportModel model = Read([.. Enumerable.Repeat(Dropped("ip_local_deliver"), 6), other, other], Pod, Strict, Strict, "6.1.0-57-amd64");

        Assert.EndsWith("; 75.0 % by the policy of `inet fw in`.", model.Findings[0].Title);
        Assert.Contains("2 packets dropped at the hook `ip input` met no rule that drops: none is listed there.", Sentences(model.Findings[0]));
    }

    [Fact]
    public void Older_kernels_do_not_show_who_dropped_so_elimination_is_only_likely()
    {
        ReportModel model = Read([.. Enumerable.Repeat(new Drop(VethB, Udp(1, 2, 40000, 7), Stack("nf_hook_slow+0x3f/0xc0 ip_local_deliver+0x1/0x2"), "NETFILTER_DROP"), 6)], Pod, Strict, Strict, "6.1.0-57-amd64");
        ReportModel newer = Read([.. Enumerable.Repeat(new Drop(VethB, Udp(1, 2, 40000, 7), Stack("nf_hook_slow+0x3f/0xc0 ip_local_deliver+0x1/0x2"), "NETFILTER_DROP"), 6)], Pod, Strict, Strict);

        Assert.DoesNotContain("inet fw", model.Findings[0].Title);
        Assert.Contains(Sentences(model.Findings[0]), sentence => sentence.StartsWith("6 packets dropped at the hook `ip input` met most likely the policy of `inet fw in`", StringComparison.Ordinal));
        Assert.DoesNotContain(Sentences(newer.Findings[0]), sentence => sentence.Contains("inet fw", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("nf_queue+0x1/0x2 nf_hook_slow+0x3f/0xc0 ip_local_deliver+0x1/0x2", null)]
    [InlineData("nf_conntrack_in+0x1/0x2 nf_hook_slow+0x3f/0xc0 ip_local_deliver+0x1/0x2", null)]
    [InlineData("ip_local_deliver+0x1/0x2 process_backlog+0x1/0x2", null)]
    [InlineData("nf_hook_slow+0x1/0x2 __br_forward+0x1/0x2 br_handle_frame_finish+0x1/0x2", "bridge forward")]
    [InlineData("nf_hook_slow+0x1/0x2 __br_forward+0x1/0x2 br_flood+0x1/0x2 br_dev_xmit+0x1/0x2", "bridge output")]
    [InlineData("nf_hook_slow+0x1/0x2 br_handle_frame+0x1/0x2", "bridge input")]
    [InlineData("nft_do_chain+0x1/0x2 nft_do_chain_bridge+0x1/0x2 br_handle_frame+0x1/0x2", "bridge prerouting")]
    [InlineData("nft_do_chain+0x1/0x2 nft_do_chain_netdev+0x1/0x2 __netif_receive_skb_core.constprop.0+0x1/0x2", "netdev ingress")]
    [InlineData("nft_do_chain+0x1/0x2 nft_do_chain_inet+0x1/0x2 nf_hook_slow+0x1/0x2 ip6_xmit+0x1/0x2", "ip6 output")]
    public void The_hook_is_the_function_that_asked(string frames, string? expected) =>
        Assert.Equal(expected, FirewallHook.Of(0, Made.Stack(frames)) is { } hook ? $"{hook.Family} {hook.Name}" : null);

    [Fact]
    public void A_chain_that_is_jumped_to_belongs_to_the_hook()
    {
        const string jump = "nft\tinet\tfw\tin\t4\t-\t-\t-\t-\t-\tjump more\tjump more\n", more = "nft\tinet\tfw\tmore\t-\t-\t-\t-\t-\t-\t-\t-\nnft\tinet\tfw\tmore\t5\t-\t-\t-\t-\t-\tjump more\tjump more\n";
        const string drop = "nft\tinet\tfw\tmore\t6\t-\t-\t-\t-\t-\tdrop\tdrop\n";

        Assert.EndsWith("; all by rule `inet fw more handle 6`.", Of(6, "ip_local_deliver", Pod, Input + jump + more + drop, Input + jump + more + drop).Title);
    }

    [Fact]
    public void What_another_part_of_netfilter_dropped_is_no_rules()
    {
        ReportModel model = Read([new Drop(VethB, Udp(1, 2, 40000, 7), Stack("nf_conntrack_in+0x1/0x2 ipv4_conntrack_in+0x1/0x2 nf_hook_slow+0x3f/0xc0 ip_rcv+0x1/0x2"), "NETFILTER_DROP")], Pod, Strict, Strict);

        Assert.DoesNotContain("fw", model.Findings[0].Title);
    }

    [Fact]
    public void Rules_that_dropped_have_a_table()
    {
        ReportModel model = Read([Dropped("ip_local_deliver")], Pod, Input + Counting(7, 0) + Counting(8, 3), Input + Counting(7, 1) + Counting(8, 3));

        ReportTable table = ReportSections.Of(model).Single(section => section.Id == "host").Tables.Single();
        Assert.Equal(["inet fw in", "7", "1", "udp dport 7 counter drop"], table.Rows.Single().Cells.Take(4).Select(cell => cell.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData(Head + "nft\tinet\tfw\tin\t99999999999999999999\t-\t-\n")]
    [InlineData(Head + "\t\t\t\t\t\t\t\n\0\uffff")]
    public void Text_that_is_no_table_says_nothing(string text) => Assert.Empty(new Firewall([(Pod, new TsvText(Encoding.UTF8.GetBytes(text)), new TsvText(Encoding.UTF8.GetBytes(text)))]).Dropping);

    private static string Counting(int rule, int packets, string chain = "in") => $"nft\tinet\tfw\t{chain}\t{rule}\t-\t-\t-\t{packets}\t{packets}\tdrop\tudp dport {rule} counter drop\n";

    private static string Silent(int rule) => $"nft\tinet\tfw\tin\t{rule}\t-\t-\t-\t-\t-\tdrop\tudp dport {rule} drop\n";

    private static string Stack(string frames) => $"trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 {frames} process_backlog+0x83/0x130 __napi_poll+0x31/0x1f0 net_rx_action+0x13b/0x300";

    private static Drop Dropped(string function) =>
        new(VethB, Udp(1, 2, 40000, 7), Stack($"nft_do_chain+0x1/0x2 nft_do_chain_inet+0x1/0x2 nf_hook_slow+0x3f/0xc0 {function}+0x1/0x2 __netif_receive_skb_one_core+0x8d/0xa0"), "NETFILTER_DROP");

    private Finding Of(int drops, string function, long netns, string before, string? after) => Read([.. Enumerable.Repeat(Dropped(function), drops)], netns, before, after).Findings[0];

    private ReportModel Read(Drop[] drops, long netns, string before, string? after, string release = "6.12.107", string? missing = null)
    {
        string path = _scratch.File("c.db");
        File.Delete(path);
        MadePackets.Write(path, Eprobe with { KernelRelease = release }, writer =>
        {
            writer.AddArtifact(ArtifactPhase.Before, netns, "firewall.tsv", Encoding.UTF8.GetBytes(Head + before));
            if (missing is not null) writer.AddArtifact(ArtifactPhase.After, 0, "missing.tsv", Encoding.UTF8.GetBytes("file\tnetns\twhy\n" + missing));
            if (after is not null) writer.AddArtifact(ArtifactPhase.After, netns, "firewall.tsv", Encoding.UTF8.GetBytes(Head + after));
        }, drops);
        return MadeCapture.Read(path);
    }

    private static string[] Sentences(Finding finding) => [.. finding.Evidence.Select(EvidenceWords.Of)];
}
