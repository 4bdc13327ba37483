namespace DropForensics.Analyze.Facts;

/// <summary>The time the capture speaks of, in <c>t_ns</c> as the drops have it.</summary>
/// <param name="StartNs">0 for a window the agent opened; the first drop's time where no window is known.</param>
/// <param name="EndNs">When the window was shut; the last drop's time where that is not known.</param>
/// <param name="IsTime">False where the trace clock counts ticks of something else: no duration or rate is then given.</param>
/// <param name="Basis">What start and end are: one of the constants.</param>
/// <param name="StartUtc">Null where the capture has no wall clock.</param>
/// <param name="EndUtc">Null where the capture has no wall clock.</param>
public sealed record WindowFacts(long StartNs, long EndNs, bool IsTime, string Basis, DateTime? StartUtc, DateTime? EndUtc)
{
    /// <summary>The agent's window, opened and shut.</summary>
    public const string Whole = "window";

    /// <summary>From the window's opening to the last drop: nobody lived to shut it.</summary>
    public const string ToLastDrop = "to_last_drop";

    /// <summary>From the first drop to the last: no window is known.</summary>
    public const string FirstToLastDrop = "drops";

    /// <summary>Its length.</summary>
    public long LengthNs => EndNs - StartNs;

    /// <summary>Whether the window is the agent's own and whole.</summary>
    public bool IsWindow => Basis == Whole;
}
