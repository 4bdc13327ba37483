using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Counters;

/// <summary>
/// What a counter of the host gained, beside the drops that it should agree with. The counters were read shortly before the gate opened and
/// shortly after it was shut, so they may have counted what the capture was not to see: a difference is no loss by itself.
/// </summary>
/// <param name="Netns">Inode of the network namespace; null: the whole host, all namespaces that could be looked into added up.</param>
/// <param name="Interface">Whose counter it is; null for a protocol's.</param>
/// <param name="Counter">Its name, several added up with <c> + </c> between them.</param>
/// <param name="Meaning">What it counts.</param>
/// <param name="Relation"><c>equal</c>: each count is such a drop; <c>part</c>: it counts other things as well; <c>never</c>: no drop event shows it.</param>
/// <param name="Counted">By how much it grew.</param>
/// <param name="AtLeast">Captured drops that it counts for certain; null where it never counts one, or the probe cannot tell.</param>
/// <param name="AtMost">The same, with those of which the capture knows too little to say.</param>
/// <param name="Unseen">How many of them are losses that no drop event shows; 0 where it cannot tell.</param>
/// <param name="Reading"><c>agrees</c>, <c>more counted</c>, <c>more traced</c>, <c>not read</c> (its
/// namespace was gone after the window), or <c>not comparable</c>.</param>
public sealed record CounterFacts(
    long? Netns, string? Interface, string Counter, string Meaning, string Relation, long Counted, long? AtLeast, long? AtMost, long Unseen, string Reading)
{
    /// <summary>What those are told under; null where they say nothing.</summary>
    internal string? Topic { get; init; }

    /// <summary>Of those.</summary>
    internal Severity Severity { get; init; }

    public const string Agrees = "agrees", MoreCounted = "more counted", MoreTraced = "more traced", NotRead = "not read", NotComparable = "not comparable";
}
