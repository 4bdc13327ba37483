namespace DropForensics.Analyze.Queries;

/// <summary>Drops of one flow, reason and interface: their row over time, how many, and when.</summary>
internal readonly record struct FlowTally(int Row, long Drops, long FirstNs, long LastNs)
{
    /// <summary>One drop more.</summary>
    public FlowTally With(long t) => new(Row, Drops + 1, Math.Min(FirstNs, t), Math.Max(LastNs, t));

    /// <summary>Both together.</summary>
    public FlowTally With(FlowTally other) => new(Row, Drops + other.Drops, Math.Min(FirstNs, other.FirstNs), Math.Max(LastNs, other.LastNs));
}
