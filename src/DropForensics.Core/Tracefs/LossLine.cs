namespace DropForensics.Core.Tracefs;

/// <summary>
/// What trace_pipe prints where a CPU's ring overran its reader (kernel/trace/trace.c, <c>print_trace_line</c>).
/// <code>CPU:1 [LOST 4711 EVENTS]</code>
/// <code>CPU:1 [LOST EVENTS]</code>
/// </summary>
internal static class LossLine
{
    private static ReadOnlySpan<byte> Opening => "CPU:"u8;

    /// <summary><paramref name="records"/> is null where the kernel could not count.</summary>
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
        if (line.SequenceEqual(" [LOST EVENTS]"u8))
            return true;
        if (!line.StartsWith(" [LOST "u8) || !line.EndsWith(" EVENTS]"u8))
            return false;
        line = line[" [LOST ".Length..];
        if (line.Length < " EVENTS]".Length
            || !AsciiNumber.TryDecimal(line[..^" EVENTS]".Length], out ulong count) || count > long.MaxValue)
        {
            return false;
        }
        records = (long)count;
        return true;
    }

    /// <summary>Where such a line begins that was glued to the end of another; -1 if none was.</summary>
    public static int FindGlued(ReadOnlySpan<byte> line)
    {
        int at = line.LastIndexOf(Opening);
        return at > 0 && TryParse(line[at..], out _, out _) ? at : -1;
    }
}
