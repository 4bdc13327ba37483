using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>A site and what is known of it.</summary>
/// <param name="Site">Drops of one function and reason.</param>
/// <param name="Known">Null: nothing is.</param>
internal sealed record SiteMeaning(SiteFacts Site, KnowledgeEntry? Known)
{
    public Topic Topic => Topic.All[Known switch
    {
        null => Topic.Mark,
        { IsNoise: true } => Topic.Noise,
        var known => known.Topic,
    }];

    /// <summary>Of what nothing is known may be a loss or not.</summary>
    public Severity Severity => Known?.Severity ?? Severity.Depends;

    public static IEnumerable<SiteMeaning> Of(CaptureFacts facts, KnowledgeBase knowledge)
    {
        KernelVersion? kernel = KernelVersion.Parse(facts.Capture.KernelRelease);
        return facts.Sites.Select(s => new SiteMeaning(s, knowledge.Of(s.Reason, s.Function, kernel)));
    }
}
