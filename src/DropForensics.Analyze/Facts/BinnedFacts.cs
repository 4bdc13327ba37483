namespace DropForensics.Analyze.Facts;

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
