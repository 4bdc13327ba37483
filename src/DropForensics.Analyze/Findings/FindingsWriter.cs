using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>All that a report has to say of a capture's drops, the most important first.</summary>
internal static class FindingsWriter
{
    /// <summary>Empty where nothing was dropped or counted as lost, and where hits of a function were recorded, which need be no drops.</summary>
    public static IReadOnlyList<Finding> Of(CaptureFacts facts)
    {
        if (facts.Capture.HitsOf is not null) return [];
        List<SiteMeaning> sites = SiteMeaning.Of(facts, KnowledgeBase.Embedded).ToList();
        IEnumerable<Finding> all =
        [
            .. CauseFindings.Of(facts, sites), .. ScanFindings.Of(facts), .. TimeFindings.Of(facts, sites), .. PlaceFindings.Of(facts, sites), .. LossFindings.Of(facts), .. CounterFindings.Of(facts),
        ];
        return all.OrderByDescending(f => f.Weight).ThenBy(f => f.Id, StringComparer.Ordinal).ToList();
    }
}
