using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Network;

/// <summary>Reads network namespaces. They appear, vanish and change meanwhile: what cannot be read is noted, and nothing here fails.</summary>
internal static class NetworkViews
{
    /// <summary>Reads each namespace.</summary>
    /// <param name="host">Where procfs is.</param>
    /// <param name="unread">Takes what could not be read.</param>
    /// <param name="users">Takes the users of the namespaces.</param>
    /// <param name="also">What else is read in each, by a thread that has entered it; its argument is the namespace's inode.</param>
    public static IReadOnlyList<NetworkView> Read(HostRoot host, List<UnreadEvidence> unread, List<NamespaceUser> users, Action<long>? also = null)
    {
        IReadOnlyList<NetNamespace> spaces = NetNamespaces.Find(host, unread);
        var views = new List<NetworkView>(spaces.Count);
        foreach (NetNamespace space in spaces)
        {
            try
            {
                NetworkView? view = NetNamespaces.Run(host, space, () => ReadHere(host, space.Inode, spaces, unread, also), out string? whyNot);
                if (view is not null) views.Add(view);
                else unread.Add(new UnreadEvidence(Label(space.Inode), whyNot));
            }
            catch (Exception e)
            {
                // Any failure: one namespace must not cost the capture.
                unread.Add(new UnreadEvidence(Label(space.Inode), e.Message));
            }
        }

        users.AddRange(NetNamespaces.Users(host, spaces));
        return views;
    }

    /// <summary>By thread-self, because only this thread has entered the namespace. The counters first: they change.</summary>
    private static NetworkView ReadHere(HostRoot host, long netns, IReadOnlyList<NetNamespace> spaces, List<UnreadEvidence> unread, Action<long>? also)
    {
        var files = new List<HostFile>();
        foreach (string name in NetworkView.CounterFiles)
        {
            if (host.TryRead($"/proc/thread-self/net/{name}", unread, $"/proc/net/{name} of {Label(netns)}") is { Length: > 0 } content)
                files.Add(new HostFile($"/proc/net/{name}", content));
        }

        IReadOnlyList<NetlinkLink> links = Links(netns, unread);
        if (links.Count > 0) files.Add(new HostFile(InterfaceStatistics.Path, InterfaceStatistics.Format(Statistics(links))));
        try
        {
            also?.Invoke(netns);
        }
        catch (Exception e)
        {
            // Any failure: the counters of the namespace have been read already.
            unread.Add(new UnreadEvidence($"sockets of {Label(netns)}", e.Message));
        }

        return new NetworkView(netns, files, Interfaces(host, netns, links, spaces, unread));
    }

    private static IReadOnlyList<NetlinkLink> Links(long netns, List<UnreadEvidence> unread)
    {
        try
        {
            IReadOnlyList<NetlinkLink> links = NetlinkLinks.Dump(out bool isConsistent);
            if (!isConsistent) unread.Add(new UnreadEvidence($"some interfaces of {Label(netns)}", "they changed each time they were listed"));
            return links;
        }
        catch (IOException e)
        {
            unread.Add(new UnreadEvidence($"interfaces of {Label(netns)}", e.Message));
            return [];
        }
    }

    /// <summary>By name, as in the kernel's own files; a name that a rename gave to two links is left out.</summary>
    private static List<(string Name, int IfIndex, IReadOnlyList<ulong> Values)> Statistics(IReadOnlyList<NetlinkLink> links)
    {
        var statistics = new List<(string, int, IReadOnlyList<ulong>)>();
        foreach (IGrouping<string, NetlinkLink> same in links.GroupBy(link => link.Name))
        {
            if (same.Count() == 1) statistics.Add((same.Key, same.First().Index, same.First().Statistics));
        }

        return statistics;
    }

    private static IReadOnlyList<InterfaceRow> Interfaces(
        HostRoot host, long netns, IReadOnlyList<NetlinkLink> links, IReadOnlyList<NetNamespace> spaces, List<UnreadEvidence> unread)
    {
        using var ids = new NamespaceIds(host, spaces);
        using var drivers = new EthtoolDrivers();
        IReadOnlyList<InterfaceRow> rows = InterfacesOf(links, netns, ids, drivers);
        if (drivers.WhyNot is { } noDrivers) unread.Add(new UnreadEvidence($"drivers of interfaces in {Label(netns)}", noDrivers));
        if (ids.WhyNot is { } noIds) unread.Add(new UnreadEvidence($"lower links out of {Label(netns)}", noIds));
        return rows;
    }

    /// <summary>Interfaces of the namespace the calling thread is in, each with its driver and the interfaces it runs on.</summary>
    /// <param name="links">Its links.</param>
    /// <param name="netns">Its inode.</param>
    /// <param name="ids">Its numbers for other namespaces.</param>
    /// <param name="drivers">Made in it.</param>
    internal static IReadOnlyList<InterfaceRow> InterfacesOf(IReadOnlyList<NetlinkLink> links, long netns, NamespaceIds ids, EthtoolDrivers drivers) =>
        [.. links.Select(link => new InterfaceRow(
            netns, link.Index, link.Name, drivers.Of(link.Index) ?? link.Kind ?? (link.IsLoopback ? "loopback" : null), LowerLinks.Of(link, links, ids.Resolve)))];

    private static string Label(long netns) => $"network namespace {netns}";
}
