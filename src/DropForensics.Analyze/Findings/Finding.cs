using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>One result of the analysis, with its numbers. In sentences, backticks mark names as the kernel spells them.</summary>
public sealed record Finding
{
    /// <summary>Its kind: <c>closed-port</c>, <c>burst</c>; at most one finding of each, so that a link can point to it.</summary>
    public required string Id { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>What was found, with its count.</summary>
    public required string Title { get; init; }

    /// <summary>The title's beginning, without numbers: what went wrong.</summary>
    public string Clause => Title.Split(": ", 2)[0];

    /// <summary>The rest of the title: how many, of what, through which interface. Empty if the title has no such part.</summary>
    public string Extent => Title[Clause.Length..].TrimStart(':', ' ');

    /// <summary>What that means, and how it was inferred.</summary>
    public required string Meaning { get; init; }

    /// <summary>Packets concerned, captured or counted.</summary>
    public required long Drops { get; init; }

    /// <summary>Share of all captured drops, 0 to 1; null if its packets are not among them.</summary>
    public required double? Share { get; init; }

    /// <summary>The numbers behind it; one or more.</summary>
    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>Usual causes, the most frequent first.</summary>
    public IReadOnlyList<string> Causes { get; init; } = [];

    /// <summary>What to check next, with known interface, address and port filled in.</summary>
    public IReadOnlyList<KnownCheck> Checks { get; init; } = [];

    /// <summary>One of its drops as the kernel printed it; null if there is none.</summary>
    public RawExample? Example { get; init; }

    /// <summary>When its drops happened; null if its sites identify them, or if nothing does.</summary>
    public FindingView? View { get; init; }

    /// <summary>Its sites, the most drops first; empty for findings about times, places or counters.</summary>
    internal IReadOnlyList<SiteMeaning> Sites { get; init; } = [];

    /// <summary>The first key of the order of findings: see <see cref="FindingOrder"/>.</summary>
    public int Rank { get; init; }

    /// <summary>Among those of one rank, the heaviest first.</summary>
    public double Weight { get; init; }
}

/// <summary>The span of a finding whose drops no sites identify.</summary>
/// <param name="FromNs">The span of the timeline they lie in, in <c>t_ns</c>.</param>
/// <param name="ToNs">Its end, inclusive.</param>
public sealed record FindingView(long FromNs, long ToNs);
