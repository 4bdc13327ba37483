namespace DropForensics.Core.Lines;

/// <summary>
/// The kernel cuts off a record that is longer than its page of text, without a newline, and the next one follows directly
/// (kernel/trace/trace_seq.c). We find the next one by its head: a CPU in brackets, and 16 columns of comm before the pid.
/// <code> => ip_local_del         dropgen-163     [000] .Ns1.     6.277120: &lt;stack trace></code>
/// </summary>
internal static class GluedRecord
{
    // "%-7d (%7d) [": a pid of one digit and the blank behind it.
    private const int MaxPadding = 7;

    /// <summary>Where in <paramref name="line"/> the first glued record begins; -1 if there is none.</summary>
    public static int Find(ReadOnlySpan<byte> line)
    {
        int from = 0;
        while (line[from..].IndexOf(" ["u8) is >= 0 and int found)
        {
            int bracket = from + found + 1;
            from = bracket + 1;
            int start = DashBefore(line[..bracket]) - TraceHeader.DashColumn;
            if (start > 0 && TraceHeader.TryParse(line[start..], out _))
                return start;
        }
        return LossLine.FindGlued(line);
    }

    private static int DashBefore(ReadOnlySpan<byte> text)
    {
        text = DropBlanks(text);
        if (text.EndsWith(")"u8))
        {
            text = text[..^Math.Min(text.Length, "(1234567)".Length)];
            text = DropBlanks(text);
        }
        int last = text.LastIndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return last >= 0 && last < text.Length - 1 && text[last] == '-' ? last : -1;
    }

    private static ReadOnlySpan<byte> DropBlanks(ReadOnlySpan<byte> text)
    {
        for (int i = 0; i < MaxPadding && text.EndsWith(" "u8); i++)
            text = text[..^1];
        return text;
    }
}
