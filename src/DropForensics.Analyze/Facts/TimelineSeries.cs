namespace DropForensics.Analyze.Facts;

/// <summary>One reason's drops in each bin.</summary>
/// <param name="Reason">Null where none was given.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record TimelineSeries(string? Reason, IReadOnlyList<long> Drops);
