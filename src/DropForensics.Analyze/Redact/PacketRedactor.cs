using System.Buffers.Binary;
using DropForensics.Core.Model;
using DropForensics.Core.Packets;

namespace DropForensics.Analyze.Redact;

/// <summary>
/// Keeps only the header fields needed to read the flow again, with other addresses: versions and lengths, protocols, ports, types, flags, VLAN and
/// VXLAN ids. Everything else becomes zero, including checksums and sequence numbers, which would help to guess addresses.
/// </summary>
internal sealed class PacketRedactor(Tokens tokens)
{
    private byte[] _original = [];

    /// <param name="window">Changed in place.</param>
    public void Apply(in SkbWindow window)
    {
        PacketMask.Apply(window, keepsPayload: false);
        _original = window.Bytes.ToArray();
        window.Bytes.Clear();
        ReadOnlySpan<byte> bytes = _original.AsSpan(0, window.End);
        Span<byte> kept = window.Bytes;
        bool found = PacketDecoder.TryFindNetwork(window, bytes, out int start, out LinkHeader link);
        KeepLink(bytes, kept, start, link.End, hasAddresses: start == window.MacAt);
        if (!found) return;

        NetworkHeader network = KeepNetwork(bytes, kept, link.End, link.EtherType);
        if (network is not { HasTransport: true, Flow: { } flow }) return;
        bytes = bytes[..network.Limit];
        int end = KeepTransport(bytes, kept, network.End, ref flow);
        if (TunnelHeader.TryRead(bytes, network.End, end, flow, out TunnelHeader tunnel)) KeepTunnel(bytes, kept, network.End, end, tunnel);
    }

    private void KeepTunnel(ReadOnlySpan<byte> bytes, Span<byte> kept, int at, int end, in TunnelHeader tunnel)
    {
        LinkHeader link = LinkHeader.Absent(tunnel.End, tunnel.Carries);
        bool isFrame = tunnel.Carries == Protocol.TransparentEthernet;
        bool carries = (!isFrame || LinkHeader.TryRead(bytes, tunnel.End, out link)) && NetworkHeader.IsAt(bytes, link.End, link.EtherType);
        if (tunnel.IsByPort && carries)
        {
            Copy(bytes, kept, end, 1);     // flags
            Copy(bytes, kept, end + 4, 3); // the network's id
        }
        else if (!tunnel.IsByPort && tunnel.End > end)
        {
            Copy(bytes, kept, at, 4);      // flags and type of GRE
        }

        if (!carries) return;
        KeepLink(bytes, kept, tunnel.End, link.End, isFrame);
        NetworkHeader inner = KeepNetwork(bytes, kept, link.End, link.EtherType);
        if (inner is not { HasTransport: true, Flow: { } flow }) return;
        KeepTransport(bytes[..inner.Limit], kept, inner.End, ref flow);
    }

    // Two addresses, tags and type; after a tag that the card removed, only its rest.
    private void KeepLink(ReadOnlySpan<byte> bytes, Span<byte> kept, int start, int end, bool hasAddresses)
    {
        int at = start;
        if (hasAddresses && end - start >= 14)
        {
            KeepMac(bytes, kept, start);
            KeepMac(bytes, kept, start + 6);
            at += 12;
        }

        if (end > at) Copy(bytes, kept, at, end - at);
    }

    private NetworkHeader KeepNetwork(ReadOnlySpan<byte> bytes, Span<byte> kept, int at, int etherType)
    {
        NetworkHeader header = NetworkHeader.Read(bytes, at, etherType);
        switch (etherType)
        {
            case Protocol.Ipv4:
                Copy(bytes, kept, at, 4);     // version, header length, class, length
                Copy(bytes, kept, at + 6, 4); // fragment, lifetime, protocol
                if (header.Flow is null) break;
                KeepIpv4(bytes, kept, at + 12);
                KeepIpv4(bytes, kept, at + 16);
                break;
            case Protocol.Ipv6:
                Copy(bytes, kept, at, 1);
                if (bytes.Length > at + 1) kept[at + 1] = (byte)(bytes[at + 1] & 0xf0); // without the flow label
                Copy(bytes, kept, at + 4, 4); // length, next header, hop limit
                if (header.Flow is null) break;
                KeepIpv6(bytes, kept, at + 8);
                KeepIpv6(bytes, kept, at + 24);
                KeepExtensions(bytes, kept, at + 40, bytes[at + 6], header.End);
                break;
            default:
                Copy(bytes, kept, at, 8); // types, lengths, operation
                if (header.Flow is null) break;
                KeepMac(bytes, kept, at + 8);
                KeepIpv4(bytes, kept, at + 14);
                KeepMac(bytes, kept, at + 18);
                KeepIpv4(bytes, kept, at + 24);
                break;
        }

        return header;
    }

    // The type of the next header, and a fragment's position.
    private static void KeepExtensions(ReadOnlySpan<byte> bytes, Span<byte> kept, int at, int next, int end)
    {
        while (Protocol.IsExtension(next) && at + 2 <= end)
        {
            Copy(bytes, kept, at, next == Protocol.Fragment ? 4 : 2);
            int length = next switch
            {
                Protocol.Fragment => 8,
                Protocol.Authentication => (bytes[at + 1] + 2) * 4,
                _ => (bytes[at + 1] + 1) * 8,
            };
            next = bytes[at];
            at += length;
        }
    }

    private static int KeepTransport(ReadOnlySpan<byte> bytes, Span<byte> kept, int at, ref PacketFlow flow)
    {
        switch (flow.IpProtocol)
        {
            case Protocol.Tcp:
                Copy(bytes, kept, at, 4);
                Copy(bytes, kept, at + 12, 2); // header length and flags
                break;
            case Protocol.Udp or Protocol.UdpLite:
                Copy(bytes, kept, at, 6);      // ports and length
                break;
            case Protocol.Sctp:
                Copy(bytes, kept, at, 4);
                break;
            case Protocol.Dccp:
                Copy(bytes, kept, at, 4);
                Copy(bytes, kept, at + 8, 1);  // type
                break;
            case Protocol.Icmp or Protocol.Icmpv6:
                Copy(bytes, kept, at, 2);      // type and code
                break;
        }

        return TransportHeader.Read(bytes, at, ref flow);
    }

    private void KeepMac(ReadOnlySpan<byte> bytes, Span<byte> kept, int at)
    {
        ulong address = (ulong)BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) << 32 | BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 2)..]);
        ulong token = tokens.Mac(address);
        BinaryPrimitives.WriteUInt16BigEndian(kept[at..], (ushort)(token >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(kept[(at + 2)..], (uint)token);
    }

    private void KeepIpv4(ReadOnlySpan<byte> bytes, Span<byte> kept, int at) =>
        BinaryPrimitives.WriteUInt32BigEndian(kept[at..], tokens.Ipv4(BinaryPrimitives.ReadUInt32BigEndian(bytes[at..])));

    private void KeepIpv6(ReadOnlySpan<byte> bytes, Span<byte> kept, int at) =>
        BinaryPrimitives.WriteUInt128BigEndian(kept[at..], tokens.Ipv6(BinaryPrimitives.ReadUInt128BigEndian(bytes[at..])));

    // Only the available bytes.
    private static void Copy(ReadOnlySpan<byte> bytes, Span<byte> kept, int at, int length)
    {
        length = Math.Min(length, bytes.Length - at);
        if (length > 0) bytes.Slice(at, length).CopyTo(kept[at..]);
    }
}
