using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Knowledge;

/// <summary>The data file itself: that it knows every reason, and that what it says can be used.</summary>
public sealed class KnowledgeCoverageTests : IDisposable
{
    private static readonly string[] Subsystems = ["___mac80211_drop_reason", "ovs_drop_reason", "qdisc_drop_reason"];

    // Programs of Debian that the commands may begin with; a name that is not among them is misspelt, or asks a host for too much.
    private static readonly string[] Programs =
    [
        "arping", "ausearch", "bpftool", "bridge", "cat", "conntrack", "dmesg", "ethtool", "free", "hciconfig", "ip", "iptables-save", "ipvsadm", "iw",
        "journalctl", "mpstat", "nft", "nstat", "ovs-appctl", "ovs-dpctl", "ovs-ofctl", "ovs-vsctl", "pidstat", "ss", "sysctl", "systemctl", "tail", "tc",
        "timeout", "tracepath", "wg",
    ];

    private readonly ScratchDirectory _scratch = new();

    public static TheoryData<string> Kernels => [.. ReasonFixture.Kernels];

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Every_reason_of_a_kernel_has_an_entry_that_holds_for_it(string kernel)
    {
        KernelVersion? version = KernelVersion.Parse(kernel);
        Assert.NotNull(version);
        foreach (string name in ReasonFixture.SkbDropReason(kernel).Select(v => v.Name))
        {
            KnowledgeEntry? entry = KnowledgeBase.Embedded.Reason(name);
            Assert.True(entry is not null, $"{name} of {kernel} has no entry");
            string bare = name.Replace("SKB_DROP_REASON_", "", StringComparison.Ordinal);
            KernelRange kernels = entry.Names.Single(n => n.Name == bare).Kernels ?? entry.Kernels;
            Assert.True(kernels.Contains(version) || IsBackport(bare, version.Value), $"{name} is in {kernel}, but its entry says: {kernels.Words}");
        }
    }

    [Fact]
    public void Every_reason_of_a_subsystem_has_an_entry()
    {
        string[] names = Subsystems.SelectMany(ReasonFixture.OfSubsystem).Select(v => v.Name).ToArray();
        Assert.True(names.Length > 100);
        Assert.All(names, name => Assert.True(KnowledgeBase.Embedded.Reason(name) is not null, $"{name} has no entry"));
    }

    [Fact]
    public void No_entry_is_of_a_reason_that_no_kernel_has()
    {
        HashSet<string> known = [.. ReasonFixture.Kernels.SelectMany(ReasonFixture.SkbDropReason).Concat(Subsystems.SelectMany(ReasonFixture.OfSubsystem))
            .Select(v => v.Name.Replace("SKB_DROP_REASON_", "", StringComparison.Ordinal).TrimStart('_'))];
        // What the event prints of two that have no prefix, and two of kernels whose mac80211 is not among the fixtures (net/mac80211/drop.h, 6.4).
        known.UnionWith(["CONSUMED", "NOT_DROPPED_YET", "SKB_DROP_REASON_MAX", "RX_DROP_MONITOR", "RX_DROP_UNUSABLE"]);
        Assert.Empty(KnowledgeBase.Embedded.Entries.Where(e => e.IsReason).SelectMany(e => e.Names).Select(n => n.Name).Except(known));
    }

    [Fact]
    public void Every_part_of_an_entry_says_something()
    {
        foreach (KnowledgeEntry entry in KnowledgeBase.Embedded.Entries)
        {
            string name = entry.Names[0].Name;
            Assert.All([entry.What, .. entry.Causes], sentence => Assert.True(sentence.Length > 10 && sentence.EndsWith('.'), $"{name}: {sentence}"));
            Assert.NotEmpty(entry.Checks);
            Assert.All(entry.Checks, check => Assert.True(check.Shows.Length > 5 && check.Command.Length > 5, $"{name}: {check}"));
            Assert.True(!entry.IsNoise || entry.Severity == Severity.Harmless, $"{name} is noise, and not harmless");
        }
    }

