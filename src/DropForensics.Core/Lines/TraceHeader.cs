using System.Runtime.InteropServices;
using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// Stage two: the head of a record (kernel/trace/trace_output.c, <c>trace_print_context</c>), as a view of the line.
/// <code>         dropgen-183     (    183) [000] .Ns1.     6.276872: kfree_skb: skbaddr=…</code>
/// </summary>
internal readonly ref struct TraceHeader
{
    /// <summary>CONFIG_NR_CPUS is at most this on any architecture.</summary>
    public const int MaxCpus = 8192;

    /// <summary><c>"%16s-"</c>: the dash behind the comm.</summary>
    public const int DashColumn = 16;

    public ReadOnlySpan<byte> Comm { get; private init; }
    public int Pid { get; private init; }
    public int? Tgid { get; private init; }
    public int Cpu { get; private init; }

    /// <summary>The flags' bytes, first one lowest; 0 where the trace has none (<c>noirq-info</c>).</summary>
    public ulong Flags { get; private init; }

    /// <summary>ns, or ticks of a clock that prints a bare integer.</summary>
    public long Timestamp { get; private init; }

    /// <summary>The text after the time: event and arguments.</summary>
    public ReadOnlySpan<byte> Event { get; private init; }

    /// <summary>
    /// By column, as the kernel writes it: the comm may contain anything, including dashes, brackets and newlines, but it is at most 15 bytes long.
    /// So a blank precedes it and byte 16 is the dash.
    /// <code>   we ird-[3]: 5-165     [000] ..s1.     6.378382: kfree_skb: …</code>
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out TraceHeader header)
    {
        if (line.Length > DashColumn && line[0] == ' ' && line[DashColumn] == '-')
            return TryParseFrom(line, DashColumn, out header);
        header = default;
        return false;
    }

    /// <summary>
    /// Pasted from a terminal or a page, with the padding lost or turned into tabs: uses the last dash within 16 bytes that is followed by a pid and a CPU.
    /// <code>napi/-8412-1778    [014] b.... 714699.253491: my_skb_probe: …</code>
    /// </summary>
    public static bool TryParsePasted(ReadOnlySpan<byte> line, out TraceHeader header)
    {
        line = TraceText.SkipBlanks(line);
        for (int dash = Math.Min(line.Length, DashColumn) - 1; dash >= 0; dash--)
        {
            if (line[dash] == '-' && TryParseFrom(line, dash, out header))
                return true;
        }
        header = default;
        return false;
    }

    private static bool TryParseFrom(ReadOnlySpan<byte> line, int dash, out TraceHeader header)
    {
        header = default;
        ReadOnlySpan<byte> rest = line[(dash + 1)..];

        int digits = AsciiNumber.CountDigits(rest);
        if (!AsciiNumber.TryDecimal(rest[..digits], int.MaxValue, out int pid) || !TrySkipSpaces(rest[digits..], out rest)
            || !TryTakeTgid(ref rest, out int? tgid) || !TryTakeCpu(ref rest, out int cpu))
        {
            return false;
        }

        ulong flags = 0;
        if (!char.IsAsciiDigit((char)rest[0]) && !TryTakeFlags(ref rest, out flags))
            return false;
        if (!TryTakeTime(ref rest, out long timestamp))
            return false;

        header = new TraceHeader
        {
            Comm = line[..dash].TrimStart((byte)' '),
            Pid = pid,
            Tgid = tgid,
            Cpu = cpu,
            Flags = flags,
            Timestamp = timestamp,
            Event = rest,
        };
        return true;
    }

    // "(    183) " or "(-------) " with record-tgid, else nothing.
    private static bool TryTakeTgid(scoped ref ReadOnlySpan<byte> rest, out int? tgid)
    {
        tgid = null;
        if (rest[0] != '(')
            return true;
        int close = rest.IndexOf((byte)')');
        if (close < 0)
            return false;
        ReadOnlySpan<byte> inside = rest[1..close].TrimStart((byte)' ');
        if (AsciiNumber.TryDecimal(inside, int.MaxValue, out int value))
            tgid = value;
        else if (inside.IsEmpty || inside.ContainsAnyExcept((byte)'-'))
            return false;
        return TrySkipSpaces(rest[(close + 1)..], out rest);
    }

    // "[000] "
    private static bool TryTakeCpu(scoped ref ReadOnlySpan<byte> rest, out int cpu)
    {
        cpu = 0;
        if (rest[0] != '[')
            return false;
        int digits = AsciiNumber.CountDigits(rest[1..]);
        return digits >= 3 && AsciiNumber.TryDecimal(rest.Slice(1, digits), MaxCpus - 1, out cpu)
            && rest.Length > digits + 1 && rest[digits + 1] == ']'
            && TrySkipSpaces(rest[(digits + 2)..], out rest);
    }

    // ".Ns1." : 4 characters up to 5.14, 5 since, 7 with the real-time patches up to 6.5 or so; a depth can have two digits.
    private static bool TryTakeFlags(scoped ref ReadOnlySpan<byte> rest, out ulong flags)
    {
        flags = 0;
        int end = rest.IndexOf((byte)' ');
        if (end is < 4 or > 8)
            return false;
        ReadOnlySpan<byte> text = rest[..end];
        if (text.ContainsAnyExceptInRange((byte)'!', (byte)'~') || text.Contains((byte)':'))
            return false;
        text.CopyTo(MemoryMarshal.AsBytes(new Span<ulong>(ref flags)));
        return TrySkipSpaces(rest[end..], out rest);
    }

    // "6.276872: " in seconds, with nine decimals from trace-cmd report -t, "83903465823: " with the clocks counter, uptime and x86-tsc.
    private static bool TryTakeTime(scoped ref ReadOnlySpan<byte> rest, out long time)
    {
        time = 0;
        int whole = AsciiNumber.CountDigits(rest);
        if (whole == rest.Length || !AsciiNumber.TryDecimal(rest[..whole], out ulong value))
            return false;
        int end = whole;
        if (rest[whole] == '.')
        {
            int decimals = AsciiNumber.CountDigits(rest[(whole + 1)..]);
            end = whole + 1 + decimals;
            if (decimals is not (6 or 9) || rest.Length <= end || value > long.MaxValue / 1_000_000_000 - 1
                || !AsciiNumber.TryDecimal(rest[(whole + 1)..end], out ulong fraction))
            {
                return false;
            }
            value = value * 1_000_000_000 + (decimals == 6 ? fraction * 1_000 : fraction);
        }
        if (rest[end] != ':' || value > long.MaxValue || (rest.Length > end + 1 && rest[end + 1] != ' '))
            return false;
        time = (long)value;
        rest = rest[Math.Min(end + 2, rest.Length)..];
        return true;
    }

    // At least one space, and something behind them.
    private static bool TrySkipSpaces(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> rest)
    {
        int first = text.IndexOfAnyExcept((byte)' ');
        rest = first <= 0 ? [] : text[first..];
        return first > 0;
    }
}
