namespace DropForensics.Core.Tracefs;

/// <summary>
/// Stage one: the next record of the stream, as a view of its bytes. A record is a line, except that a newline within its
/// first 16 columns belongs to the task's name, for a process may call itself <c>"a\nb"</c>.
/// </summary>
internal readonly ref struct RawRecord
{
    /// <summary>Longer than any line the kernel makes: its page of text has 8 KiB at most.</summary>
    public const int MaxLineBytes = 64 * 1024;

    // TASK_COMM_LEN is 16 with its end.
    private const int MaxCommBytes = 15;

    private RawRecord(ReadOnlySpan<byte> bytes, int end, int lines)
    {
        IsTerminated = end < bytes.Length;
        Length = IsTerminated ? end + 1 : end;
        Lines = lines;
        Text = TraceText.TrimLineEnd(bytes[..end]);
    }

    /// <summary>The record without its line end, LF or CRLF, and blanks before it.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Its bytes in the stream, line end included.</summary>
    public int Length { get; }

    /// <summary>Raw lines it spans.</summary>
    public int Lines { get; }

    /// <summary>Whether a newline ends it.</summary>
    public bool IsTerminated { get; }

    /// <summary>Whether it is over the cap. If it is not terminated either, more of it may follow.</summary>
    public bool IsTooLong => Length - (IsTerminated ? 1 : 0) > MaxLineBytes;

    /// <summary>Takes the record at the start; false where more bytes are needed to tell. At the end of the stream
    /// (<paramref name="atEnd"/>) what is there is all there is.</summary>
    public static bool TryTake(ReadOnlySpan<byte> bytes, bool atEnd, out RawRecord record)
    {
        int newline = bytes.IndexOf((byte)'\n');
        if (newline is >= 0 and < TraceHeader.DashColumn && bytes[0] == ' ')
        {
            switch (TakeWithNewlineInComm(bytes, atEnd, out record))
            {
                case true:
                    return true;
                case null:
                    return false;
            }
        }

        bool whole = newline >= 0 || atEnd || bytes.Length > MaxLineBytes;
        if (newline >= 0 && OpensComm(bytes[..newline]))
            return TryTakeCommToItsEnd(bytes, newline, atEnd, out record);
        record = whole ? new RawRecord(bytes, newline >= 0 ? newline : bytes.Length, 1) : default;
        return whole;
    }

    // A probe's last field, cut off by a newline within: "… dev="lo" comm="a".
    private static bool OpensComm(ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> mark = " comm=\""u8;
        ReadOnlySpan<byte> end = line[Math.Max(0, line.Length - mark.Length - MaxCommBytes)..];
        int at = end.LastIndexOf(mark);
        return at >= 0 && !end[(at + mark.Length)..].EndsWith("\""u8);
    }

    // The comm goes on after the newline, 15 bytes in all, and ends with a quote before another.
    private static bool TryTakeCommToItsEnd(ReadOnlySpan<byte> bytes, int newline, bool atEnd, out RawRecord record)
    {
        ReadOnlySpan<byte> following = bytes[newline..];
        ReadOnlySpan<byte> span = following[..Math.Min(following.Length, MaxCommBytes + 2)];
        int close = span.IndexOf("\"\n"u8);
        bool needsMore = close < 0 && span.Length < MaxCommBytes + 2 && !atEnd;
        int end = close < 0 ? newline : newline + close + 1;
        record = needsMore ? default : new RawRecord(bytes, end, 1 + bytes[newline..end].Count((byte)'\n'));
        return !needsMore;
    }

    // "            a\nb-171     [001] ..s1.     8.643523: kfree_skb: …"; null: too few bytes to tell.
    private static bool? TakeWithNewlineInComm(ReadOnlySpan<byte> bytes, bool atEnd, out RawRecord record)
    {
        record = default;
        if (bytes.Length <= TraceHeader.DashColumn)
            return atEnd ? false : null;
        if (bytes[TraceHeader.DashColumn] != '-')
            return false;

        int end = bytes[TraceHeader.DashColumn..].IndexOf((byte)'\n');
        if (end < 0 && !atEnd && bytes.Length <= MaxLineBytes)
            return null;
        end = end < 0 ? bytes.Length : end + TraceHeader.DashColumn;
        var candidate = new RawRecord(bytes, end, 1 + bytes[..TraceHeader.DashColumn].Count((byte)'\n'));
        if (candidate.IsTooLong || !TraceHeader.TryParse(candidate.Text, out _))
            return false;
        record = candidate;
        return true;
    }
}