    [Fact]
    public void Every_counter_is_one_that_a_kernel_counts()
    {
        HashSet<string> known = [.. File.ReadLines(Repository.At("fixtures", "counters", "names-6.18.txt"))];
        Assert.Empty(KnowledgeBase.Embedded.Entries.SelectMany(e => e.Counters).Except(known));
    }

    [Fact]
    public void Every_counter_of_a_condition_is_one_that_a_kernel_counts()
    {
        HashSet<string> known = [.. File.ReadLines(Repository.At("fixtures", "counters", "names-6.18.txt"))];
        string[] counters = KnowledgeBase.Embedded.Entries.SelectMany(e => e.When).Select(c => c.Counter).OfType<string>().Distinct().ToArray();
        Assert.True(counters.Length >= 5);
        Assert.Empty(counters.Except(known));
    }

    [Fact]
    public void Every_function_that_is_known_can_be_the_one_that_decided()
    {
        string[] skipped = KnowledgeBase.Embedded.Entries.SelectMany(e => e.In.Concat(e.IsReason ? [] : e.Names)).Select(n => n.Name).Where(n => !n.Contains('*')).Distinct()
            .Where(name => SiteAttributor.Attribute("kfree_skb", null, Stack(["kfree_skb_reason", name, "handle_softirqs", "irq_exit_rcu"])).Function != name
                || (name != "net_tx_action" && SiteAttributor.Attribute("kfree_skb", null, Stack(["kfree_skb_reason", name, "its_caller", "__x64_sys_sendto"])).Function != name)) // softirqs alone call it
            .ToArray();
        Assert.Empty(skipped);

        static CallStack Stack(string[] symbols) => new([.. symbols.Select(s => new Frame(s, 1, null))]);
    }

    [Fact]
    public void Every_counter_that_nstat_is_asked_for_is_one_that_a_kernel_counts()
    {
        HashSet<string> known = [.. File.ReadLines(Repository.At("fixtures", "counters", "names-6.18.txt"))];
        string[] asked = Commands().Where(c => c.StartsWith("nstat -az ", StringComparison.Ordinal) && !c.Contains('\''))
            .SelectMany(c => c.Split(' ').Skip(2)).Distinct().ToArray();
        Assert.True(asked.Length > 50);
        Assert.Empty(asked.Except(known));
    }

    [Fact]
    public void Every_command_parses_as_shell()
    {
        File.WriteAllLines(_scratch.File("commands"), Commands());
        Finished finished = Shell.Run("sh", "-c", "while IFS= read -r line; do printf '%s\\n' \"$line\" | sh -n || echo \"$line\"; done < \"$1\"", "sh", _scratch.File("commands"));
        Assert.True(finished.Output.Length == 0 && finished.Errors.Length == 0, finished.ToString());
    }

    [Fact]
    public void Every_command_begins_with_a_program_that_hosts_have() =>
        Assert.Empty(Commands().SelectMany(c => c.Split(" | ").Take(1)).Select(c => c.Split(' ')[0]).Except(Programs));

    [Fact]
    public void No_command_changes_the_host() =>
        Assert.DoesNotContain(Commands(), c => c.Contains('>') || c.Contains("sysctl -w") || c.Split(' ').Intersect(["add", "del", "set", "flush", "replace", "change"]).Any());

    private static IEnumerable<string> Commands() => KnowledgeBase.Embedded.Entries.SelectMany(e => e.Checks).Select(c => c.Command).Distinct();

    // Stable kernels take a few reasons over from later ones.
    private static bool IsBackport(string name, KernelVersion kernel) => (name, kernel) is
        ("TC_CHAIN_NOTFOUND", (6, 1)) or ("SOCKET_CLOSE" or "UNIX_DISCONNECT" or "UNIX_SKIP_OOB", (6, 12));
}
