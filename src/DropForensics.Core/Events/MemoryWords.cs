using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace DropForensics.Core.Events;

/// <summary>
/// Memory as a probe prints it: 64-bit words in hexadecimal, each read as the machine has it, little-endian.
/// <code>0x0,0x2d00004500080000</code>
/// </summary>
internal static class MemoryWords
{
    /// <summary>A probe's array has 64 elements at most (kernel/trace/trace_probe.h, MAX_ARRAY_LEN).</summary>
    public const int MaxBytes = 64 * sizeof(ulong);

    /// <summary>The length of that many bytes as text, each word with <c>0x</c> and a comma.</summary>
    public const int MaxTextBytes = MaxBytes / sizeof(ulong) * (3 + MaxDigits);

    private const int MaxDigits = 2 * sizeof(ulong);

    /// <summary>Reads the whole text; false if it is anything else, or does not fit the buffer.</summary>
    /// <param name="text">The text between the braces.</param>
    /// <param name="buffer">Takes the bytes.</param>
    /// <param name="bytes">How many.</param>
    public static bool TryRead(ReadOnlySpan<byte> text, Span<byte> buffer, out int bytes)
    {
        bytes = 0;
        while (buffer.Length - bytes >= sizeof(ulong) && text.StartsWith("0x"u8))
        {
            int end = 2 + TakeDigits(text[2..], out ulong word);
            if (end == 2)
                return false;
            BinaryPrimitives.WriteUInt64LittleEndian(buffer[bytes..], word);
            bytes += sizeof(ulong);
            if (end == text.Length)
                return true;
            if (text[end] != ',')
                return false;
            text = text[(end + 1)..];
        }
        return false;
    }

    /// <summary>Writes them as the kernel would.</summary>
    /// <param name="bytes">Whole words.</param>
    /// <param name="destination">With room for 19 bytes a word.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> bytes, Span<byte> destination)
    {
        int written = 0;
        for (int at = 0; at < bytes.Length; at += sizeof(ulong))
        {
            if (at > 0)
                destination[written++] = (byte)',';
            destination[written++] = (byte)'0';
            destination[written++] = (byte)'x';
            ulong word = BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
            int shift = 4 * ((63 - BitOperations.LeadingZeroCount(word | 1)) / 4);
            for (; shift >= 0; shift -= 4)
                destination[written++] = "0123456789abcdef"u8[(int)(word >> shift) & 0xF];
        }
        return written;
    }

    /// <summary>The number of leading hexadecimal digits, at most 16, and their value; the kernel writes no capitals.</summary>
    public static int TakeDigits(ReadOnlySpan<byte> text, out ulong value)
    {
        if (text.Length >= MaxDigits && text[1] != ',')
            return TakeDigits(Vector128.Create(text), out value);
        value = 0;
        int count = 0;
        for (; count < Math.Min(text.Length, MaxDigits); count++)
        {
            byte b = text[count];
            if (b is not ((>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'f')))
                break;
            value = value << 4 | (uint)((b & 0xF) + (b >> 6) * 9);
        }
        return count;
    }

    // Sixteen at once: which of them are digits, and of those at the start the number.
    private static int TakeDigits(Vector128<byte> text, out ulong value)
    {
        Vector128<byte> decimals = text - Vector128.Create((byte)'0'), letters = text - Vector128.Create((byte)'a');
        Vector128<byte> isDecimal = Vector128.LessThan(decimals, Vector128.Create((byte)10));
        Vector128<byte> isLetter = Vector128.LessThan(letters, Vector128.Create((byte)6));
        int count = BitOperations.TrailingZeroCount(~(isDecimal | isLetter).ExtractMostSignificantBits());
        Vector128<byte> digits = Vector128.ConditionalSelect(isDecimal, decimals, letters + Vector128.Create((byte)10)) & Vector128.Create((byte)0xf);
        // Two digits a byte: the first of each pair is the higher one.
        Vector128<ushort> pairs = digits.AsUInt16();
        Vector128<ushort> joined = ((pairs << 4) | (pairs >>> 8)) & Vector128.Create((ushort)0xff);
        ulong all = BinaryPrimitives.ReverseEndianness(Vector128.Narrow(joined, joined).AsUInt64().ToScalar());
        value = count == 0 ? 0 : all >> (4 * (MaxDigits - count));
        return count;
    }
}
