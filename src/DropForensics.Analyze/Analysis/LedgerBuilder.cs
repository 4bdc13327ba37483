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
    /// <param name="capture">What the capture says of itself.</param>
    /// <param name="drops">Drops in it.</param>
    /// <param name="losses">What is known to be lost.</param>
    /// <param name="relief">What was given up to spare the host.</param>
    /// <param name="dropsByCpu">Those drops by CPU.</param>
    public CompletenessLedger Build(CaptureInfo capture, long drops, LossFacts losses, IReadOnlyList<ReliefRow> relief, IEnumerable<(int Cpu, long Drops)> dropsByCpu)
    {
        var book = new AccountBook();
        IReadOnlyList<StreamLineRow> lines = queries.LinesByStream();
        foreach (StreamLineRow line in lines)
        {
            // What people write between the records they paste hides no drop; an agent's text has nothing of the kind.
            bool isProse = capture.IsImport && line.Kind == LineKindNames.Of(LineKind.UnparsedProse);
            book.AddLines((int?)line.Cpu, isProse ? LineKindNames.Of(LineKind.Comment) : line.Kind, line.Lines);
        }

        // The lines of a merged stream are not told by CPU, its drops are.
        foreach ((int cpu, long count) in lines.Any(l => l.Cpu is null) ? dropsByCpu : [])
        {
            // Of dropwatch's no CPU is known, and a line counts several drops.
            bool isUnknown = cpu == DropPass.NotGiven;
            book.AddCaptured(cpu, isUnknown ? count - lines.Where(l => l.Kind == LineKindNames.Of(LineKind.Event)).Sum(l => l.Lines) : count);
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
