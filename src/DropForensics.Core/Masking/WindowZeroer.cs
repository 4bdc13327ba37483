namespace DropForensics.Core.Masking;

/// <summary>
/// Replaces every hexadecimal number in every window of memory (<c>pkt96</c>, <c>pktdev</c>) with <c>0x0</c>, without knowing the packet's position.
/// A window ends at a blank or newline, which the kernel writes after its closing brace and never inside. The text may be split anywhere between two
/// calls.
/// <code> pkt96={0x0,0x2d0000450000 … </code>
/// </summary>
internal struct WindowZeroer
{
    /// <summary>One call may write this many bytes more than it was given: the C that the call before held back. The whole text never grows.</summary>
    public const int MaxExcess = 1;

    private State _state;

    private enum State
    {
        Idle,
        Blank,
        P,
        K,
        T,
        Suffix,
        Equals,
        InWindow,
        InNumber,
        InNumberBehindC,
        BehindFirstC,
    }

    /// <summary>Writes the text to <paramref name="destination"/> and returns the bytes written.</summary>
    public int Zero(ReadOnlySpan<byte> text, Span<byte> destination)
    {
        int written = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (_state == State.Idle)
            {
                int blank = text[at..].IndexOf((byte)' ');
                int skipped = blank < 0 ? text.Length - at : blank;
                text.Slice(at, skipped).CopyTo(destination[written..]);
                written += skipped;
                at += skipped;
                if (blank < 0)
                    break;
            }
            if (_state < State.InWindow)
            {
                destination[written++] = text[at];
                _state = Next(text[at]);
            }
            else
            {
                InWindow(text[at], destination, ref written);
            }
        }
        return written;
    }

    /// <summary>Ends the text: writes the bytes held back so far.</summary>
    public int Complete(Span<byte> destination)
    {
        bool isHeld = _state == State.BehindFirstC;
        if (isHeld)
            destination[0] = (byte)'0';
        _state = State.Idle;
        return isHeld ? 1 : 0;
    }

    private readonly State Next(byte b) => (_state, b) switch
    {
        (State.Blank, (byte)'p') => State.P,
        (State.P, (byte)'k') => State.K,
        (State.K, (byte)'t') => State.T,
        (State.T or State.Suffix, (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'z')) => State.Suffix,
        (State.Suffix, (byte)'=') => State.Equals,
        (State.Equals, (byte)'{') => State.InWindow,
        (_, (byte)' ') => State.Blank,
        _ => State.Idle,
    };

    private void InWindow(byte b, Span<byte> destination, ref int written)
    {
        if (char.IsAsciiHexDigit((char)b))
        {
            bool isFirst = _state == State.InWindow;
            if (_state == State.BehindFirstC || (isFirst && b != 'C'))
                destination[written++] = (byte)'0';
            _state = b != 'C' ? State.InNumber : isFirst ? State.BehindFirstC : State.InNumberBehindC;
            return;
        }
        // The kernel cut the window off, and "CPU:1 [LOST 5 EVENTS]" is glued to it: the C was not a digit.
        bool isLoss = b == 'P' && (_state is State.InNumberBehindC or State.BehindFirstC);
        if (isLoss)
            destination[written++] = (byte)'C';
        else if (_state == State.BehindFirstC)
            destination[written++] = (byte)'0';
        destination[written++] = b;
        _state = isLoss || b == '\n' ? State.Idle : b == ' ' ? State.Blank : State.InWindow;
    }
}
