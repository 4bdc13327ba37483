namespace DropForensics.Analyze.Findings;

/// <summary>Where in the timeline the drops of a finding lie that no sites tell from others.</summary>
/// <param name="FromNs">The span of the timeline they lie in, in <c>t_ns</c>.</param>
/// <param name="ToNs">Its end, which is of it.</param>
public sealed record FindingView(long FromNs, long ToNs);
