using System.Buffers.Binary;
using DropForensics.Core.Packets;

namespace DropForensics.Core.Filters;

/// <summary>A drop as a filter looks at it: its packet's stored bytes, and what else is known of it.</summary>
public readonly ref struct FilterSubject
{
    private const int EthernetTypeAt = 12, EthernetBytes = 14, TagBytes = 4;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly bool _isEthernet;
    private readonly long _length;

    /// <summary>A drop without a packet whose headers could be read.</summary>
    public FilterSubject()
    {
    }

    /// <summary>A drop with its packet.</summary>
    /// <param name="bytes">The stored bytes.</param>
    /// <param name="start">What they begin with.</param>
    /// <param name="length">Original length of the packet from there on, in bytes.</param>
    public FilterSubject(ReadOnlySpan<byte> bytes, PacketStart start, long length)
    {
        _bytes = bytes;
        (_isEthernet, _length, HasPacket) = (start == PacketStart.Ethernet, length, true);
    }

    /// <summary>A drop with the packet in its line's window, if one is found there.</summary>
    /// <param name="window">Masked as it is stored.</param>
    /// <param name="hasPayload">See <see cref="PacketSlice.TryFind"/>.</param>
    public static FilterSubject Of(in SkbWindow window, bool hasPayload) => PacketSlice.TryFind(window, hasPayload, out PacketSlice slice)
        ? new FilterSubject(window.Bytes[slice.Range.Start..slice.Range.End], slice.Start, slice.Length) : new FilterSubject();

    /// <summary>Whether there is a packet.</summary>
    public bool HasPacket { get; }

    /// <summary><c>skb->protocol</c> in host order: answers for the packet's type where there is no packet. Null, or 0 as in a buffer that nobody has filled: unknown.</summary>
    public int? EtherType { get; init; }

    /// <summary>Name of the drop reason; null: none.</summary>
    public string? Reason { get; init; }

    /// <summary>Name of the interface; null: unknown.</summary>
    public string? Interface { get; init; }

    /// <summary>Names of the interfaces that it passed before, where its way was recorded; null: unknown.</summary>
    public string[]? Passed { get; init; }

    /// <summary>Bytes of the packet on the wire, as far as that is known.</summary>
    internal long Length => _length;

    /// <summary>Whether the network header's type is this one, behind so many VLAN tags.</summary>
    internal Answer IsType(int type, int tags)
    {
        if (!HasPacket)
            return tags == 0 && EtherType is { } protocol and not 0 ? AnswerOf(protocol == type) : Answer.Unknown;
        if (_isEthernet)
            return TryHalf(EthernetTypeAt + tags * TagBytes, out int found) ? AnswerOf(found == type) : Answer.Cut;
        if (type is not (Protocol.Ipv4 or Protocol.Ipv6))
            return Answer.No;
        return TryByte(0, out int version) ? AnswerOf(version >> 4 == (type == Protocol.Ipv4 ? 4 : 6)) : Answer.Cut;
    }

    /// <summary>Whether a VLAN tag follows so many others, and its id is this one; null: any.</summary>
    internal Answer HasTag(int? id, int tags)
    {
        if (!HasPacket)
            return Answer.Unknown;
        if (!_isEthernet)
            return Answer.No;
        if (!TryHalf(EthernetTypeAt + tags * TagBytes, out int type))
            return Answer.Cut;
        if (type is not (0x8100 or 0x88a8 or 0x9100))
            return Answer.No;
        if (id is null)
            return Answer.Yes;
        return TryHalf(PayloadAt(tags), out int tag) ? AnswerOf((tag & 0xfff) == id) : Answer.Cut;
    }

    /// <summary>Where the network header begins.</summary>
    internal int PayloadAt(int tags) => _isEthernet ? EthernetBytes + tags * TagBytes : 0;

    internal bool TryByte(int at, out int value)
    {
        bool isThere = at < _bytes.Length;
        value = isThere ? _bytes[at] : 0;
        return isThere;
    }

    internal bool TryHalf(int at, out int value)
    {
        bool isThere = at + 2 <= _bytes.Length;
        value = isThere ? BinaryPrimitives.ReadUInt16BigEndian(_bytes[at..]) : 0;
        return isThere;
    }

    internal bool TryWord(int at, out uint value)
    {
        bool isThere = at + 4 <= _bytes.Length;
        value = isThere ? BinaryPrimitives.ReadUInt32BigEndian(_bytes[at..]) : 0;
        return isThere;
    }

    private static Answer AnswerOf(bool yes) => yes ? Answer.Yes : Answer.No;
}

/// <summary>What a part of a filter says of a drop.</summary>
public enum Answer
{
    /// <summary>It does not match.</summary>
    No,

    /// <summary>It matches.</summary>
    Yes,

    /// <summary>A byte was asked for that is not stored: as in the packet filter of the kernel (BPF), the whole expression does not match then.</summary>
    Cut,

    /// <summary>The drop has no packet. This and anything is no, if that is no; this or anything is yes, if that is yes; else it stays unknown.</summary>
    Unknown,
}
