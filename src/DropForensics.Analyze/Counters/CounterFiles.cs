using DropForensics.Core.Procfs;

namespace DropForensics.Analyze.Counters;

/// <summary>Reads what the host's counters gained out of the files a capture keeps.</summary>
internal static class CounterFiles
{
    private const string PerCpuFolder = "/proc/net/stat/";

    // The kernel has one table of neighbours for all namespaces, and shows it in the first one only.
    private static readonly string[] PerCpu = ["nf_conntrack", "arp_cache", "ndisc_cache"], OfWholeHost = [PerCpuFolder + "arp_cache", PerCpuFolder + "ndisc_cache"];

    /// <summary>The artifacts that hold counters, by path.</summary>
    public static string[] Paths { get; } =
        [
            "/proc/net/snmp", "/proc/net/snmp6", "/proc/net/netstat", "/proc/net/xfrm_stat", "/proc/net/softnet_stat",
            .. PerCpu.Select(name => PerCpuFolder + name), InterfaceStatistics.Path,
        ];

    /// <summary>Every counter that changed.</summary>
    public static IReadOnlyList<CounterGain> Gains(IEnumerable<FilePair> files) => files.SelectMany(Gains).ToList();

    /// <summary>Counters that these files hold; of an interface's own, those that are not zero.</summary>
    public static IReadOnlySet<string> Names(IEnumerable<FilePair> files) => files.SelectMany(file => file.Path == InterfaceStatistics.Path
        ? InterfaceStatistics.Parse(file.After).Values.SelectMany(link => link.Keys).Select(name => "link." + name)
        : Read(file.Path, file.After).Keys).ToHashSet();

    private static IEnumerable<CounterGain> Gains(FilePair file)
    {
        if (file.Path == InterfaceStatistics.Path)
        {
            return InterfaceStatistics.Pairs(file.Before ?? [], file.After)
                .SelectMany(link => Gains(file.Netns, link.Name, "link.", link.Before, link.After));
        }

        // A namespace that was not there before began at zero.
        return Gains(OfWholeHost.Contains(file.Path) ? 0 : file.Netns, null, "", Read(file.Path, file.Before ?? []), Read(file.Path, file.After));
    }

    private static IReadOnlyDictionary<string, long> Read(string path, ReadOnlySpan<byte> text) => path switch
    {
        "/proc/net/snmp6" or "/proc/net/xfrm_stat" => NetworkCounters.ReadPairs(text),
        _ when path.StartsWith(PerCpuFolder, StringComparison.Ordinal) => NetworkCounters.ReadPerCpu(path[PerCpuFolder.Length..], text),
        "/proc/net/softnet_stat" => NetworkCounters.ReadSoftnet(text),
        _ => NetworkCounters.ReadTables(text),
    };

    private static IEnumerable<CounterGain> Gains(
        long netns, string? link, string prefix, IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after) => after
        .Select(now => new CounterGain(netns, link, prefix + now.Key, now.Value - before.GetValueOrDefault(now.Key)))
        .Where(gain => gain.By != 0);
}

/// <summary>A file of the host that a capture keeps, as it was before the window and after it.</summary>
/// <param name="Netns">Inode of the network namespace it was read in; 0: of the whole host.</param>
/// <param name="Path">Its path on the host.</param>
/// <param name="Before">Null where it was not there yet.</param>
/// <param name="After">Its content when the window had closed.</param>
internal sealed record FilePair(long Netns, string Path, byte[]? Before, byte[] After);

/// <summary>How much one counter grew between the host's files before and after the window.</summary>
/// <param name="Netns">Inode of its network namespace; 0: of the whole host.</param>
/// <param name="Interface">Whose it is; null for a protocol's.</param>
/// <param name="Counter"><c>Udp.NoPorts</c>, <c>link.rx_dropped</c>.</param>
/// <param name="By">By how much; never 0, below 0 if it was reset.</param>
internal sealed record CounterGain(long Netns, string? Interface, string Counter, long By)
{
    /// <summary>As nstat and knowledge spell a counter: <c>UdpNoPorts</c>, <c>nf_conntrack.drop</c>.</summary>
    public static string Bare(string counter) => counter.StartsWith("nf_conntrack.", StringComparison.Ordinal) ? counter : counter.Replace(".", "", StringComparison.Ordinal);
}
