namespace DropForensics.Analyze.Charts;

/// <summary>What a mark stands for: the same in every rendering, and what a reader sees on hovering in the page.</summary>
/// <param name="Series">Whose value it is: a reason, a function, a flow, "lost".</param>
/// <param name="Value">The count; null where it is not known.</param>
/// <param name="Where">Which part of the series, for a time bin <c>12.0–12.5 s</c>; empty for a total.</param>
public sealed record Datum(string Series, long? Value, string Where = "");
