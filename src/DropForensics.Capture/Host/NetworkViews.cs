using DropForensics.Core;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Host;

/// <summary>Looks into network namespaces.</summary>
internal static class NetworkViews
{
    private static readonly string[] Names = ["dev", "snmp", "snmp6", "netstat", "xfrm_stat", "stat/nf_conntrack", "stat/arp_cache", "stat/ndisc_cache"];

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
        HostFile[] files =
            [.. Names.Select(name => new HostFile($"/proc/net/{name}", host.TryRead($"/proc/thread-self/net/{name}") ?? [])),
             new HostFile(InterfaceStatistics.Path, InterfaceStatistics.Format(links.ToDictionary(link => link.Name, link => link.Statistics)))];
        return new NetworkView(netns, [.. files.Where(file => file.Content.Length > 0)], InterfaceInventory.Of(links, netns, ids));
    }
}
