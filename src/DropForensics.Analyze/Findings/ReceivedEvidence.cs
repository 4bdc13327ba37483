using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>How large a part of what an interface received was dropped.</summary>
internal static class ReceivedEvidence
{
    // Below the stack: interfaces need not have counted these packets.
    private static readonly string[] Below = ["backlog", "xdp", "device", "memory", "wireless", Topic.Mark, Topic.Noise];

    // Of fewer, a share shows nothing.
    private const long Least = 10;

    /// <summary>
    /// A sentence about the interface through which most of a cause's packets had come in; none where its counter is not kept, several have its name, or
    /// drops are missing.
    /// </summary>
    public static IEnumerable<Evidence> Of(CaptureFacts facts, Topic topic, IReadOnlyList<SiteMeaning> sites)
    {
        if (facts.IsIncomplete || facts.Selection is not null || Below.Contains(topic.Id)) yield break;
        IGrouping<string?, PathFacts>? most = sites.Where(s => s.Drops == s.Site.Drops).SelectMany(s => s.Site.Paths).Where(path => path is { Direction: Direction.In, Interface: not null })
            .GroupBy(path => path.Interface).MaxBy(paths => paths.Sum(path => path.Drops));
        if (most is null || facts.Interfaces.Where(link => link.Name == most.Key).ToList() is not [{ Received: { } received }]) yield break;
        long drops = most.Sum(path => path.Drops);
        if (drops < Least || drops > received) yield break;
        yield return new TextEvidence($"Of {Count(received, "packet")} that `{most.Key}` received, {Count(drops)} were dropped here: "
            + $"{(received < 2 * drops ? Percent(drops, received) : $"1 of {Count((received + (drops / 2)) / drops)}")}.");
    }
}
