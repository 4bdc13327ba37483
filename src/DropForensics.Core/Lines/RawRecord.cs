using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// Stage one: the next record of the stream, as a view of its bytes. A record is a line, except that a newline within its
/// first 16 columns, or in a probe's last field, belongs to the task's name, because a process may call itself <c>"a\nb"</c>.
/// </summary>
internal readonly ref struct RawRecord
{
    /// <summary>Longer than any line the kernel makes: its page of text has 8 KiB at most.</summary>
    public const int MaxLineBytes = 64 * 1024;

    // TASK_COMM_LEN is 16 with its end.
    private const int MaxCommBytes = 15;

    // A line ends at its first newline: there is nothing to count.
    private RawRecord(ReadOnlySpan<byte> bytes, int end, bool isLine = false)
    {
        IsTerminated = end < bytes.Length;
        Length = IsTerminated ? end + 1 : end;
        Lines = isLine ? 1 : 1 + bytes[..end].Count((byte)'\n');
        Text = TraceText.TrimLineEnd(bytes[..end]);
    }

    /// <summary>The record without its line end (LF or CRLF) and trailing blanks.</summary>
    public ReadOnlySpan<byte> Text { get; }

    /// <summary>Its length in the stream, including the line end.</summary>
    public int Length { get; }

    /// <summary>Raw lines it spans.</summary>
    public int Lines { get; }

    /// <summary>Whether a newline ends it.</summary>
    public bool IsTerminated { get; }

    /// <summary>Whether it exceeds the limit. If it is also not terminated, more of it may follow.</summary>
    public bool IsTooLong => Length - (IsTerminated ? 1 : 0) > MaxLineBytes;

    /// <summary>
    /// Takes the first record; false if more bytes are needed to find its end. At the end of the stream (<paramref name="atEnd"/>) no more bytes will
    /// come.
    /// </summary>
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
        int? end = newline >= 0 ? EndOfComm(bytes, newline, atEnd) : bytes.Length;
        record = whole && end is { } known ? new RawRecord(bytes, known, isLine: known == newline || newline < 0) : default;
        return whole && end is not null;
    }

    // A probe's last field is the task's name, and ends with a quote before a newline. "… dev="lo" comm="a\nb"" goes on, and so may
    // "… comm="a"\nb"", which looks closed: where the next record begins can tell. Null: too few bytes to do so.
    private static int? EndOfComm(ReadOnlySpan<byte> bytes, int newline, bool atEnd)
    {
        ReadOnlySpan<byte> mark = " comm=\""u8;
        ReadOnlySpan<byte> tail = bytes[Math.Max(0, newline - mark.Length - MaxCommBytes - 1)..newline];
        int at = tail.LastIndexOf(mark);
        int start = newline - tail.Length + at + mark.Length;
        while (at >= 0)
        {
            // The rest of its 15 bytes after this newline, then its quote and its newline.
            int left = start + MaxCommBytes - newline - 1;
            if (left < 0)
                return newline;
            ReadOnlySpan<byte> following = bytes[(newline + 1)..];
            int close = following[..Math.Min(following.Length, left + 2)].IndexOf("\"\n"u8);
            if (close < 0)
                return following.Length < left + 2 && !atEnd ? null : newline;
            switch (HeadOverLines(following, atEnd))
            {
                case null:
                    return null;
                case >= 0:
                    return newline;
                default:
                    newline += close + 2;
                    break;
            }
        }
        return newline;
    }

    // "            a\nb-171     [001] ..s1.     8.643523: kfree_skb: …"; null: too few bytes to tell.
    private static bool? TakeWithNewlineInComm(ReadOnlySpan<byte> bytes, bool atEnd, out RawRecord record)
    {
        record = default;
        if (HeadOverLines(bytes, atEnd) is not { } end)
            return null;
        if (end < 0)
            return false;
        if ((end < bytes.Length ? EndOfComm(bytes, end, atEnd) : end) is not { } last)
            return null;
        record = new RawRecord(bytes, last);
        return true;
    }

    // End of the line that completes such a head; -1 if no such head begins here, null for too few bytes to tell.
    private static int? HeadOverLines(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        if (bytes.Length <= TraceHeader.DashColumn)
            return atEnd ? -1 : null;
        if (bytes[0] != ' ' || bytes[TraceHeader.DashColumn] != '-')
            return -1;
        int end = bytes[TraceHeader.DashColumn..].IndexOf((byte)'\n');
        if (end < 0 && !atEnd && bytes.Length <= MaxLineBytes)
            return null;
        end = end < 0 ? bytes.Length : end + TraceHeader.DashColumn;
        var candidate = new RawRecord(bytes, end);
        return candidate.IsTooLong || !TraceHeader.TryParse(candidate.Text, out _) ? -1 : end;
    }
}
