using System.Buffers.Binary;
using DropForensics.Core.Packets;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// Collects where a packet lies from a probe's fields. The first of a name counts; one that is missing or no number
/// (<c>(fault)</c>) leaves its default, which makes no byte a packet's that would not be one.
/// </summary>
internal ref struct GeometryFields
{
    private ulong? _protocol, _length, _dataLength, _mac, _network, _tail, _head, _data;

    public void Add(in ProbeField field)
    {
        ReadOnlySpan<byte> name = field.Name;
        if (name.SequenceEqual("protocol"u8))
            Set(ref _protocol, field);
        else if (name.SequenceEqual("protocol_be"u8))
            SetSwapped(ref _protocol, field);
        else if (name.SequenceEqual("len"u8))
            Set(ref _length, field);
        else if (name.SequenceEqual("dlen"u8))
            Set(ref _dataLength, field);
        else if (name.SequenceEqual("mac"u8))
            Set(ref _mac, field);
        else if (name.SequenceEqual("net"u8))
            Set(ref _network, field);
        else if (name.SequenceEqual("tail"u8))
            Set(ref _tail, field);
        else if (name.SequenceEqual("head"u8))
            Set(ref _head, field);
        else if (name.SequenceEqual("data"u8))
            Set(ref _data, field);
    }

    public readonly SkbGeometry Build() => new()
    {
        Protocol = _protocol is ulong protocol and <= ushort.MaxValue ? (int)protocol : 0,
        Length = _length ?? 0,
        DataLength = _dataLength ?? 0,
        Mac = _mac ?? SkbGeometry.Unset,
        Network = _network ?? SkbGeometry.Unset,
        Tail = _tail ?? 0,
        Head = _head ?? 0,
        Data = _data ?? 0,
    };

    private static void Set(ref ulong? value, in ProbeField field)
    {
        if (value is null && field.TryNumber(out ulong number))
            value = number;
    }

    // As it lies in memory: network order, read on a little-endian machine.
    private static void SetSwapped(ref ulong? value, in ProbeField field)
    {
        if (value is null && field.TryNumber(out ulong number) && number <= ushort.MaxValue)
            value = BinaryPrimitives.ReverseEndianness((ushort)number);
    }
}
