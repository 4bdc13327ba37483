using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Host;

/// <summary>
/// The interfaces of a network namespace by (namespace, ifindex), with the driver the kernel names for each and what it stands on.
/// </summary>
internal static unsafe class InterfaceInventory
{
    private const int AfInet = 2, SockDgram = 2, SockCloExec = 0x80000;
    private const nuint SiocEthtool = 0x8946;
    private const uint EthtoolGetDriverInfo = 3;

    /// <summary>Interfaces of the namespace the calling thread is in.</summary>
    /// <param name="netns">Its inode.</param>
    public static IReadOnlyList<InterfaceRow> ReadHere(long netns)
    {
        try
        {
            var links = NetlinkLinks.Dump();
            return [.. links.Select(link => new InterfaceRow(netns, link.Index, link.Name, DriverOf(link), LowersOf(link, links)))];
        }
        catch (IOException)
        {
            return [];   // A namespace that went away, or a kernel without rtnetlink: its interfaces are unknown.
        }
    }

    private static string? DriverOf(NetlinkLink link) => AskDriver(link.Name) ?? link.Kind ?? (link.IsLoopback ? "loopback" : null);

    /// <summary>A VLAN stands on its link, a bridge or bond on its members; a veth's link is its peer, not below it.</summary>
    private static string? LowersOf(NetlinkLink link, List<NetlinkLink> all)
    {
        var lowers = all.Where(other => other.Master == link.Index).Select(other => other.Index);
        if (link.Link is { } below && link.Kind is not "veth" && below != link.Index) lowers = lowers.Append(below);
        var text = string.Join(' ', lowers.Order());
        return text.Length > 0 ? text : null;
    }

    /// <summary>ETHTOOL_GDRVINFO (include/uapi/linux/ethtool.h); null where the device does not answer, as loopback.</summary>
    private static string? AskDriver(string name)
    {
        var socket = Libc.Socket(AfInet, SockDgram | SockCloExec, 0);
        if (socket < 0) return null;
        try
        {
            Span<byte> info = stackalloc byte[196];
            info.Clear();
            MemoryMarshal.Write(info, EthtoolGetDriverInfo);
            Span<byte> request = stackalloc byte[40];
            request.Clear();
            Encoding.UTF8.GetBytes(name, request[..15]);
            fixed (byte* infoStart = info, requestStart = request)
            {
                *(byte**)(requestStart + 16) = infoStart;
                if (Libc.Ioctl(socket, SiocEthtool, requestStart) != 0) return null;
            }

            var driver = info.Slice(4, 32);
            var end = driver.IndexOf((byte)0);
            return end > 0 ? Encoding.UTF8.GetString(driver[..end]) : null;
        }
        finally
        {
            _ = Libc.Close(socket);
        }
    }
}
