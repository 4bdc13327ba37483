namespace DropForensics.Analyze.Facts;

/// <summary>Which trace clocks count time (kernel/trace/trace.c, trace_clocks).</summary>
internal static class TraceClocks
{
    /// <summary>Whether the clock's numbers are ns; null for a clock that is not known.</summary>
    public static bool? IsTime(string? clock) => clock switch
    {
        null => null,
        "counter" or "uptime" or "x86-tsc" or "ppc-tb" => false,
        _ => true,
    };
}
