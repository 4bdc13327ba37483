using DropForensics.Capture.Kernel;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture;

/// <summary>Brings the agent's own accounts of a capture together; the analyzer reads the same from the file.</summary>
internal static class SessionLedger
{
    /// <param name="row">What the capture says of itself.</param>
    /// <param name="totals">What was recorded.</param>
    /// <param name="testimony">What the witness counted; null where it could not.</param>
    /// <param name="ringStats">Each CPU's <c>stats</c> after the rings were drained.</param>
    /// <param name="unseen">What interfaces lost before the stack.</param>
    /// <param name="relief">What was given up to spare the host.</param>
    /// <param name="writeFailure">Why the file ends early; null as a rule.</param>
    public static CompletenessLedger Of(
        CaptureRow row, Totals totals, Testimony? testimony, IReadOnlyList<(int Cpu, byte[] Stats)> ringStats, IReadOnlyList<UnseenPackets> unseen,
        IReadOnlyList<ReliefRow> relief, string? writeFailure)
    {
        var book = new AccountBook();
        foreach (var (cpu, lines) in totals.LinesByStream)
        {
            foreach (var kind in Enum.GetValues<LineKind>()) book.AddLines(cpu, LineKindNames.Of(kind), lines[kind]);
        }

        foreach (var (cpu, drops) in testimony?.ByCpu ?? []) book.SetCounted(cpu, drops);
        foreach (var (cpu, stats) in ringStats) book.SetStats(cpu, stats);
        foreach (var (cpu, records, holes) in totals.LossesByCpu) book.AddLost(cpu, records, holes);
        return new CompletenessLedger
        {
            HitsOf = row.HitsOf,
            Cpus = book.Accounts,
            Captured = totals.Drops,
            WithoutStack = totals.WithoutStack,
            HasStacks = row.Trigger is not null,
            Counted = testimony?.Drops,
            Slack = testimony?.Slack ?? 0,
            HasRingCounters = ringStats.Count > 0,
            Disturbance = row.Disturbance,
            Ended = row.Ended,
            Relief = relief,
            AfterStacks = totals.AfterStacks,
            MaxRate = row.MaxRate,
            WriteFailure = writeFailure,
            FaultyStreams = totals.FaultyStreams,
            BeforeTheStack = unseen,
        };
    }
}
