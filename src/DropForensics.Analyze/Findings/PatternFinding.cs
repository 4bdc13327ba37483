using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>Makes findings of when and where packets were dropped.</summary>
internal static class PatternFinding
{
    /// <param name="facts">Of the capture.</param>
    /// <param name="severity">The severity of its packets.</param>
    /// <param name="part">Its weight relative to a cause: <see cref="FindingOrder.OfTime"/>, <see cref="FindingOrder.OfPlace"/>.</param>
    /// <param name="id">See <see cref="Finding"/>, also for the following.</param>
    /// <param name="drops">How many packets.</param>
    /// <param name="title">What was found.</param>
    /// <param name="meaning">The meaning, with its threshold.</param>
    /// <param name="evidence">Its numbers.</param>
    /// <param name="causes">Usual ones.</param>
    /// <param name="checks">What to try next.</param>
    public static Finding Of(
        CaptureFacts facts, Severity severity, double part, string id, long drops, string title, string meaning,
        IReadOnlyList<Evidence> evidence, IReadOnlyList<string> causes, IReadOnlyList<KnownCheck> checks) => new()
        {
            Id = id,
            Severity = severity,
            Title = title,
            Meaning = meaning,
            Drops = drops,
            Share = (double)drops / facts.Drops,
            Evidence = evidence,
            Causes = causes,
            Checks = checks,
            Rank = severity == Severity.Harmless ? FindingOrder.HarmlessPattern : FindingOrder.Pattern,
            Weight = FindingOrder.Weight(severity, drops, part),
        };
}
