using DropForensics.Core.Model;

namespace DropForensics.Core.Packets;

/// <summary>
/// Reads a packet's headers from a window of its buffer: link, network, transport, and those of the packet it carries, one level down.
/// It never guesses: without a usable <c>skb->protocol</c> and a matching header in the right place, it reads nothing.
/// </summary>
/// <remarks>
/// It reads only inside the header range, so zeroing the bytes outside does not change the result: <see cref="PacketMask"/> relies on that.
/// </remarks>
public static class PacketDecoder
{
    /// <param name="window">Any bytes, with any geometry.</param>
    /// <param name="headers">The flow, where there is one.</param>
    /// <param name="range">The headers' bytes, including headers that were recognized but are incomplete; the payload begins after them.</param>
    /// <returns>False where no network header with its addresses was found.</returns>
    public static bool TryDecode(in SkbWindow window, out PacketHeaders headers, out ByteRange range)
    {
        headers = default;
        ReadOnlySpan<byte> bytes = window.Bytes[..window.End];
        if (!TryFindNetwork(window, bytes, out int start, out LinkHeader link))
        {
            range = new ByteRange(start, link.End);
            return false;
        }

        NetworkHeader network = NetworkHeader.Read(bytes, link.End, link.EtherType);
        range = new ByteRange(start, network.End);
        if (network.Flow is not { } flow)
            return false;
        flow = flow with { Vlan = link.Vlan };
        int end = network.End;
        bytes = bytes[..network.Limit];
        if (network.HasTransport)
            end = TransportHeader.Read(bytes, network.End, ref flow);
        headers = new PacketHeaders(flow, null, null);
        if (network.HasTransport && TunnelHeader.TryRead(bytes, network.End, end, flow, out TunnelHeader tunnel))
        {
            if (ReadInner(bytes, tunnel, ref end) is { } inner)
                headers = new PacketHeaders(flow, tunnel.Name, inner);
            else if (!tunnel.IsByPort)
                end = Math.Max(end, tunnel.End);
        }
        range = new ByteRange(start, end);
        return true;
    }

    // The link header in front of the network header: the network header begins at its end and has its type. Without a network header,
    // the link header alone; without either, empty (start 0, end 0).
    internal static bool TryFindNetwork(in SkbWindow window, ReadOnlySpan<byte> bytes, out int start, out LinkHeader link)
    {
        int protocol = window.Protocol, network = window.NetworkAt;
        bool hasLink = LinkHeader.TryRead(bytes, window.MacAt, out LinkHeader ethernet) && ethernet.LeadsTo(protocol);
        bool isBehindLink = hasLink && NetworkHeader.IsAt(bytes, ethernet.End, ethernet.EtherType);

        // A card or the kernel may have taken the link header away, so the network header's own offset comes first.
        if (Protocol.IsNetwork(protocol) && NetworkHeader.IsAt(bytes, network, protocol))
        {
            if (isBehindLink && ethernet.End == network && ethernet.EtherType == protocol)
                return Found(window.MacAt, ethernet, out start, out link);
            return Found(network, LinkHeader.Absent(network, protocol), out start, out link);
        }
        if (isBehindLink)
            return Found(window.MacAt, ethernet, out start, out link);
        // A received frame whose tag is still in it: the network offset points behind the tag's type.
        if (Protocol.IsVlan(protocol) && network >= 0 && LinkHeader.TryReadTags(bytes, network, protocol, out LinkHeader tags)
            && NetworkHeader.IsAt(bytes, tags.End, tags.EtherType))
        {
            return Found(network, tags, out start, out link);
        }
        start = hasLink ? window.MacAt : 0;
        link = hasLink ? ethernet : default;
        return false;
    }

    private static bool Found(int at, in LinkHeader header, out int start, out LinkHeader link)
    {
        start = at;
        link = header;
        return true;
    }

    // Moves the end of the headers to after those of the packet inside, if it begins with a known header.
    private static PacketFlow? ReadInner(ReadOnlySpan<byte> bytes, in TunnelHeader tunnel, ref int end)
    {
        LinkHeader link = LinkHeader.Absent(tunnel.End, tunnel.Carries);
        if (tunnel.Carries == Protocol.TransparentEthernet && !LinkHeader.TryRead(bytes, tunnel.End, out link))
            return null;
        if (!NetworkHeader.IsAt(bytes, link.End, link.EtherType))
            return null;
        NetworkHeader network = NetworkHeader.Read(bytes, link.End, link.EtherType);
        end = network.End;
        if (network.Flow is not { } flow)
            return null;
        if (network.HasTransport)
            end = TransportHeader.Read(bytes[..network.Limit], network.End, ref flow);
        return flow with { Vlan = link.Vlan };
    }
}
