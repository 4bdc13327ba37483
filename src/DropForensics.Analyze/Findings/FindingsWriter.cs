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
        List<Finding> causes = [.. CauseFindings.Of(facts, sites), .. CounterFindings.Of(facts)];
        IEnumerable<Finding> all = [.. causes, .. TimeFindings.Of(facts, sites), .. PlaceFindings.Of(facts, sites), .. LossFindings.Of(facts, causes)];
        return all.OrderBy(f => f.Rank).ThenByDescending(f => f.Weight).ThenBy(f => f.Id, StringComparer.Ordinal).ToList();
    }
}
