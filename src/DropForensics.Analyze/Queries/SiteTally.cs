namespace DropForensics.Analyze.Queries;

/// <summary>
/// Drops of one site, reason and interface: their deciding function, their row over time, how many, when, and where the first of them stands
/// in the raw text.
/// </summary>
internal readonly record struct SiteTally(int Function, int Row, long Drops, long FirstNs, long LastNs, int FirstCpu, long FirstLine)
{
    /// <summary>One drop more.</summary>
    public SiteTally With(long t, int cpu, long rawLine) => t < FirstNs
        ? new SiteTally(Function, Row, Drops + 1, t, LastNs, cpu, rawLine)
        : this with { Drops = Drops + 1, LastNs = Math.Max(LastNs, t) };

    /// <summary>Both together.</summary>
    public SiteTally With(SiteTally other)
    {
        SiteTally first = other.FirstNs < FirstNs ? other : this;
        return first with { Drops = Drops + other.Drops, LastNs = Math.Max(LastNs, other.LastNs) };
    }
}
