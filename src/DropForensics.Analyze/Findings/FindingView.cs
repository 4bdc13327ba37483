namespace DropForensics.Analyze.Findings;

/// <summary>Where in the page a finding's drops are to be seen.</summary>
/// <param name="FromNs">The span of the timeline they lie in, in <c>t_ns</c>.</param>
/// <param name="ToNs">Its end, which is of it.</param>
/// <param name="Rows">What the rows of tables have that speak of them; null for all.</param>
public sealed record FindingView(long FromNs, long ToNs, string? Rows);
