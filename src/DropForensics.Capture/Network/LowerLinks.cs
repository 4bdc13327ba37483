using System.Globalization;

namespace DropForensics.Capture.Network;

/// <summary>What an interface runs on, according to rtnetlink; in the form of <c>InterfaceRow.Lower</c>.</summary>
internal static class LowerLinks
{
    /// <summary>A link into an unknown namespace.</summary>
    public const string Unresolved = "?";

    /// <summary>A bridge or bond runs on its members, a VLAN or macvlan on its link, a tunnel on the interface it is bound to.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="all">Those of its namespace.</param>
    /// <param name="inodeOf">The inode of the namespace that this namespace calls by this number; null if unknown.</param>
    /// <returns>Null if it runs on nothing.</returns>
    public static string? Of(NetlinkLink link, IReadOnlyList<NetlinkLink> all, Func<int, long?> inodeOf)
    {
        // A master is always in its members' namespace: a device that moves leaves it.
        IEnumerable<string> lowers = all.Where(other => other.Master == link.Index).Select(other => other.Index).Order().Select(Text);
        string text = string.Join(' ', Below(link, all, inodeOf) is { } below ? lowers.Append(below) : lowers);
        return text.Length > 0 ? text : null;
    }

    private static string? Below(NetlinkLink link, IReadOnlyList<NetlinkLink> all, Func<int, long?> inodeOf)
    {
        bool alwaysStands = link.Kind is "vlan" or "macvlan" or "macvtap" or "ipvlan" or "ipvtap";
        int? below = link.Kind switch
        {
            // Their link is a peer or nothing: for nothing the kernel gives their own index.
            "veth" or "netkit" or "vxcan" or "geneve" or "wireguard" or "bareudp" or "gtp" => null,
            "vxlan" => link.VxlanLink,
            _ => link.Link,
        };
        if (below is null or 0 || (below == link.Index && link.LinkNetnsId is null)) return alwaysStands ? Unresolved : null;
        if (link.LinkNetnsId is not { } nsid) return IsHere(link, below.Value, all) ? Text(below.Value) : Unresolved;

        // Its own index in another namespace: by chance, or because the kernel knew no other.
        if (below == link.Index && !alwaysStands && link.Kind is not "vxlan") return Unresolved;
        return inodeOf(nsid) is { } inode ? $"{Text(inode)}:{Text(below.Value)}" : Unresolved;
    }

    /// <summary>
    /// Whether a link without a namespace is in this one. Before ipvlan reported its link's namespace (ipvlan_get_link_net, not in 5.10), a moved
    /// ipvlan gave an index of another namespace; but it has the address of the interface below it.
    /// </summary>
    private static bool IsHere(NetlinkLink link, int below, IReadOnlyList<NetlinkLink> all) =>
        link.Kind is not ("ipvlan" or "ipvtap") || all.Any(other => other.Index == below && other.Address == link.Address);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
