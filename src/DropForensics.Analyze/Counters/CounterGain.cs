namespace DropForensics.Analyze.Counters;

/// <summary>How much one counter grew between the host's files before and after the window.</summary>
/// <param name="Netns">Inode of its network namespace; 0: of the whole host.</param>
/// <param name="Interface">Whose it is; null for a protocol's.</param>
/// <param name="Counter"><c>Udp.NoPorts</c>, <c>link.rx_dropped</c>.</param>
/// <param name="By">By how much; never 0, below 0 where somebody reset it.</param>
internal sealed record CounterGain(long Netns, string? Interface, string Counter, long By)
{
    /// <summary>As nstat and knowledge spell a counter: <c>UdpNoPorts</c>, <c>nf_conntrack.drop</c>.</summary>
    public static string Bare(string counter) => counter.StartsWith("nf_conntrack.", StringComparison.Ordinal) ? counter : counter.Replace(".", "", StringComparison.Ordinal);
}
