using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// The ring's counts at the head of the file <c>trace</c> (kernel/trace/trace.c, <c>print_event_info</c>): records it still holds, and records that
/// were written to it. The difference was overwritten before it was read.
/// <code># entries-in-buffer/entries-written: 4/21877   #P:8</code>
/// </summary>
public static class BufferHeading
{
    private static ReadOnlySpan<byte> Opening => "# entries-in-buffer/entries-written: "u8;

    /// <summary>Reads it from a line of text.</summary>
    /// <param name="line">Without its newline.</param>
    /// <param name="held">Records in the ring when it was printed.</param>
    /// <param name="written">Records written to the ring since it was emptied.</param>
    public static bool TryParse(ReadOnlySpan<byte> line, out long held, out long written)
    {
        (held, written) = (0, 0);
        if (!line.StartsWith(Opening))
            return false;
        line = line[Opening.Length..];
        int slash = line.IndexOf((byte)'/');
        if (slash < 0 || !AsciiNumber.TryDecimal(line[..slash], out ulong inBuffer))
            return false;
        line = line[(slash + 1)..];
        if (!AsciiNumber.TryDecimal(line[..AsciiNumber.CountDigits(line)], out ulong given) || given > long.MaxValue || inBuffer > given)
            return false;
        (held, written) = ((long)inBuffer, (long)given);
        return true;
    }
}
