namespace DropForensics.Analyze.Facts;

/// <summary>Something the host's clocks did during the window that a reader of times must know.</summary>
/// <param name="AtNs">When, in <c>t_ns</c>.</param>
/// <param name="Kind"><c>step</c>: the wall clock was set; <c>suspend</c>: the host slept.</param>
/// <param name="ByNs">By how much: a step may be negative.</param>
public sealed record ClockNote(long AtNs, string Kind, long ByNs);
