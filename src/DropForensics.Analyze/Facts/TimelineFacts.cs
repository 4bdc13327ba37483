namespace DropForensics.Analyze.Facts;

/// <summary>Drops over time in equal bins.</summary>
/// <param name="StartNs">Where the first bin begins, in <c>t_ns</c>; a multiple of the bin.</param>
/// <param name="BinNs">Width of a bin: 1, 2 or 5 times a power of ten.</param>
/// <param name="By">What the series tell apart: <c>reason</c>, or <c>function</c> where no drop has a reason.</param>
/// <param name="Series">The most frequent first; of functions at most 20, and one of all others.</param>
/// <param name="Holes">When records were lost.</param>
public sealed record TimelineFacts(long StartNs, long BinNs, string By, IReadOnlyList<TimelineSeries> Series, IReadOnlyList<HoleFacts> Holes);

/// <summary>The drops of one reason in each bin, or of one function where no drop has a reason.</summary>
/// <param name="Reason">Null where none was given.</param>
/// <param name="Function">The deciding function; null where the series is of a reason, or the function is unknown.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record TimelineSeries(string? Reason, string? Function, IReadOnlyList<long> Drops);

/// <summary>
/// How the rows of the report's lists came about over time, in the timeline's bins: what a reader who selects a span of it sees. A row
/// is null where the capture has so many alike that their times were not kept.
/// </summary>
/// <param name="Cells">Every drop once, by what was made of its site.</param>
/// <param name="Flows">By flow, in the order of <see cref="CaptureFacts.Flows"/>.</param>
/// <param name="Services">By service.</param>
/// <param name="Processes">By task.</param>
/// <param name="Cpus">By CPU.</param>
/// <param name="Protocols">By skb->protocol.</param>
public sealed record BinnedFacts(
    IReadOnlyList<BinnedCell> Cells,
    IReadOnlyList<int[]?> Flows,
    IReadOnlyList<int[]?> Services,
    IReadOnlyList<int[]?> Processes,
    IReadOnlyList<int[]?> Cpus,
    IReadOnlyList<int[]?> Protocols);

/// <summary>The drops of one place.</summary>
/// <param name="Place">Where they are listed.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record BinnedCell(BinnedPlace Place, int[] Drops);

/// <summary>Drops over time that stand in the same row of each list: indexes of these, -1 where it is in none.</summary>
/// <param name="Site">Of <see cref="CaptureFacts.Sites"/>.</param>
/// <param name="Reason">Of <see cref="CaptureFacts.Reasons"/>.</param>
/// <param name="Driver">Of <see cref="CaptureFacts.Drivers"/>.</param>
/// <param name="Entry">Of <see cref="CaptureFacts.Entries"/>.</param>
/// <param name="Interface">Of <see cref="CaptureFacts.Interfaces"/>.</param>
/// <param name="Namespace">Of <see cref="CaptureFacts.Namespaces"/>.</param>
/// <param name="Stack">Of <see cref="CaptureFacts.Stacks"/>.</param>
public readonly record struct BinnedPlace(int Site, int Reason, int Driver, int Entry, int Interface, int Namespace, int Stack);
