using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>One thing that a report has to say of the drops, with its numbers. In sentences, backticks mark names as the kernel spells them.</summary>
public sealed record Finding
{
    /// <summary>What it is of: <c>closed-port</c>, <c>burst</c>; one finding of each at most, so a link can point to it.</summary>
    public required string Id { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>What was found, with its count.</summary>
    public required string Title { get; init; }

    /// <summary>The title's beginning, without numbers: what went wrong.</summary>
    public string Clause => Title.Split(": ", 2)[0];

    /// <summary>What stands behind it: how many, of what, through which interface. Empty where the title has no such part.</summary>
    public string Extent => Title[Clause.Length..].TrimStart(':', ' ');

    /// <summary>What that means; how it was told where it was inferred.</summary>
    public required string Meaning { get; init; }

    /// <summary>Packets concerned, captured or counted.</summary>
    public required long Drops { get; init; }

    /// <summary>Of all captured drops, 0 to 1; null where its packets are not among those.</summary>
    public required double? Share { get; init; }

    /// <summary>The numbers behind it; one or more.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>Usual causes, the most frequent first.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>What to check next, what is known of interface, address and port filled in.</summary>
    public IReadOnlyList<KnownCheck> Checks { get; init; } = [];

    /// <summary>One of its drops as the kernel printed it; null where none is at hand.</summary>
    public RawExample? Example { get; init; }

    /// <summary>When its drops were; null where its sites tell them from others, or nothing does.</summary>
    public FindingView? View { get; init; }

    /// <summary>The sites it consists of, the most drops first; empty where it is of times, places or counters.</summary>
    internal IReadOnlyList<SiteMeaning> Sites { get; init; } = [];

    /// <summary>By which findings are ordered: see <see cref="FindingOrder"/>.</summary>
    public int Rank { get; init; }

    /// <summary>Among those of one rank, the heaviest first.</summary>
    public double Weight { get; init; }
}

/// <summary>Where in the timeline the drops of a finding lie that no sites tell from others.</summary>
/// <param name="FromNs">The span of the timeline they lie in, in <c>t_ns</c>.</param>
/// <param name="ToNs">Its end, which is of it.</param>
public sealed record FindingView(long FromNs, long ToNs);
