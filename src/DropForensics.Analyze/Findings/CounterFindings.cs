using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Losses that no drop event shows, by the host's own counters: before the stack, and at listeners.</summary>
internal static class CounterFindings
{
    private const int Named = 4;

    // Each of them is one connection request turned away; the kernel frees its packet as if it had been delivered.
    private static readonly string[] OfListeners = ["TcpExt.ListenOverflows", "TcpExt.TCPReqQFullDrop"];

    public static IEnumerable<Finding> Of(CaptureFacts facts)
    {
        List<CounterFacts> unseen = facts.Counters.Where(c => c is { Relation: CounterRule.Never, Counted: > 0 }).OrderByDescending(c => c.Counted).ToList();
        if (unseen.Where(c => c.Interface is not null).ToList() is { Count: > 0 } links) yield return BeforeTheStack(links);
        if (unseen.Where(c => OfListeners.Any(name => c.Counter.Contains(name, StringComparison.Ordinal))).ToList() is { Count: > 0 } listeners) yield return Refused(listeners);
    }

    private static Finding BeforeTheStack(List<CounterFacts> links)
    {
        string[] names = links.Select(c => $"`{c.Interface}`").Distinct().ToArray();
        string where = names.Length == 1 ? names[0] : $"{names[0]} and {Count(names.Length - 1, "other interface")}";
        KnownCheck[] checks =
        [
            new("ethtool -S \"$IF\" | grep -iE 'err|drop|miss|fifo|crc' | grep -v ': 0$'", "what the card counted, by kind"),
            new("ethtool -g \"$IF\"", "size of the card's rings, and the largest there can be"),
            new("cat /proc/net/softnet_stat", "one line a CPU, hexadecimal: the third column counts when a CPU had not the time to empty a ring"),
            new("cat /proc/interrupts", "which CPU serves which queue of a card"),
        ];
        return Make("before-the-stack", links,
            $"Packets are lost before the stack sees them: {Count(links.Sum(c => c.Counted), "packet")} at {where}, of which no drop event tells.",
            "The card or its driver gave them up: its ring was full, or they came damaged. No tracing of the stack can see them; the interface's counters do.",
            ["The CPU that serves the card's queue is too busy, or its ring is small for the bursts.", "A bad cable, plug or transceiver, where frames come damaged."],
            CheckFiller.Fill(checks, links[0].Interface, null, null));
    }

    private static Finding Refused(List<CounterFacts> listeners)
    {
        KnowledgeEntry? known = KnowledgeBase.Embedded.Reason("TCP_LISTEN_OVERFLOW");
        return Make("refused-connections", listeners,
            $"New connections are turned away: {Count(listeners.Sum(c => c.Counted), "time")} a listener's queue was full, of which no drop event need tell.",
            known?.What ?? "", known?.Causes ?? [], known?.Checks ?? []);
    }

    private static Finding Make(
        string id, List<CounterFacts> counters, string title, string meaning, IReadOnlyList<string> causes, IReadOnlyList<KnownCheck> checks)
    {
        long counted = counters.Sum(c => c.Counted);
        return new Finding
        {
            Id = id,
            Severity = Severity.Harmful,
            Title = title,
            Meaning = meaning,
            Drops = counted,
            Share = null,
            Evidence =
            [
                .. counters.Take(Named).Select(c => $"{c.Counter}{(c.Interface is null ? "" : $" of `{c.Interface}`")}{(c.Netns is null ? "" : $" in namespace {c.Netns}")} grew by {Count(c.Counted)}: {c.Meaning}."),
                .. counters.Count > Named ? [$"and {Count(counters.Count - Named, "other counter")}."] : Array.Empty<string>(),
            ],
            Causes = causes,
            Checks = checks,
            Weight = FindingOrder.Weight(Severity.Harmful, counted),
        };
    }
}
