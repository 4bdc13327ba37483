using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Analysis;

/// <summary>Brings the accounts of a capture together from its tables: the same that the agent had at its end.</summary>
internal sealed class LedgerBuilder(CaptureQueries queries)
{
    /// <param name="capture">The capture's own description.</param>
    /// <param name="drops">Drops in it.</param>
    /// <param name="losses">What is known to be lost.</param>
    /// <param name="relief">What was given up to spare the host.</param>
    /// <param name="dropsByCpu">Those drops by CPU.</param>
    public CompletenessLedger Build(CaptureInfo capture, long drops, LossFacts losses, IReadOnlyList<ReliefRow> relief, IEnumerable<(long Cpu, long Drops)> dropsByCpu)
    {
        var book = new AccountBook();
        IReadOnlyList<StreamLineRow> lines = queries.LinesByStream();
        foreach (StreamLineRow line in lines)
        {
            // What people write between the records they paste hides no drop; an agent's text has nothing of the kind.
            bool isProse = capture.IsImport && line.Kind == LineKindNames.Of(LineKind.UnparsedProse);
            book.AddLines((int?)line.Cpu, isProse ? LineKindNames.Of(LineKind.Comment) : line.Kind, line.Lines);
        }

        // The lines of a merged stream have no CPU, its drops have.
        foreach ((long cpu, long count) in lines.Any(l => l.Cpu is null) ? dropsByCpu : [])
        {
            // Of dropwatch's no CPU is known, and a line counts several drops.
            bool isUnknown = cpu == DropPass.NotGiven;
            book.AddCaptured((int)cpu, isUnknown ? count - lines.Where(l => l.Kind == LineKindNames.Of(LineKind.Event)).Sum(l => l.Lines) : count);
        }

        foreach (LostRow lost in queries.Lost())
        {
            book.AddLost((int)lost.Cpu, lost.Records, lost.Uncounted);
        }

        foreach ((int cpu, byte[] stats) in queries.RingStats())
        {
            book.SetStats(cpu, stats);
        }

        foreach (KernelCountRow counted in queries.WitnessCounts())
        {
            book.SetCounted((int)counted.Cpu, counted.Drops);
        }

        SampledSpans? spans = SampledSpans.Read(path => queries.File(path, "after"));
        book.SetSampled(spans);
        foreach ((int cpu, long events) in EventTables.ReadCounted(queries.File(EventTables.Counted, "after") ?? []))
        {
            book.SetOthersWritten(cpu, events);
        }

        return new CompletenessLedger
        {
            HitsOf = capture.HitsOf,
            IsImport = capture.IsImport,
            IsPerf = capture.IsPerf,
            Cpus = book.Accounts,
            Captured = drops,
            WithoutStack = losses.WithoutStack,
            HasStacks = losses.RecordsPerDrop == 2,
            Counted = capture.WitnessDrops,
            Slack = capture.WitnessSlack ?? 0,
            Sample = Sample.Of(spans),
            Frozen = FrozenRing.Read(queries.File(FrozenRing.Path, "after")),
            HasRingCounters = losses.HasCounters,
            Disturbance = capture.Disturbance,
            Ended = capture.Ended,
            Relief = relief,
            AfterStacks = losses.AfterStacks,
            MaxRate = capture.MaxRate,
            FaultyStreams = queries.FaultyStreams(),
            BeforeTheStack = queries.FilePairs([InterfaceStatistics.Path])
                .SelectMany(s => UnseenPackets.Between(s.Netns, s.Before, s.After)).ToList(),
        };
    }
}

/// <summary>Holds what a hist trigger counted against the drops that were captured, by reason and location.</summary>
/// <param name="counts">What the kernel counted.</param>
/// <param name="names">The names of reasons by number; of those that were never captured the numbers stay.</param>
internal sealed class KernelCountBuilder(IReadOnlyList<HistCountRow> counts, IReadOnlyDictionary<long, string> names)
{
    /// <param name="captured">Reason, location and number of the captured drops.</param>
    /// <returns>The most missed first; empty where the kernel counted nothing so.</returns>
    public IReadOnlyList<KernelCountFacts> Build(IReadOnlyList<(long? Reason, string? Location, long Drops)> captured)
    {
        if (counts.Count == 0)
        {
            return [];
        }

        // Linux 5.17 to 6.1 hides the location in the tracepoint's text, older ones print it as a bare address.
        bool byLocation = captured.Count == 0 || captured.Any(c => c.Location?.Contains('+') == true);
        (long?, string?) Key(long? reason, string? location) => (reason, byLocation && location is not null ? Place(location) : null);
        Dictionary<(long?, string?), long> here = captured.GroupBy(c => Key(c.Reason, c.Location)).ToDictionary(g => g.Key, g => g.Sum(c => c.Drops));
        List<KernelCountFacts> both = counts.GroupBy(c => Key(c.Reason, c.Location))
            .Select(g => Row(g.Key, g.Sum(c => c.Drops), here.GetValueOrDefault(g.Key))).ToList();
        HashSet<(long?, string?)> counted = counts.Select(c => Key(c.Reason, c.Location)).ToHashSet();
        return both.Concat(here.Where(h => !counted.Contains(h.Key)).Select(h => Row(h.Key, 0, h.Value)))
            .OrderByDescending(f => f.Counted - f.Captured).ThenByDescending(f => f.Counted).ThenBy(f => f.Location, StringComparer.Ordinal).ToList();
    }

    private KernelCountFacts Row((long? Reason, string? Location) key, long counted, long captured) =>
        new(key.Reason is { } value ? names.GetValueOrDefault(value) : null, key.Reason, key.Location, counted, captured);

    /// <summary>Symbol and offset alone: <c>udp_rcv+0x49e</c> of <c>udp_rcv+0x49e/0xb20 [module]</c>.</summary>
    private static string Place(string location) => location.Split('/', ' ')[0];
}
