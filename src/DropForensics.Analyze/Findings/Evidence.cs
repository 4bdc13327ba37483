using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Findings;

/// <summary>The evidence of a finding: numbers and what they count. Each writer of a report turns it into text; the finding itself does not.</summary>
public abstract record Evidence;

/// <summary>Text, if it contains all numbers.</summary>
public sealed record TextEvidence(string Text) : Evidence;

/// <summary>Drops of one row of a dimension.</summary>
/// <param name="Place">The row.</param>
/// <param name="Drops">How many.</param>
public sealed record PlaceEvidence(DimensionKey Place, long Drops) : Evidence
{
    /// <summary>Drops everywhere else; null if that is not compared.</summary>
    public long? Others { get; init; }

    /// <summary>How many other places there are; null if unknown.</summary>
    public int? OtherPlaces { get; init; }

    /// <summary>When the drops happened; null if the clock has no time, or it does not matter.</summary>
    public SpanEvidence? Span { get; init; }
}

/// <summary>Drops of a site with the same meaning.</summary>
public sealed record SiteEvidence(SiteFacts Site, long Drops, bool IsHarmless) : Evidence;

/// <summary>Drops of sites that are not listed.</summary>
/// <param name="By">By reason, or by function without one; backticks mark names.</param>
public sealed record OtherSitesEvidence(int Sites, long Drops, IReadOnlyList<NamedDrops> By) : Evidence;

/// <summary>Drops of packets that took one way through the host.</summary>
public sealed record PathEvidence(PathFacts Path) : Evidence;

/// <summary>Packets from one host to many ports of another.</summary>
public sealed record ScanEvidence(ScanFacts Scan) : Evidence;

/// <summary>When drops happened, in <c>t_ns</c>.</summary>
/// <param name="FirstNs">Null with the other: the trace's clock counts no time.</param>
public sealed record SpanEvidence(long? FirstNs, long? LastNs) : Evidence;

/// <summary>Drops of a burst.</summary>
/// <param name="FromNs">Its beginning, in <c>t_ns</c>.</param>
/// <param name="LengthNs">How long it took, in whole bins.</param>
public sealed record BurstEvidence(long FromNs, long LengthNs, long Drops, MostOf Most) : Evidence;

/// <summary>How far the largest burst stands out.</summary>
/// <param name="TimesTheRest">Its rate divided by that of the rest of the window; null if nothing was dropped there.</param>
public sealed record PeakEvidence(long? TimesTheRest) : Evidence;

/// <summary>How regular bursts were.</summary>
public sealed record RhythmEvidence(long FromNs, long LeastGapNs, long MostGapNs, long BinNs) : Evidence;

/// <summary>The number of drops in each.</summary>
public sealed record EachTimeEvidence(long Least, long Most, MostOf Largest) : Evidence;

/// <summary>A counter of the host that grew.</summary>
public sealed record CounterEvidence(CounterFacts Counter) : Evidence;

/// <summary>Counters that are not listed.</summary>
public sealed record OtherCountersEvidence(int Counters) : Evidence;

/// <summary>What most drops of a span have in common.</summary>
/// <param name="Name">Their reason, or function; null: without a reason.</param>
/// <param name="Share">Of the span's drops, 0 to 1.</param>
public sealed record MostOf(string? Name, double Share);
