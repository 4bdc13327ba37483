namespace DropForensics.Core.RingPages;

/// <summary>One field of an event's record, from its <c>format</c> file: <c>field:u64 pkt96[32]; offset:16; size:256; signed:0;</c>.</summary>
/// <param name="Name">Without the brackets of an array.</param>
/// <param name="Offset">Bytes from the start of the record.</param>
/// <param name="Size">Bytes, of the whole array where it is one.</param>
/// <param name="IsSigned">Two's complement.</param>
/// <param name="Elements">Elements of an array; 1 for a single value, 0 for an array that goes on to the end of the record.</param>
/// <param name="IsDataLocation">A <c>__data_loc</c>: where in the record the data lies, offset in the low and length in the high 16 bits.</param>
internal sealed record EventField(string Name, int Offset, int Size, bool IsSigned, int Elements, bool IsDataLocation)
{
    /// <summary>Bytes of one element.</summary>
    public int ElementSize => Elements > 1 ? Size / Elements : Size;

    /// <summary>An element of 1, 2, 4 or 8 bytes, sign-extended; false if the record is too short.</summary>
    public bool TryRead(ReadOnlySpan<byte> record, int element, out ulong value)
    {
        int size = ElementSize, at = Offset + (element * size);
        value = 0;
        if (at < 0 || at > record.Length - size)
            return false;
        ReadOnlySpan<byte> bytes = record.Slice(at, size);
        switch (size)
        {
            case 1:
                value = IsSigned ? (ulong)(sbyte)bytes[0] : bytes[0];
                return true;
            case 2:
                value = IsSigned ? (ulong)BitConverter.ToInt16(bytes) : BitConverter.ToUInt16(bytes);
                return true;
            case 4:
                value = IsSigned ? (ulong)BitConverter.ToInt32(bytes) : BitConverter.ToUInt32(bytes);
                return true;
            case 8:
                value = BitConverter.ToUInt64(bytes);
                return true;
            default:
                return false;
        }
    }

    /// <summary>The data a <see cref="IsDataLocation"/> field points to; false if it is outside the record.</summary>
    public bool TryReadData(ReadOnlySpan<byte> record, out ReadOnlySpan<byte> data)
    {
        data = default;
        if (!TryRead(record, 0, out ulong location))
            return false;
        int offset = (int)(location & 0xFFFF), length = (int)(location >> 16 & 0xFFFF);
        if (offset > record.Length - length)
            return false;
        data = record.Slice(offset, length);
        return true;
    }
}
