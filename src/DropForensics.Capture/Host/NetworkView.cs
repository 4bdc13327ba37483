using DropForensics.Core.Model;
using DropForensics.Core.Procfs;

namespace DropForensics.Capture.Host;

/// <summary>What one network namespace shows at one moment.</summary>
/// <param name="Netns">Its inode.</param>
/// <param name="Files">Counter files by their path in procfs, as they stood.</param>
/// <param name="Interfaces">Its interfaces with their drivers.</param>
internal sealed record NetworkView(long Netns, IReadOnlyList<(string Path, byte[] Content)> Files, IReadOnlyList<InterfaceRow> Interfaces)
{
    /// <summary>Interface counters, the one file others are compared with.</summary>
    public const string DevPath = "/proc/net/dev";

    /// <summary>Every interface's own counters, in the form of <see cref="InterfaceStatistics"/>; empty where the kernel would not say.</summary>
    public byte[] Statistics => Files.FirstOrDefault(file => file.Path == InterfaceStatistics.Path).Content ?? [];

    private static readonly string[] Names = ["dev", "snmp", "snmp6", "netstat"];

    /// <summary>Looks into each namespace; one that is gone or may not be entered is left out.</summary>
    public static IReadOnlyList<NetworkView> Read(HostRoot host)
    {
        var spaces = NetNamespaces.Find(host);
        return [.. spaces.Select(space => NetNamespaces.Run(host, space, () => ReadHere(host, space.Inode, spaces))).OfType<NetworkView>()];
    }

    /// <summary>thread-self, since only this thread has entered the namespace.</summary>
    private static NetworkView ReadHere(HostRoot host, long netns, IReadOnlyList<NetNamespace> spaces)
    {
        using var ids = new NamespaceIds(host, spaces);
        var links = InterfaceInventory.LinksHere();
        (string Path, byte[] Content)[] files =
            [.. Names.Select(name => ($"/proc/net/{name}", host.TryRead($"/proc/thread-self/net/{name}") ?? [])),
             (InterfaceStatistics.Path, InterfaceStatistics.Format(links.Select(link => (link.Name, link.Statistics))))];
        return new NetworkView(netns, [.. files.Where(file => file.Content.Length > 0)], InterfaceInventory.Of(links, netns, ids));
    }
}
