namespace DropForensics.Core.Lines;

/// <summary>
/// Finds where the trace text of one CPU passes a moment, for two captures that share a ring: what comes before belongs to the one, the rest to the
/// other. An event and its stack stay together.
/// </summary>
/// <param name="atNs">The moment, by the trace clock.</param>
/// <param name="hasStacks">A stack follows each event as a rule, so the text is not cut right behind an event.</param>
public sealed class TimeCut(long atNs, bool hasStacks)
{
    // Events that have no stack after all: contexts nest four deep, and other events need not have any.
    private const int Patience = 100;

    private long _atNs = atNs;
    private bool _isInLine, _awaitsStack;
    private int _passedOver;

    /// <summary>How many events belong to the earlier capture.</summary>
    public long Events { get; private set; }

    /// <summary>The moment has passed: all that follows belongs to the later capture.</summary>
    public bool IsPast { get; private set; }

    /// <summary>All of before the moment has come, but for the stack of the last event.</summary>
    public void Pass()
    {
        if (hasStacks && _awaitsStack) _atNs = long.MinValue;
        else IsPast = true;
    }

    /// <summary>Looks at the next text of the stream.</summary>
    /// <returns>How many of its bytes belong to the earlier capture.</returns>
    public int Take(ReadOnlySpan<byte> text)
    {
        for (int at = 0; at < text.Length && !IsPast;)
        {
            int end = text[at..].IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? text[at..] : text.Slice(at, end);
            if (!_isInLine && IsAfter(line))
            {
                IsPast = true;
                return at;
            }

            if (!_isInLine && _awaitsStack) Events++;

            _isInLine = end < 0;
            at = end < 0 ? text.Length : at + end + 1;
        }

        return IsPast ? 0 : text.Length;
    }

    private bool IsAfter(ReadOnlySpan<byte> line)
    {
        bool awaitedStack = _awaitsStack;
        bool isHead = TraceHeader.TryParse(line, out TraceHeader header);
        _awaitsStack = isHead && !header.Event.EndsWith("stack trace>"u8);
        return _awaitsStack && header.Timestamp > _atNs && (!hasStacks || !awaitedStack || _passedOver++ >= Patience);
    }
}
