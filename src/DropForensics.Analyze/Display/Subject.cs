using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Display;

/// <summary>What a capture counts, in words: drops, or hits of a function, which need be no drops at all.</summary>
/// <param name="hitsOf">The function; null for drops.</param>
internal sealed class Subject(string? hitsOf)
{
    /// <summary><c>drop</c>, <c>hit</c></summary>
    public string One => hitsOf is null ? "drop" : "hit";

    /// <summary><c>drops</c>, <c>hits</c></summary>
    public string Many => One + "s";

    /// <summary>The head of a column: <c>Drops</c>, <c>Hits</c>.</summary>
    public string Head => hitsOf is null ? "Drops" : "Hits";

    /// <summary>The beginning of a caption: <c>Drops</c>, <c>Hits of tcp_v4_rcv</c>.</summary>
    public string Title => hitsOf is null ? "Drops" : $"Hits of {hitsOf}";

    /// <summary><c>1,204 drops</c>, <c>1 hit</c></summary>
    public string Counted(long count) => Count(count, One);

    /// <summary><c>1,204 drops</c>, <c>1 hit of `tcp_v4_rcv`</c></summary>
    public string CountedOf(long count) => hitsOf is null ? Counted(count) : Happened(count);

    /// <summary><c>1,204 packets dropped</c>, <c>1 hit of `tcp_v4_rcv`</c></summary>
    public string Happened(long count) => hitsOf is null ? $"{Count(count, "packet")} dropped" : $"{Count(count, "hit")} of `{hitsOf}`";

    /// <summary><c>No drop was captured.</c>, <c>No hit was captured.</c></summary>
    public string None => $"No {One} was captured.";

    /// <summary>The same as a clause: <c>no drop was captured</c>.</summary>
    public string WhyNone => $"no {One} was captured";

    /// <summary>A function that decided to drop, or one that called the function that was hit.</summary>
    public string Function => hitsOf is null ? "deciding function" : "function";
}
