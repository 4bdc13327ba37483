using DropForensics.Core.Model;
using DropForensics.Core.Procfs;

namespace DropForensics.Core.Recording;

/// <summary>One network namespace at one moment.</summary>
/// <param name="Netns">Its inode.</param>
/// <param name="Files">Counter files by their path in procfs, unchanged.</param>
/// <param name="Interfaces">Its interfaces with their drivers.</param>
public sealed record NetworkView(long Netns, IReadOnlyList<HostFile> Files, IReadOnlyList<InterfaceRow> Interfaces)
{
    /// <summary>Interface counters, the one file others are compared with.</summary>
    public const string DevPath = "/proc/net/dev";

    /// <summary>The counter files below /proc/net that are kept if the kernel has them; capture.sh has the same list.</summary>
    public static IReadOnlyList<string> CounterFiles { get; } =
        ["dev", "snmp", "snmp6", "netstat", "xfrm_stat", "stat/nf_conntrack", "stat/arp_cache", "stat/ndisc_cache"];

    /// <summary>Every interface's own counters, in the form of <see cref="InterfaceStatistics"/>; empty if the kernel refuses.</summary>
    public byte[] Statistics => Files.FirstOrDefault(file => file.Path == InterfaceStatistics.Path)?.Content ?? [];
}
