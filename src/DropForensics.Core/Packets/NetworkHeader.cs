using System.Buffers.Binary;
using DropForensics.Core.Model;

namespace DropForensics.Core.Packets;

/// <summary>The header of an IPv4, IPv6 (extension headers included) or ARP packet.</summary>
internal struct NetworkHeader
{
    private const int ArpBytes = 28;
    private const int Ipv4Bytes = 20;
    private const int Ipv6Bytes = 40;
    private const int MaxExtensions = 16;

    /// <summary>Its part of the flow; null if its addresses are incomplete.</summary>
    public PacketFlow? Flow { get; private set; }

    /// <summary>Index after the header, or after the available part of a truncated one.</summary>
    public int End { get; private set; }

    /// <summary>End of the packet by its own length field, at most the end of the bytes.</summary>
    public int Limit { get; private set; }

    /// <summary>Whether the transport header begins at <see cref="End"/>.</summary>
    public bool HasTransport { get; private set; }

    /// <summary>
    /// Whether a header of that type can begin here. It checks only fields that are non-zero in a real header, so zeroed bytes never look like one.
    /// </summary>
    public static bool IsAt(ReadOnlySpan<byte> bytes, int at, int etherType)
    {
        if (at < 0 || at >= bytes.Length)
            return false;
        return etherType switch
        {
            Protocol.Ipv4 => bytes[at] >> 4 == 4 && (bytes[at] & 0xf) >= Ipv4Bytes / 4,
            Protocol.Ipv6 => bytes[at] >> 4 == 6,
            Protocol.Arp => bytes.Length - at >= 6 && bytes[at + 4] == 6 && bytes[at + 5] == 4,
            _ => false,
        };
    }

    /// <summary>Reads the header that <see cref="IsAt"/> saw; <paramref name="bytes"/> end where the packet ends.</summary>
    public static NetworkHeader Read(ReadOnlySpan<byte> bytes, int at, int etherType) => etherType switch
    {
        Protocol.Ipv4 => ReadIpv4(bytes, at),
        Protocol.Ipv6 => ReadIpv6(bytes, at),
        _ => ReadArp(bytes, at),
    };

    private static NetworkHeader ReadArp(ReadOnlySpan<byte> bytes, int at)
    {
        var header = new NetworkHeader { End = Math.Min(at + ArpBytes, bytes.Length), Limit = bytes.Length };
        if (bytes.Length - at >= ArpBytes)
        {
            header.Flow = new PacketFlow
            {
                EtherType = Protocol.Arp,
                Type = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 6)..]),
                Source = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 14)..]),
                Destination = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 24)..]),
            };
        }
        return header;
    }

    private static NetworkHeader ReadIpv4(ReadOnlySpan<byte> bytes, int at)
    {
        int length = (bytes[at] & 0xf) * 4;
        var header = new NetworkHeader { End = Math.Min(at + length, bytes.Length), Limit = bytes.Length };
        if (bytes.Length - at < Ipv4Bytes)
            return header;

        // 0 in a packet that segmentation offload made larger than the field can say.
        int total = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        if (total >= length)
            header.Limit = Math.Min(at + total, bytes.Length);
        bool isLater = (BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 6)..]) & 0x1fff) != 0;
        header.HasTransport = !isLater && at + length <= header.Limit;
        header.Flow = new PacketFlow
        {
            EtherType = Protocol.Ipv4,
            IpProtocol = bytes[at + 9],
            Source = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 12)..]),
            Destination = BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 16)..]),
            IsLaterFragment = isLater,
        };
        return header;
    }

    private static NetworkHeader ReadIpv6(ReadOnlySpan<byte> bytes, int at)
    {
        var header = new NetworkHeader { End = Math.Min(at + Ipv6Bytes, bytes.Length), Limit = bytes.Length };
        if (bytes.Length - at < Ipv6Bytes)
            return header;

        // 0 in a jumbogram, and where segmentation offload made it too large.
        int payload = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 4)..]);
        if (payload > 0)
            header.Limit = Math.Min(at + Ipv6Bytes + payload, bytes.Length);
        int? protocol = header.SkipExtensions(bytes[..header.Limit], bytes[at + 6], out bool isLater);
        header.Flow = new PacketFlow
        {
            EtherType = Protocol.Ipv6,
            IpProtocol = protocol,
            Source = BinaryPrimitives.ReadUInt128BigEndian(bytes[(at + 8)..]),
            Destination = BinaryPrimitives.ReadUInt128BigEndian(bytes[(at + 24)..]),
            IsLaterFragment = isLater,
        };
        return header;
    }

    // Moves End to after the extension headers; returns the transport, null if the chain is incomplete or too long.
    private int? SkipExtensions(ReadOnlySpan<byte> bytes, int next, out bool isLater)
    {
        isLater = false;
        for (int count = 0; Protocol.IsExtension(next); count++)
        {
            ReadOnlySpan<byte> rest = bytes[End..];
            if (count == MaxExtensions)
                return null;
            if (rest.Length < (next == Protocol.Fragment ? 4 : 2))
            {
                End = bytes.Length;
                return null;
            }
            int length = next switch
            {
                Protocol.Fragment => 8,
                Protocol.Authentication => (rest[1] + 2) * 4,
                _ => (rest[1] + 1) * 8,
            };
            isLater = next == Protocol.Fragment && (BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) & 0xfff8) != 0;
            next = rest[0];
            bool isCut = length > rest.Length;
            End += Math.Min(length, rest.Length);
            // What follows in a later fragment is the middle of something.
            if (isCut || isLater)
                return Protocol.IsExtension(next) ? null : next;
        }
        HasTransport = true;
        return next;
    }
}
