namespace DropForensics.Analyze.Facts;

/// <summary>Drops over time in equal bins.</summary>
/// <param name="StartNs">Where the first bin begins, in <c>t_ns</c>; a multiple of the bin.</param>
/// <param name="BinNs">Width of a bin: 1, 2 or 5 times a power of ten.</param>
/// <param name="By">What the series tell apart: <c>reason</c>, or <c>function</c> where no drop has a reason.</param>
/// <param name="Series">The most frequent first; of functions at most 20, and one of all others.</param>
/// <param name="Holes">When records were lost.</param>
public sealed record TimelineFacts(long StartNs, long BinNs, string By, IReadOnlyList<TimelineSeries> Series, IReadOnlyList<HoleFacts> Holes);
