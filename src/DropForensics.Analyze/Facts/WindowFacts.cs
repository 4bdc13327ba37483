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

/// <summary>Something the host's clocks did during the window that a reader of times must know.</summary>
/// <param name="AtNs">When, in <c>t_ns</c>.</param>
/// <param name="Kind"><c>step</c>: the wall clock was set; <c>suspend</c>: the host slept.</param>
/// <param name="ByNs">By how much: a step may be negative.</param>
public sealed record ClockNote(long AtNs, string Kind, long ByNs);

/// <summary>Which trace clocks count time (kernel/trace/trace.c, trace_clocks).</summary>
internal static class TraceClocks
{
    /// <summary>Of a text without times: a drop's line stands for its time.</summary>
    public const string None = "none";

    /// <summary>Whether the clock's numbers are ns; null for a clock that is not known.</summary>
    public static bool? IsTime(string? clock) => clock switch
    {
        null => null,
        "counter" or "uptime" or "x86-tsc" or "ppc-tb" or None => false,
        _ => true,
    };
}
