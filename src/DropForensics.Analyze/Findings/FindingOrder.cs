using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>How much a finding matters to whoever reads it: its packets, times what one of them means.</summary>
internal static class FindingOrder
{
    // One packet that somebody waits for is worth ten that may be meant to be dropped, and a hundred that nobody misses.
    private const double Harmful = 10, Depends = 1, Harmless = 0.1;

    /// <summary>When and where packets were dropped says less than why.</summary>
    public const double OfTime = 0.5, OfPlace = 0.1;

    /// <summary>What says more of the same packets stands before what says less.</summary>
    public const double OfMore = 1.01;

    /// <summary>What a reader must know of it.</summary>
    public const string Words = "Findings stand in the order of what they mean: the packets of each, where harmful ones count ten times and harmless ones a tenth. "
        + "When packets were dropped counts half as much as why, where a tenth; what is no loss at all comes last.";

    /// <param name="severity">Of the packets.</param>
    /// <param name="drops">How many.</param>
    /// <param name="part">1, or one of the constants above.</param>
    public static double Weight(Severity severity, long drops, double part = 1) => drops * part * severity switch
    {
        Severity.Harmful => Harmful,
        Severity.Depends => Depends,
        _ => Harmless,
    };
}
