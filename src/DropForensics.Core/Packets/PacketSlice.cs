namespace DropForensics.Core.Packets;

/// <summary>A packet's bytes in a window, for other programs: they start with a header of a known kind.</summary>
/// <param name="Range">Where in the window.</param>
/// <param name="Start">What they begin with.</param>
/// <param name="Length">Bytes of the packet from there on, including those outside the window.</param>
public readonly record struct PacketSlice(ByteRange Range, PacketStart Start, long Length)
{
    /// <param name="window">Any.</param>
    /// <param name="hasPayload">Whether the payload after the headers was kept as well (see <see cref="PacketMask"/>); else it was zeroed.</param>
    /// <param name="slice">The bytes.</param>
    /// <returns>False if no header is known: the packet is neither Ethernet nor IP, or its bytes are not in the window.</returns>
    public static bool TryFind(in SkbWindow window, bool hasPayload, out PacketSlice slice)
    {
        PacketDecoder.TryDecode(window, out _, out ByteRange headers);
        bool hasNetwork = PacketDecoder.TryFindNetwork(window, window.Bytes[..window.End], out int start, out LinkHeader link);

        // A tag alone is not an Ethernet header; without that, the packet begins with the network header.
        bool isEthernet = link.End > start && start == window.MacAt && LinkHeader.TryRead(window.Bytes[..window.End], start, out LinkHeader ethernet) && ethernet == link;
        bool isIp = hasNetwork && link.EtherType is (Protocol.Ipv4 or Protocol.Ipv6);
        int first = isEthernet ? start : link.End, end = hasPayload ? window.End : headers.End;
        slice = new PacketSlice(new ByteRange(first, end), isEthernet ? PacketStart.Ethernet : PacketStart.Ip, window.PacketEnd - first);
        return (isEthernet || isIp) && end > first;
    }
}

/// <summary>What the bytes of a packet begin with.</summary>
public enum PacketStart
{
    /// <summary>An Ethernet header.</summary>
    Ethernet,

    /// <summary>An IPv4 or IPv6 header.</summary>
    Ip,
}
