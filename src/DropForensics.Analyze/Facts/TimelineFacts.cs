namespace DropForensics.Analyze.Facts;

/// <summary>Drops over time in equal bins.</summary>
/// <param name="StartNs">Where the first bin begins, in <c>t_ns</c>; a multiple of the bin.</param>
/// <param name="BinNs">Width of a bin: 1, 2 or 5 times a power of ten.</param>
/// <param name="Series">One for each reason, the most frequent first.</param>
/// <param name="Holes">When records were lost.</param>
public sealed record TimelineFacts(long StartNs, long BinNs, IReadOnlyList<TimelineSeries> Series, IReadOnlyList<HoleFacts> Holes);
