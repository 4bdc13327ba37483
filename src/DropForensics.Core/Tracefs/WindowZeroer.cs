namespace DropForensics.Core.Tracefs;

/// <summary>
/// Makes every word of every packet window <c>0x0</c>, whatever else the text is, without knowing where the packet lies. The text may be cut
/// anywhere between two calls.
/// <code> pkt96={0x0,0x2d0000450000 … </code>
/// </summary>
internal struct WindowZeroer
{
    private enum State
    {
        Idle, Blank, P, K, T, Digits, Equals,
        Word, Zero, X, FirstC, InWord, InWordC,
    }

    private State _state;

    /// <summary>How much longer than its input an output can be.</summary>
    public const int MaxExcess = 2;

    /// <summary>Writes the text to <paramref name="destination"/> and returns the bytes written, at most <see cref="MaxExcess"/> more than read.</summary>
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
            Step(text[at], destination, ref written);
        }
        return written;
    }

    /// <summary>Ends the text: what was held back is written.</summary>
    public int Complete(Span<byte> destination)
    {
        int written = 0;
        if (_state == State.FirstC)
            destination[written++] = (byte)'0';
        _state = State.Idle;
        return written;
    }

    private void Step(byte b, Span<byte> destination, ref int written)
    {
        bool isDigit = char.IsAsciiHexDigit((char)b);
        switch (_state)
        {
            // A word that the kernel cut off, and "CPU:1 [LOST 5 EVENTS]" glued to it: the C is no digit.
            case State.FirstC or State.InWordC when b == 'P':
                destination[written++] = (byte)'C';
                break;
            case State.X when b == 'C':
                _state = State.FirstC;
                return;
            case State.X when isDigit:
                destination[written++] = (byte)'0';
                _state = State.InWord;
                return;
            case State.FirstC:
                destination[written++] = (byte)'0';
                _state = State.InWord;
                break;
        }
        if (_state is State.InWord or State.InWordC && isDigit)
        {
            _state = b == 'C' ? State.InWordC : State.InWord;
            return;
        }
        destination[written++] = b;
        _state = Next(b);
    }

    private readonly State Next(byte b) => (_state, b) switch
    {
        (State.Blank, (byte)'p') => State.P,
        (State.P, (byte)'k') => State.K,
        (State.K, (byte)'t') => State.T,
        (State.T or State.Digits, >= (byte)'0' and <= (byte)'9') => State.Digits,
        (State.Digits, (byte)'=') => State.Equals,
        (State.Equals, (byte)'{') => State.Word,
        (State.Word, (byte)'0') => State.Zero,
        (State.Zero, (byte)'x') => State.X,
        (State.InWord or State.InWordC, (byte)',') => State.Word,
        (_, (byte)' ') => State.Blank,
        _ => State.Idle,
    };
}
