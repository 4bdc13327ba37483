using System.Buffers.Text;

namespace DropForensics.Core.RingPages;

/// <summary>Builds text from appended bytes, in a buffer that grows and is reused.</summary>
public sealed class LineBuffer(int capacity = 128 * 1024)
{
    private byte[] _bytes = new byte[capacity];
    private int _length;

    /// <summary>Bytes appended so far.</summary>
    public int Length => _length;

    /// <summary>The text so far; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Empties the text and keeps the buffer.</summary>
    public void Clear() => _length = 0;

    /// <summary>Truncates the text to this length.</summary>
    public void CutTo(int length) => _length = Math.Clamp(length, 0, _length);

    /// <summary>Appends one byte.</summary>
    public void Append(byte value)
    {
        Room(1)[0] = value;
        _length++;
    }

    /// <summary>Appends the bytes unchanged.</summary>
    public void Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        _length += text.Length;
    }

    /// <summary>As <c>%*s</c>: blanks before it, up to the width.</summary>
    public void AppendRight(ReadOnlySpan<byte> text, int width)
    {
        Pad(width - text.Length, (byte)' ');
        Append(text);
    }

    /// <summary>As <c>%lu</c>; as <c>%*lu</c> or <c>%0*lu</c> with a width.</summary>
    public void AppendDecimal(ulong value, int width = 0, byte fill = (byte)' ')
    {
        Utf8Formatter.TryFormat(value, Room(20), out int digits);
        Shift(digits, width, fill);
    }

    /// <summary>As <c>%ld</c>; as <c>%-*ld</c> with a width.</summary>
    public void AppendSigned(long value, int width = 0)
    {
        Utf8Formatter.TryFormat(value, Room(20), out int digits);
        _length += digits;
        Pad(width - digits, (byte)' ');
    }

    /// <summary>As <c>%lx</c>; as <c>%0*lx</c> with a width.</summary>
    public void AppendHex(ulong value, int width = 0)
    {
        int digits = Math.Max(width, (67 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 4);
        Span<byte> room = Room(digits);
        for (int i = digits - 1; i >= 0; i--, value >>= 4)
            room[i] = "0123456789abcdef"u8[(int)(value & 0xF)];
        _length += digits;
    }

    private void Pad(int count, byte fill)
    {
        if (count <= 0)
            return;
        Room(count)[..count].Fill(fill);
        _length += count;
    }

    // The digits are at the end of the text: moves them right to fill the width.
    private void Shift(int digits, int width, byte fill)
    {
        int missing = width - digits;
        if (missing > 0)
        {
            Span<byte> room = Room(width);
            room[..digits].CopyTo(room[missing..]);
            room[..missing].Fill(fill);
            digits = width;
        }

        _length += digits;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - _length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        return _bytes.AsSpan(_length);
    }
}
