using DropForensics.Core.Model;

namespace DropForensics.Capture.Network;

/// <summary>
/// The interfaces of a network namespace by (namespace, ifindex), with the driver the kernel names for each and what it stands on.
/// </summary>
internal static class InterfaceInventory
{
    /// <summary>Interfaces of the namespace the calling thread is in.</summary>
    /// <param name="links">Its links.</param>
    /// <param name="netns">Its inode.</param>
    /// <param name="ids">Its numbers for other namespaces.</param>
    /// <param name="drivers">Made in it.</param>
    public static IReadOnlyList<InterfaceRow> Of(IReadOnlyList<NetlinkLink> links, long netns, NamespaceIds ids, EthtoolDrivers drivers) =>
        [.. links.Select(link => new InterfaceRow(netns, link.Index, link.Name, DriverOf(link, drivers), LowerLinks.Of(link, links, ids.Resolve)))];

    private static string? DriverOf(NetlinkLink link, EthtoolDrivers drivers) =>
        drivers.Of(link.Index) ?? link.Kind ?? (link.IsLoopback ? "loopback" : null);
}
