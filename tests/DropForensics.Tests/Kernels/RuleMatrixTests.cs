using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/rules recorded: drops at known rules of nftables and iptables-legacy, at tc filters, at an XDP program and at one of tcx.</summary>
public sealed partial class RuleMatrixTests
{
    // The rules that drop and count, by the case of what was sent to each.
    private static readonly (string Case, string Chain, string Text)[] Counting =
    [
        ("nft-input", "`inet fw input`", "udp dport 20 counter drop"),
        ("nft-deep", "`inet fw deep`", "udp dport 21 counter drop"),
        ("nft-forward", "`ip other forward`", "udp dport 30 counter drop"),
        ("nft-output", "`ip other output`", "udp dport 40 counter drop"),
        ("iptables-input", "`iptables INPUT`", "-p udp -m udp --dport 50 -j DROP"),
        ("iptables-own", "`iptables own`", "-j DROP"),
    ];

    // Drops have reasons since 5.17. By then, or by a change that stable kernels took over later, the stack shows nftables.
    private static readonly Version FirstWithReasons = new(5, 17);

    private static readonly Version FirstWithTcx = new(6, 6);

    public static TheoryData<string, string> Runs =>
        [.. from kernel in MatrixKernel.With("rules") from probe in new[] { "tracepoint", HasReasons(kernel) ? "eprobe" : "kprobe" } select (kernel, $"rules-{probe}")];

