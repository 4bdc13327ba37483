using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Losses without a drop event, by the host's own counters: before the stack, at listeners, and wherever else the kernel only counts.</summary>
internal static class CounterFindings
{
    private const int Named = 4;

    private const string BeforeTheStackTopic = "before-the-stack", ListenQueue = "listen-queue";

    // The kernel counts each rejected connection request here, and most causes also in a counter of their own.
    private const string ListenDrops = "TcpExt.ListenDrops";

    public static IEnumerable<Finding> Of(CaptureFacts facts)
    {
        // What never has a drop event is always told. What other counters have beyond the drops is told only if no drop is missing: it may be those.
        return facts.Counters.Where(c => c.Unseen > 0 && c.Topic is not null && (c.Relation == CounterRule.Never || !facts.IsIncomplete))
            .GroupBy(c => c.Topic!).Select(g => g.OrderByDescending(c => c.Unseen).ToList() is var counters ? g.Key switch // not null by the filter
            {
                BeforeTheStackTopic => BeforeTheStack(facts, counters),
                ListenQueue => Refused(facts, counters),
                var topic => Counted(facts, Topic.All[topic], counters),
            } : throw new InvalidOperationException());
    }

    private static Finding BeforeTheStack(CaptureFacts facts, List<CounterFacts> links)
    {
        string[] names = links.Select(c => $"`{c.Interface}`").Distinct().ToArray();
        string where = names.Length == 1 ? names[0] : $"{names[0]} and {Count(names.Length - 1, "other interface")}";
        KnownCheck[] checks =
        [
            new("ethtool -S \"$IF\" | grep -iE 'err|drop|miss|fifo|crc' | grep -v ': 0$'", "the card's error counters, by kind"),
            new("ethtool -g \"$IF\"", "the card's ring sizes, and their maximum"),
            new("cat /proc/net/softnet_stat", "one line per CPU, hexadecimal: column 3 counts polls that reached their limit of packets or time while packets still waited"),
            new("cat /proc/interrupts", "which CPU serves which queue of a card"),
        ];
        long lost = links.Sum(c => c.Unseen);
        return Make(BeforeTheStackTopic, lost, Severity.Harmful, links,
            $"Packets are lost before the stack sees them: {Count(lost, "packet")} at {where}, and no drop event shows them.",
            "The card or its driver dropped them: its ring was full, or they arrived damaged. Tracing the stack cannot see them; the interface's counters do.",
            ["The CPU that serves the card's queue is too busy, or its ring is too small for the bursts.", "A bad cable, connector or transceiver damages frames."],
            CheckFiller.Fill(facts, checks, links[0].Interface, null, null, NamespaceOf(links)));
    }

    private static Finding Refused(CaptureFacts facts, List<CounterFacts> listeners)
    {
        KnowledgeEntry? known = KnowledgeBase.Embedded.Reason("TCP_LISTEN_OVERFLOW");
        // ListenDrops counts what the others count, too: the larger is taken, in each namespace where that is known.
        bool byNamespace = listeners.TrueForAll(c => c.Netns is not null);
        long lost = listeners.GroupBy(c => byNamespace ? c.Netns : null).Sum(g => g.ToLookup(c => c.Counter == ListenDrops, c => c.Unseen) is var by ? Math.Max(by[true].Sum(), by[false].Sum()) : 0);
        bool isFull = listeners.Any(c => c.Counter != ListenDrops);
        return Make("refused-connections", lost, Severity.Harmful, listeners,
            $"New connections fail: a listener turned away {Count(lost, "connection request")}{(isFull ? " because its queue was full" : "")}, and no drop event shows {(lost == 1 ? "it" : "them")}.",
            isFull ? known?.What ?? ""
                : "A listening socket rejected connection requests, and the kernel freed their packets as if they had been delivered. "
                    + "Its SYN queue or accept queue is full, or it could not answer.",
            [.. isFull ? [] : (string[])["A flood of connection requests (SYN) while SYN cookies are off (net.ipv4.tcp_syncookies).", "No memory or no route for the answer."], .. known?.Causes ?? []],
            CheckFiller.Fill(
                facts,
                [.. known?.Checks ?? [], .. isFull ? [] : (KnownCheck[])[new("sysctl net.ipv4.tcp_syncookies net.ipv4.tcp_max_syn_backlog net.core.somaxconn", "the limits of listeners")]],
                null, SocketEvidence.PortOfListener(facts, lost), null, NamespaceOf(listeners)));
    }

    private static Finding Counted(CaptureFacts facts, Topic topic, List<CounterFacts> counters)
    {
        List<KnowledgeEntry> known = KnowledgeBase.Embedded.Entries
            .Where(e => e.Topic == topic.Id && e.Counters.Any(name => counters.Any(c => c.Counter.Split(" + ").Any(n => CounterGain.Bare(n) == CounterGain.Bare(name))))).Take(2).ToList();
        Severity severity = counters.Max(c => c.Severity);
        long lost = counters.Where(c => c.Severity == severity).Sum(c => c.Unseen);
        return Make($"counted-{topic.Id}", lost, severity, counters,
            $"{topic.Clause}: the host's counters show {Count(lost, "loss", "losses")} that no drop event shows.", topic.Meaning,
            known.SelectMany(e => e.Causes).Distinct().ToList(),
            CheckFiller.Fill(facts, known.SelectMany(e => e.Checks).DistinctBy(c => c.Command).ToList(), null, null, null, NamespaceOf(counters)));
    }

    // Where one namespace alone counted them.
    private static long? NamespaceOf(List<CounterFacts> counters) => counters.Select(c => c.Netns).Distinct().ToList() is [var only] ? only : null;

    private static Finding Make(
        string id, long lost, Severity severity, List<CounterFacts> counters, string title, string meaning, IReadOnlyList<string> causes, IReadOnlyList<KnownCheck> checks) => new()
        {
            Id = id,
            Severity = severity,
            Title = title,
            Meaning = meaning,
            Drops = lost,
            Share = null,
            Evidence =
            [
                .. counters.Take(Named).Select(counter => new CounterEvidence(counter)),
                .. counters.Count > Named ? [new OtherCountersEvidence(counters.Count - Named)] : Array.Empty<Evidence>(),
            ],
            Causes = causes,
            Checks = checks,
            Weight = FindingOrder.Weight(severity, lost),
        };
}
