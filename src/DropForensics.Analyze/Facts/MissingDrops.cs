using DropForensics.Core.Ledger;

namespace DropForensics.Analyze.Facts;

/// <summary>The number of drops that happened, as a range: a capture's own number is the least.</summary>
/// <param name="Least">The least number.</param>
/// <param name="Most">The most; null: unknown.</param>
public readonly record struct CountRange(long Least, long? Most)
{
    /// <summary>Whether it is one number.</summary>
    public bool IsExact => Least == Most;

    /// <summary>A known number.</summary>
    public static CountRange Exactly(long count) => new(count, count);
}

/// <summary>How many drops of the window a capture lacks.</summary>
internal static class MissingDrops
{
    /// <summary>The witness counts how many there were; without it, every record that the ring lost may have been a drop.</summary>
    public static CountRange Of(CaptureFacts facts)
    {
        CompletenessLedger ledger = facts.Ledger;
        List<Gap> gaps = facts.Completeness.Gaps.Where(g => g.Stage != Stages.BeforeTheStack).ToList();
        if (gaps.Count == 0) return CountRange.Exactly(0);
        bool isPart = facts.Selection is not null || ledger.Filtered > 0;
        long least = isPart ? 0 : gaps.Sum(g => g.AtLeast ?? 0);
        bool isDisturbed = ledger.Disturbance is not null || ledger.Missed < 0;
        if (ledger.Missed is not null && !isDisturbed)
        {
            // Nobody knows whether a filter would have taken what is missing.
            long notHere = Math.Max(0, (ledger.Counted ?? 0) - ledger.Captured - ledger.Filtered);
            return new CountRange(isPart ? 0 : Math.Max(Math.Min(least, notHere), notHere - ledger.AllSlack), notHere);
        }

        // A file that ends before its window lacks an unknown number; if no window is known, time ends with the last drop.
        bool endsEarly = gaps.Any(g => g.Stage == Stages.File) && facts.Window.IsWindow;
        if (isDisturbed || endsEarly || ledger.UncountedHoles > 0 || ledger.FaultyStreams > 0) return new CountRange(least, null);
        long records = ledger.RecordsLost + ledger.Cpus.Sum(c => (c.RecordsLeft ?? 0) + c.RecordsMissedByReader) + ledger.UnparsedLines;
        return new CountRange(least, Math.Max(least, records));
    }
}
