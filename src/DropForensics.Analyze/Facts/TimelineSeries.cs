namespace DropForensics.Analyze.Facts;

/// <summary>The drops of one reason in each bin, or of one function where no drop has a reason.</summary>
/// <param name="Reason">Null where none was given.</param>
/// <param name="Function">The deciding function; null where the series is of a reason, or the function is unknown.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record TimelineSeries(string? Reason, string? Function, IReadOnlyList<long> Drops);
