using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>All findings of a capture, the most important first.</summary>
internal static class FindingsWriter
{
    /// <summary>Empty if nothing was dropped or counted as lost, or if hits of a function were recorded, which need not be drops.</summary>
    public static IReadOnlyList<Finding> Of(CaptureFacts facts)
    {
        if (facts.Capture.HitsOf is not null) return [];
        List<SiteMeaning> sites = SiteMeaning.Of(facts, KnowledgeBase.Embedded).ToList();
        List<Finding> causes = HostEvidence.AddTo(facts, [.. CauseFindings.Of(facts, sites), .. CounterFindings.Of(facts)]);
        IEnumerable<Finding> all = [.. causes, .. TimeFindings.Of(facts, sites), .. PlaceFindings.Of(facts, sites), .. LossFindings.Of(facts, causes), .. RetransmitFindings.Of(facts)];
        return CheckFiller.ExplainedOnce(all.OrderBy(f => f.Rank).ThenByDescending(f => f.Weight).ThenBy(f => f.Id, StringComparer.Ordinal));
    }
}

/// <summary>
/// The order of findings: first what is lost and why, then when and where, then what is harmless. Within a rank, by the number of packets times
/// the weight of one packet.
/// </summary>
internal static class FindingOrder
{
    /// <summary>
    /// The ranks, in order. When and where packets were dropped never comes before why, because these are the same packets; and nothing harmless
    /// comes before a loss, however many packets it has.
    /// </summary>
    public const int Cause = 0, Pattern = 1, HarmlessCause = 2, HarmlessPattern = 3, NoLoss = 4;

    /// <summary>Whether the rank is for when and where, not for why.</summary>
    public static bool IsPattern(int rank) => rank is Pattern or HarmlessPattern;

    // One packet that something waits for counts as much as a hundred whose drop may be intended.
    private const double Harmful = 100, Depends = 1, Harmless = 0.01;

    /// <summary>The part of a scan's weight that does not count: a scan's packets are harmless.</summary>
    public const double LessOfScans = 0.9;

    /// <summary>When packets were dropped says more than where.</summary>
    public const double OfTime = 0.5, OfPlace = 0.1;

    /// <summary>The order, explained for readers of a report.</summary>
    public const string Words = "Causes that cost most come first: one harmful drop counts as much as a hundred that may be intended. "
        + "Patterns in time and place follow, then harmless drops, and last what is no loss.";

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
