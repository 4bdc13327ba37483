namespace DropForensics.Analyze.Charts;

/// <summary>One bar.</summary>
/// <param name="Label">What it is: a function, a driver, a flow (<c>source → destination</c>).</param>
/// <param name="Detail">A second label, the reason or the interface; may be empty.</param>
/// <param name="Count">Drops, 0 or more.</param>
/// <param name="Reason">The reason whose colour the bar takes; null for the accent colour.</param>
/// <param name="Mono">Whether the label is a name as the kernel spells it.</param>
public sealed record BarRow(string Label, string Detail, long Count, string? Reason = null, bool Mono = true);
