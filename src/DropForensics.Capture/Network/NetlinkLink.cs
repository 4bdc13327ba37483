using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace DropForensics.Capture.Network;

/// <summary>One interface as rtnetlink describes it (include/uapi/linux/if_link.h).</summary>
/// <param name="Index">ifindex within its namespace.</param>
/// <param name="Name">IFLA_IFNAME.</param>
/// <param name="IsLoopback">IFF_LOOPBACK.</param>
/// <param name="Kind">IFLA_INFO_KIND: <c>veth</c>, <c>bridge</c>, <c>vlan</c> …; null for hardware.</param>
/// <param name="Link">IFLA_LINK: the link below a VLAN; for a veth its peer.</param>
/// <param name="LinkNetnsId">IFLA_LINK_NETNSID: its own namespace's number for the one <paramref name="Link"/> is in, if that is another.</param>
/// <param name="Master">IFLA_MASTER: the bridge or bond it belongs to.</param>
/// <param name="VxlanLink">IFLA_VXLAN_LINK: what a VXLAN is bound to.</param>
/// <param name="Address">IFLA_ADDRESS in hexadecimal.</param>
internal sealed record NetlinkLink(
    int Index, string Name, bool IsLoopback, string? Kind, int? Link, int? LinkNetnsId, int? Master, int? VxlanLink, string? Address)
{
    private const int IfInfoSize = 16;
    private const uint IffLoopback = 8;

    // Numbers of attributes (include/uapi/linux/if_link.h): of a link, of its link info, and of a VXLAN's data in that.
    private const int IflaAddress = 1, IflaIfName = 3, IflaLink = 5, IflaMaster = 10, IflaLinkInfo = 18, IflaStats64 = 23, IflaLinkNetnsId = 37;
    private const int IflaInfoKind = 1, IflaInfoData = 2;
    private const int IflaVxlanLink = 3;

    /// <summary>IFLA_STATS64: its counters in the order of struct rtnl_link_stats64; later kernels have more of them.</summary>
    public IReadOnlyList<ulong> Statistics { get; init; } = [];

    /// <summary>From the body of an RTM_NEWLINK message; null if it is too short.</summary>
    public static NetlinkLink? TryParse(ReadOnlySpan<byte> body)
    {
        if (body.Length < IfInfoSize) return null;
        uint flags = BinaryPrimitives.ReadUInt32LittleEndian(body[8..]);
        var link = new NetlinkLink(
            BinaryPrimitives.ReadInt32LittleEndian(body[4..]), "", (flags & IffLoopback) != 0, null, null, null, null, null, null);
        for (ReadOnlySpan<byte> rest = body[IfInfoSize..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            link = type switch
            {
                IflaAddress => link with { Address = Convert.ToHexString(value) },
                IflaIfName => link with { Name = RouteNetlink.Text(value) },
                IflaLink => link with { Link = RouteNetlink.Int32(value) },
                IflaMaster => link with { Master = RouteNetlink.Int32(value) },
                IflaLinkInfo => link.WithInfo(value),
                IflaStats64 => link with { Statistics = MemoryMarshal.Cast<byte, ulong>(value).ToArray() },
                IflaLinkNetnsId => link with { LinkNetnsId = RouteNetlink.Int32(value) },
                _ => link,
            };
        }

        return link;
    }

    /// <summary>IFLA_LINKINFO: the kind comes first, then data in a form specific to the kind.</summary>
    private NetlinkLink WithInfo(ReadOnlySpan<byte> info)
    {
        NetlinkLink link = this;
        while (RouteNetlink.NextAttribute(ref info, out int type, out ReadOnlySpan<byte> value))
        {
            if (type == IflaInfoKind && RouteNetlink.Text(value) is { Length: > 0 } kind) link = link with { Kind = kind };
            if (type != IflaInfoData || link.Kind is not "vxlan") continue;
            while (RouteNetlink.NextAttribute(ref value, out int dataType, out ReadOnlySpan<byte> data))
            {
                if (dataType == IflaVxlanLink) link = link with { VxlanLink = RouteNetlink.Int32(data) };
            }
        }

        return link;
    }
}
