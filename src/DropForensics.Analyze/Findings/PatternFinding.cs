using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>Makes findings of when and where; they mean what the most frequent site means.</summary>
internal static class PatternFinding
{
    public const double When = FindingOrder.OfTime, Where = FindingOrder.OfPlace;

    public static Finding Of(
        CaptureFacts facts, IReadOnlyList<SiteMeaning> sites, double part, string id, long drops, string title, string meaning,
        IReadOnlyList<string> evidence, IReadOnlyList<string> causes, IReadOnlyList<KnownCheck> checks)
    {
        bool isNoise = sites[0].Topic.Id == Topic.Noise;
        Severity severity = isNoise ? Severity.Harmless : sites[0].Severity;
        return new Finding
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
            Weight = isNoise ? 0 : FindingOrder.Weight(severity, drops, part),
        };
    }
}
