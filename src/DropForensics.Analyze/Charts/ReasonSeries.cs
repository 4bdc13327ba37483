namespace DropForensics.Analyze.Charts;

/// <summary>The drops of one reason over time.</summary>
/// <param name="Reason">The kernel's name, <c>NO_SOCKET</c>.</param>
/// <param name="Counts">Drops in each bin, 0 or more; may be shorter than the window, the rest is 0.</param>
public sealed record ReasonSeries(string Reason, IReadOnlyList<long> Counts);
