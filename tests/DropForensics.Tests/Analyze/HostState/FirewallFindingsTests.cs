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

        Assert.EndsWith("; rule 7 of `inet fw in`.", finding.Title);
        Assert.Equal("Firewall rule 7 of `inet fw in` counted 40 packets during the capture: `udp dport 7 counter drop`.", Sentences(finding)[0]);
        Assert.DoesNotContain(Sentences(finding), sentence => sentence.Contains("rule 8", StringComparison.Ordinal));
        Assert.Contains(finding.Checks, check => check.Command.EndsWith("nft -a list chain inet fw in", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_one_thing_alone_drops_at_the_hook_it_is_that()
    {
        Finding finding = Of(6, "ip_local_deliver", Pod, Strict + Forward, Strict + Forward);

        Assert.EndsWith("; the policy of `inet fw in`.", finding.Title);
        Assert.Equal("6 packets dropped at the hook `ip input` met the policy of `inet fw in`: of the rules that were listed, nothing else drops there.", Sentences(finding)[0]);
    }

    [Fact]
    public void Several_that_do_not_count_are_named_and_none_is_blamed()
    {
        Finding finding = Of(6, "ip_local_deliver", Pod, Strict + Silent(8), Strict + Silent(8));

        Assert.DoesNotContain("inet fw", finding.Title);
        Assert.Equal("6 packets dropped at the hook `ip input` met one of 2 rules and policies that drop there without counting: rule 8 of `inet fw in`: `udp dport 8 drop`; "
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
    public void A_chain_that_is_jumped_to_belongs_to_the_hook()
    {
        const string jump = "nft\tinet\tfw\tin\t4\t-\t-\t-\t-\t-\tjump more\tjump more\n", more = "nft\tinet\tfw\tmore\t-\t-\t-\t-\t-\t-\t-\t-\nnft\tinet\tfw\tmore\t5\t-\t-\t-\t-\t-\tjump more\tjump more\n";
        const string drop = "nft\tinet\tfw\tmore\t6\t-\t-\t-\t-\t-\tdrop\tdrop\n";

        Assert.EndsWith("; rule 6 of `inet fw more`.", Of(6, "ip_local_deliver", Pod, Input + jump + more + drop, Input + jump + more + drop).Title);
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
    public void Text_that_is_no_table_says_nothing(string text) => Assert.Empty(new Firewall([(Pod, new TsvText(Encoding.UTF8.GetBytes(text)), new TsvText(Encoding.UTF8.GetBytes(text)))]).Chains);

    private static string Counting(int rule, int packets) => $"nft\tinet\tfw\tin\t{rule}\t-\t-\t-\t{packets}\t{packets}\tdrop\tudp dport {rule} counter drop\n";

    private static string Silent(int rule) => $"nft\tinet\tfw\tin\t{rule}\t-\t-\t-\t-\t-\tdrop\tudp dport {rule} drop\n";

    private static string Stack(string frames) => $"trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 {frames} process_backlog+0x83/0x130 __napi_poll+0x31/0x1f0 net_rx_action+0x13b/0x300";

    private static Drop Dropped(string function) =>
        new(VethB, Udp(1, 2, 40000, 7), Stack($"nft_do_chain+0x1/0x2 nft_do_chain_inet+0x1/0x2 nf_hook_slow+0x3f/0xc0 {function}+0x1/0x2 __netif_receive_skb_one_core+0x8d/0xa0"), "NETFILTER_DROP");

    private Finding Of(int drops, string function, long netns, string before, string after) => Read([.. Enumerable.Repeat(Dropped(function), drops)], netns, before, after).Findings[0];

    private ReportModel Read(Drop[] drops, long netns, string before, string after)
    {
        string path = _scratch.File("c.db");
        File.Delete(path);
        MadePackets.Write(path, Eprobe, writer =>
        {
            writer.AddArtifact(ArtifactPhase.Before, netns, "firewall.tsv", Encoding.UTF8.GetBytes(Head + before));
            writer.AddArtifact(ArtifactPhase.After, netns, "firewall.tsv", Encoding.UTF8.GetBytes(Head + after));
        }, drops);
        return MadeCapture.Read(path);
    }

    private static string[] Sentences(Finding finding) => [.. finding.Evidence.Select(EvidenceWords.Of)];
}
