using DropForensics.Core.Model;

namespace DropForensics.Capture.Host;

/// <summary>
/// The interfaces of a network namespace by (namespace, ifindex), with the driver the kernel names for each and what it stands on.
/// </summary>
internal static class InterfaceInventory
{
    /// <summary>
    /// The links of the namespace the calling thread is in; none in one that went away, or of a kernel without rtnetlink: its interfaces
    /// are unknown.
    /// </summary>
    public static IReadOnlyList<NetlinkLink> LinksHere()
    {
        try
        {
            return NetlinkLinks.Dump();
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Interfaces of the namespace the calling thread is in.</summary>
    /// <param name="links">Its links.</param>
    /// <param name="netns">Its inode.</param>
    /// <param name="ids">Its numbers for other namespaces.</param>
    public static IReadOnlyList<InterfaceRow> Of(IReadOnlyList<NetlinkLink> links, long netns, NamespaceIds ids) =>
        [.. links.Select(link => new InterfaceRow(netns, link.Index, link.Name, DriverOf(link), LowerLinks.Of(link, links, ids.Resolve)))];

    private static string? DriverOf(NetlinkLink link) => EthtoolDriver.Of(link.Index) ?? link.Kind ?? (link.IsLoopback ? "loopback" : null);
}
