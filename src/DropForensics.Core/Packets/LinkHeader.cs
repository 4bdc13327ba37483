using System.Buffers.Binary;

namespace DropForensics.Core.Packets;

/// <summary>An Ethernet header with its VLAN tags.</summary>
internal readonly record struct LinkHeader
{
    private const int AddressBytes = 12;
    private const int MaxTags = 8; // real packets have one or two
    private const int LeastEtherType = 0x600;

    /// <summary>Offset of the first byte after the header.</summary>
    public int End { get; private init; }

    /// <summary>The type before any tag: the tag's own type, if there is one.</summary>
    public int OuterType { get; private init; }

    /// <summary>The type of what follows; below 0x600 an 802.3 length.</summary>
    public int EtherType { get; private init; }

    /// <summary>Id of the innermost tag.</summary>
    public int? Vlan { get; private init; }

    /// <summary>Reads the header at an offset. False if it is not completely inside <paramref name="bytes"/>, which end where the packet ends, or has more tags than any real one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, int at, out LinkHeader header)
    {
        header = default;
        return at >= 0 && bytes.Length - at >= AddressBytes + 2
            && TryReadTags(bytes, at + AddressBytes + 2, BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + AddressBytes)..]), out header);
    }

    /// <summary>Reads the tags that follow, if the type is a tag's.</summary>
    public static bool TryReadTags(ReadOnlySpan<byte> bytes, int at, int outerType, out LinkHeader header)
    {
        header = default;
        int type = outerType;
        int? vlan = null;
        for (int tags = 0; Protocol.IsVlan(type); tags++, at += 4)
        {
            if (tags == MaxTags || bytes.Length - at < 4)
                return false;
            vlan = BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) & 0xfff;
            type = BinaryPrimitives.ReadUInt16BigEndian(bytes[(at + 2)..]);
        }
        header = new LinkHeader { End = at, OuterType = outerType, EtherType = type, Vlan = vlan };
        return true;
    }

    /// <summary>None: what follows begins at once.</summary>
    public static LinkHeader Absent(int at, int etherType) => new() { End = at, OuterType = etherType, EtherType = etherType };

    /// <summary>Whether a packet behind this header has that <c>skb->protocol</c>: the kernel notes 1 or 4 for an 802.3 length.</summary>
    public bool LeadsTo(int protocol) =>
        protocol != 0 && (protocol == EtherType || protocol == OuterType || (protocol is 1 or 4 && EtherType < LeastEtherType));
}
