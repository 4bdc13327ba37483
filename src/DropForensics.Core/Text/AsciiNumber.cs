namespace DropForensics.Core.Text;

/// <summary>Integers from digits, without sign, culture or allocation. Nothing is skipped and overflow is a failure.</summary>
internal static class AsciiNumber
{
    // Of ulong.MaxValue.
    private const int MaxDigits = 20;

    /// <summary>All of <paramref name="digits"/>, decimal.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > MaxDigits)
            return false;
        foreach (byte b in digits)
        {
            uint digit = (uint)b - '0';
            if (digit > 9)
                return false;
            value = value * 10 + digit;
        }
        // Twenty digits that begin with 1 and are more than 2^64 - 1 wrap to less than 10^19.
        return digits.Length < MaxDigits || digits[0] == '0' || (digits[0] == '1' && value >= 10_000_000_000_000_000_000);
    }

    /// <summary>All of <paramref name="digits"/>, hexadecimal without prefix.</summary>
    public static bool TryHex(ReadOnlySpan<byte> digits, out ulong value)
    {
        value = 0;
        if (digits.IsEmpty || digits.Length > 16)
            return false;
        foreach (byte b in digits)
        {
            if (!char.IsAsciiHexDigit((char)b))
                return false;
            value = value << 4 | (uint)((b & 0xF) + (b >> 6) * 9);
        }
        return true;
    }

    /// <summary>As the kernel prints an integer of either base: <c>2048</c>, <c>0x800</c>.</summary>
    public static bool TryEither(ReadOnlySpan<byte> text, out ulong value) =>
        text.StartsWith("0x"u8) ? TryHex(text[2..], out value) : TryDecimal(text, out value);

    /// <summary>Decimal, at most <paramref name="max"/>.</summary>
    public static bool TryDecimal(ReadOnlySpan<byte> digits, int max, out int value)
    {
        bool sound = TryDecimal(digits, out ulong wide) && wide <= (ulong)max;
        value = sound ? (int)wide : 0;
        return sound;
    }

    /// <summary>How many decimal digits stand at the start, and what they say; 0 where they are more than surely fit.</summary>
    public static int TakeDecimal(ReadOnlySpan<byte> text, out ulong value)
    {
        value = 0;
        int count = 0;
        for (; count < text.Length && (uint)text[count] - '0' <= 9; count++)
            value = value * 10 + text[count] - '0';
        return count < MaxDigits ? count : 0;
    }

    /// <summary>How many bytes at the start are decimal digits.</summary>
    public static int CountDigits(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}