    public static TheoryData<string> Kernels => [.. MatrixKernel.With("rules")];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_kernel_without_the_modules_has_no_lists_and_is_not_made_to_load_any(string kernel)
    {
        (MatrixRun ran, string directory) = Of(kernel, "rules-without");

        Assert.Empty(Db.Rows<string>(ran.Database, "select path from artifact where path in ('firewall.tsv', 'filters.tsv', 'classes.tsv')"));
        Assert.Equal(Sent(ran, "closed-port"), MadeCapture.Read(ran.Database).Findings.Single(finding => finding.Id == "closed-port").Drops);
        Assert.NotEmpty(File.ReadAllText(Path.Combine(directory, "rules.asked-by-nft")));
        Assert.Empty(File.ReadAllText(Path.Combine(directory, "rules.asked")));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_counter_has_moved_as_its_own_program_says(string kernel, string run)
    {
        (MatrixRun ran, string directory) = Of(kernel, run);
        Dictionary<string, long> told = Difference(Told(directory, run, "before"), Told(directory, run, "after"));

        Assert.Equal(5 + 3 + 3, told.Count);   // counters of nft, rules of iptables and policies of its chains
        Assert.Equal(told, Difference(Stored(ran, "before"), Stored(ran, "after")));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_rule_that_drops_has_counted_exactly_what_was_sent_to_it(string kernel, string run)
    {
        (MatrixRun ran, _) = Of(kernel, run);
        Firewall firewall = MadeCapture.Read(ran.Database).Facts.Host.Firewall;

        Assert.Equal(
            Counting.Select(rule => (rule.Chain, rule.Text, Sent(ran, rule.Case))).Order(), firewall.Dropping.Select(rule => (rule.Chain.Words, rule.Text, rule.Counted ?? 0)).Order());
        Assert.Equal(
            Sent(ran, "iptables-policy"), firewall.At(null, new FirewallHook("ip", "forward"), isNft: false).Single(suspect => suspect.Rule is null).Counted);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_finding_names_the_rule_that_dropped_most_and_the_one_that_does_not_count(string kernel, string run)
    {
        (MatrixRun ran, string directory) = Of(kernel, run);
        Finding finding = MadeCapture.Read(ran.Database).Findings.Single(finding => finding.Id == "policy");
        string[] sentences = [.. finding.Evidence.Select(EvidenceWords.Of)];
        string Handle(string text) => Regex.Match(File.ReadAllText(Path.Combine(directory, $"{run}.after.nft")), $@"{text}[^\n]* # handle (\d+)").Groups[1].Value;
        long all = Sent(ran, [.. ran.Sent().Select(row => row[0]).Where(name => name.StartsWith("nft-", StringComparison.Ordinal) || name.StartsWith("iptables-", StringComparison.Ordinal))]);

        Assert.Equal(all, finding.Drops);
        Assert.EndsWith($"; {100.0 * Sent(ran, "nft-input") / all:0.0} % by rule `inet fw input handle {Handle("udp dport 20")}`.", finding.Title);
        Assert.Equal(
            [
                $"Firewall rule `inet fw input handle {Handle("udp dport 20")}` counted {Sent(ran, "nft-input")} packets during the capture: `udp dport 20 counter drop`.",
                $"Firewall rule `inet fw deep handle {Handle("udp dport 21")}` counted {Sent(ran, "nft-deep")} packets during the capture: `udp dport 21 counter drop`.",
                $"Firewall rule 1 of `iptables INPUT` counted {Sent(ran, "iptables-input")} packets during the capture: `-p udp -m udp --dport 50 -j DROP`.",
            ],
            sentences.Take(3));

        string surely = HasReasons(kernel) ? "met" : "met most likely";
        Assert.Contains($"The other {Sent(ran, "nft-silent")} packets dropped at the hook `ip forward` {surely} rule `ip other forward handle {Handle("udp dport 31")}`: `udp dport 31 drop`: "
            + "of the rules that were listed, nothing else drops there without counting.", sentences);
        Assert.Equal(4, sentences.Count(sentence => sentence.Contains("rule", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void What_no_rule_dropped_is_no_rules(string kernel, string run)
    {
        (MatrixRun ran, _) = Of(kernel, run);
        Finding finding = MadeCapture.Read(ran.Database).Findings.Single(finding => finding.Id == "closed-port");

        Assert.Equal(Sent(ran, "closed-port"), finding.Drops);
        Assert.DoesNotContain(finding.Evidence.Select(EvidenceWords.Of), sentence => sentence.Contains("rule", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Every_filter_of_tc_has_counted_what_was_sent_to_it_and_the_finding_names_it(string kernel, string run)
    {
        (MatrixRun ran, string directory) = Of(kernel, run);
        ReportModel model = MadeCapture.Read(ran.Database);
        Finding finding = model.Findings.Single(finding => finding.Id == "tc-rule");
        long[] sent = [0, Sent(ran, "tc-ingress"), Sent(ran, "tc-egress")];
        long tcx = Sent(ran, "tcx"), all = sent.Sum() + tcx;
        Assert.Equal(MatrixKernel.Of(kernel).Version >= FirstWithTcx, tcx > 0);

        // In the order in which tc lists them; it prints a port and a count for each.
        Assert.Equal(sent, Dropped("after").Zip(Dropped("before"), (after, before) => after - before));
        Assert.Equal(
            [("ingress", "ip_proto udp dst_port 61", sent[0]), ("ingress", "ip_proto udp dst_port 60", sent[1]), ("egress", "ip_proto udp dst_port 62", sent[2])],
            model.Facts.Host.Filters.Select(filter => (filter.Parent, filter.What ?? "", filter.Dropped ?? -1)));
        Assert.Equal(all, finding.Drops);
        Assert.EndsWith($"; {100.0 * sent[1] / all:0.0} % by the tc filter pref 49152 handle 0x1 of `veth0` ingress.", finding.Title);
        Assert.Equal(
            ((IEnumerable<string>)
            [
                $"The tc filter pref 49152 handle 0x1 of `veth0` ingress (`flower ip_proto udp dst_port 60`, action `gact drop`) counted {sent[1]} dropped packets during the capture.",
                $"The tc filter pref 49152 handle 0x1 of `veth0` egress (`flower ip_proto udp dst_port 62`, action `gact drop`) counted {sent[2]} dropped packets during the capture.",
                .. tcx == 0 ? Array.Empty<string>()
                    : [$"No tc filter counted the other {tcx} packets dropped on ingress. They may have met the BPF program {File.ReadAllText(Path.Combine(directory, "rules.tcx")).Trim()} that tcx attached to `tcx0`, which counts nothing."],
            ]).Select(Named),
            finding.Evidence.Select(EvidenceWords.Of).Where(sentence => sentence.Contains("filter", StringComparison.Ordinal)).Select(Named));

        // The tracepoint does not show the namespace, and a slow guest may have had no time for another one's programs.
        string Named(string sentence) => run == "rules-tracepoint" && sentence.StartsWith("No tc filter", StringComparison.Ordinal) ? sentence[..sentence.IndexOf(" They", StringComparison.Ordinal)] : sentence;

        IEnumerable<long> Dropped(string phase) => TcCount().Matches(File.ReadAllText(Path.Combine(directory, $"{run}.{phase}.tc"))).Select(match => long.Parse(match.Groups[1].Value));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_XDP_program_that_drops_is_named_by_its_interface_and_id(string kernel, string run)
    {
        (MatrixRun ran, string directory) = Of(kernel, run);
        Finding finding = MadeCapture.Read(ran.Database).Findings.Single(finding => finding.Id == "xdp");
        string id = File.ReadAllText(Path.Combine(directory, "rules.xdp")).Trim();

        Assert.Equal(Sent(ran, "xdp"), finding.Drops);
        Assert.Equal($"`xdp0` in network namespace {ran.Netns("root")} has an XDP program (generic mode, id {id}): `bpftool prog show id {id}` names it.", EvidenceWords.Of(finding.Evidence[0]));
    }

    private static bool HasReasons(string kernel) => MatrixKernel.Of(kernel).Version >= FirstWithReasons;

    private static (MatrixRun Ran, string Directory) Of(string kernel, string run)
    {
        string directory = Requires.KernelResults(kernel);
        var ran = new MatrixRun(directory, kernel, run);
        Assert.True(ran.ExitCode == "0", ran.Log);
        return (ran, directory);
    }

    // case at 0, count at 9
    private static long Sent(MatrixRun ran, params string[] cases) => ran.Sent().Where(row => cases.Contains(row[0])).Sum(row => long.Parse(row[9]));

    private static Dictionary<string, long> Difference(Dictionary<string, long> before, Dictionary<string, long> after) => after.ToDictionary(each => each.Key, each => each.Value - before[each.Key]);

    // What the capture holds of counters: `nft inet fw input 5`; the rule of a policy is `-`.
    private static Dictionary<string, long> Stored(MatrixRun ran, string phase) => new TsvText(Encoding.UTF8.GetBytes(Db.Scalar<string>(
            ran.Database, $"select cast(content as text) from artifact where path = 'firewall.tsv' and phase = '{phase}' and netns = {ran.Netns("root")}"))).Rows
        .Where(row => row.Number("packets") is not null)
        .ToDictionary(row => string.Join(' ', new[] { "kind", "family", "table", "chain", "rule" }.Select(column => row.Text(column) ?? "-")), row => row.Number("packets") ?? 0);

    // The same from what `nft -a list ruleset` and `iptables-legacy -nvxL --line-numbers` printed.
    private static Dictionary<string, long> Told(string directory, string run, string phase)
    {
        var told = new Dictionary<string, long>();
        (string table, string chain) = ("", "");
        foreach (string line in File.ReadLines(Path.Combine(directory, $"{run}.{phase}.nft")))
        {
            if (NftTable().Match(line) is { Success: true } inTable) table = inTable.Groups[1].Value;
            if (NftChain().Match(line) is { Success: true } inChain) chain = inChain.Groups[1].Value;
            if (NftRule().Match(line) is { Success: true } rule) told[$"nft {table} {chain} {rule.Groups[2].Value}"] = long.Parse(rule.Groups[1].Value);
        }

        foreach (string line in File.ReadLines(Path.Combine(directory, $"{run}.{phase}.iptables")))
        {
            if (IpChain().Match(line) is { Success: true } inChain) chain = inChain.Groups[1].Value;
            if (IpPolicy().Match(line) is { Success: true } policy) told[$"iptables ip filter {chain} -"] = long.Parse(policy.Groups[1].Value);
            if (IpRule().Match(line) is { Success: true } rule) told[$"iptables ip filter {chain} {rule.Groups[1].Value}"] = long.Parse(rule.Groups[2].Value);
        }

        return told;
    }

    [GeneratedRegex("^table ([a-z0-9]+ [a-z]+) ")]
    private static partial Regex NftTable();

    [GeneratedRegex("^\tchain ([a-z]+) ")]
    private static partial Regex NftChain();

    [GeneratedRegex("counter packets ([0-9]+) .* # handle ([0-9]+)$")]
    private static partial Regex NftRule();

    [GeneratedRegex("^Chain ([A-Za-z]+) ")]
    private static partial Regex IpChain();

    [GeneratedRegex("policy [A-Z]+ ([0-9]+) packets")]
    private static partial Regex IpPolicy();

    [GeneratedRegex(@"\(dropped ([0-9]+),")]
    private static partial Regex TcCount();

    [GeneratedRegex("^([0-9]+) +([0-9]+) ")]
    private static partial Regex IpRule();
}
