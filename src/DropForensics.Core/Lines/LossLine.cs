using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// What trace_pipe prints when a CPU's ring overran its reader (kernel/trace/trace.c, <c>print_trace_line</c>).
/// <code>CPU:1 [LOST 4711 EVENTS]</code>
/// <code>CPU:1 [LOST EVENTS]</code>
/// and trace-cmd for the same:
/// <code>CPU:1 [4711 EVENTS DROPPED]</code>
/// <code>CPU:1 [EVENTS DROPPED]</code>
/// </summary>
internal static class LossLine
{
    private static ReadOnlySpan<byte> Opening => "CPU:"u8;

    /// <summary><paramref name="records"/> is null if the kernel could not count.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out int cpu, out long? records)
    {
        (cpu, records) = (0, null);
        if (!line.StartsWith(Opening))
            return false;
        line = line[Opening.Length..];
        int digits = AsciiNumber.CountDigits(line);
        if (!AsciiNumber.TryDecimal(line[..digits], TraceHeader.MaxCpus - 1, out cpu))
            return false;
        line = line[digits..];
        if (line.SequenceEqual(" [LOST EVENTS]"u8) || line.SequenceEqual(" [EVENTS DROPPED]"u8))
            return true;
        return TryCount(line, " [LOST "u8, " EVENTS]"u8, out records) || TryCount(line, " ["u8, " EVENTS DROPPED]"u8, out records);
    }

    private static bool TryCount(ReadOnlySpan<byte> line, ReadOnlySpan<byte> before, ReadOnlySpan<byte> behind, out long? records)
    {
        records = null;
        if (line.Length < before.Length + behind.Length || !line.StartsWith(before) || !line.EndsWith(behind)
            || !AsciiNumber.TryDecimal(line[before.Length..^behind.Length], out ulong count) || count > long.MaxValue)
        {
            return false;
        }
        records = (long)count;
        return true;
    }

    /// <summary>Start of such a line that was glued to the end of another line; -1 if there is none.</summary>
    public static int FindGlued(ReadOnlySpan<byte> line)
    {
        int at = line.LastIndexOf(Opening);
        return at > 0 && TryParse(line[at..], out _, out _) ? at : -1;
    }
}
