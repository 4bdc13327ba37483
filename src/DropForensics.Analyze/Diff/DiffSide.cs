using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Diff;

/// <summary>One of the two captures: its numbers, the time they stand for, and how many drops it may lack.</summary>
/// <param name="Letter"><c>A</c> or <c>B</c>.</param>
/// <param name="Report">All that it says.</param>
public sealed record DiffSide(string Letter, ReportModel Report)
{
    public CaptureFacts Facts => Report.Facts;

    public CaptureInfo Capture => Report.Facts.Capture;

    internal DiffItems Items { get; } = new(Report.Facts);

    /// <summary>Length of the window; null where it has none that a rate could be made of.</summary>
    public double? Seconds { get; } = Report.Facts.Window is { IsTime: true, LengthNs: > 0 } window ? window.LengthNs / 1e9 : null;

    /// <summary>Drops of the window that are not here.</summary>
    public CountRange Missing { get; } = MissingOf(Report.Facts);

    /// <summary>All drops of the window.</summary>
    public CountRange Total => new(Facts.Drops + Missing.Least, Facts.Drops + Missing.Most);

    /// <summary>Drops of one kind: any of those missing may have been of it.</summary>
    /// <param name="captured">Of this kind, here.</param>
    /// <param name="unlisted">Drops that are here and may be of this kind as well, for lists end somewhere.</param>
    public CountRange Of(long captured, long unlisted = 0) => new(captured, captured + unlisted + Missing.Most);

    /// <summary>The witness says how many there were; without it what the ring lost does, of which every record may have been a drop.</summary>
    private static CountRange MissingOf(CaptureFacts facts)
    {
        CompletenessLedger ledger = facts.Ledger;
        List<Gap> gaps = facts.Completeness.Gaps.Where(g => g.Stage != Stages.BeforeTheStack).ToList();
        if (gaps.Count == 0) return CountRange.Exactly(0);
        long least = gaps.Sum(g => g.AtLeast ?? 0);
        bool isDisturbed = ledger.Disturbance is not null || ledger.Missed < 0;
        if (ledger.Missed is not null && !isDisturbed)
        {
            long notHere = Math.Max(0, (ledger.Counted ?? 0) - ledger.Captured);
            return new CountRange(Math.Max(Math.Min(least, notHere), notHere - ledger.Slack), notHere);
        }

        // A file that ends before its window does is short of what nobody counted; where no window is known, time ends with the last drop.
        bool endsEarly = gaps.Any(g => g.Stage == Stages.File) && facts.Window.IsWindow;
        if (isDisturbed || endsEarly || ledger.UncountedHoles > 0 || ledger.FaultyStreams > 0) return new CountRange(least, null);
        long records = ledger.RecordsLost + ledger.Cpus.Sum(c => (c.RecordsLeft ?? 0) + c.RecordsMissedByReader) + ledger.UnparsedLines;
        return new CountRange(least, Math.Max(least, records));
    }
}
