using DropForensics.Core.Model;

namespace DropForensics.Capture.Host;

/// <summary>
/// The interfaces of a network namespace by (namespace, ifindex), with the driver the kernel names for each and what it stands on.
/// </summary>
internal static class InterfaceInventory
{
    /// <summary>Interfaces of the namespace the calling thread is in.</summary>
    /// <param name="netns">Its inode.</param>
    /// <param name="ids">Its numbers for other namespaces.</param>
    public static IReadOnlyList<InterfaceRow> ReadHere(long netns, NamespaceIds ids)
    {
        try
        {
            var links = NetlinkLinks.Dump();
            return [.. links.Select(link => new InterfaceRow(netns, link.Index, link.Name, DriverOf(link), LowerLinks.Of(link, links, ids.Resolve)))];
        }
        catch (IOException)
        {
            return [];   // A namespace that went away, or a kernel without rtnetlink: its interfaces are unknown.
        }
    }

    private static string? DriverOf(NetlinkLink link) => EthtoolDriver.Of(link.Index) ?? link.Kind ?? (link.IsLoopback ? "loopback" : null);
}
