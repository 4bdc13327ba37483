using DropForensics.Core.Lines;
using DropForensics.Core.Text;

namespace DropForensics.Core.Perf;

/// <summary>
/// The head of a line of <c>perf script</c> (tools/perf/builtin-script.c, <c>perf_sample__fprintf_start</c>), as a view of it. Without
/// stacks the comm is padded, with <c>-F +pid</c> the process stands before the thread, <c>--ns</c> gives nine decimals; what other
/// fields print between CPU and time (<c>misc</c>, <c>tod</c>) is passed over.
/// <code>my prog: 3  1702 [000] 15746.139247: skb:kfree_skb: skbaddr=…</code>
/// <code>            bash  1699/1699  [000] 15746.137294862:          1 skb:kfree_skb: skbaddr=…</code>
/// </summary>
internal readonly ref struct PerfHeader
{
    // TASK_COMM_LEN is 16 with its end.
    private const int MaxCommBytes = 15;

    // After the start of the comm: its padding, two numbers and the blanks around them.
    private const int MaxCpuColumn = 64;

    private const int MaxFieldsBeforeTime = 4;

    // " %5d": a number with less space before it is part of the comm, and no task was printed.
    private const int LeastTaskColumns = 6;

    public ReadOnlySpan<byte> Comm { get; private init; }

    /// <summary>The thread's, or the only number there; -1 if perf knew none.</summary>
    public int Pid { get; private init; }

    /// <summary>The process', where both are printed.</summary>
    public int? Tgid { get; private init; }

    public int Cpu { get; private init; }

    /// <summary>ns.</summary>
    public long Timestamp { get; private init; }

    /// <summary>What follows the time: period, event and arguments, without the blanks before them.</summary>
    public ReadOnlySpan<byte> Event { get; private init; }

    /// <summary>
    /// A comm may contain anything, even the start of a head, but is shorter than a whole head. So the CPU is the last one in brackets
    /// with at most a comm before it.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out PerfHeader header)
    {
        line = TraceText.SkipBlanks(line);
        ReadOnlySpan<byte> search = line[..Math.Min(line.Length, MaxCpuColumn)];
        while (search.LastIndexOf(" ["u8) is >= 0 and int bracket)
        {
            if (TryParseAt(line, bracket + 1, out header))
                return true;
            search = search[..bracket];
        }
        header = default;
        return false;
    }

    private static bool TryParseAt(ReadOnlySpan<byte> line, int bracket, out PerfHeader header)
    {
        header = default;
        ReadOnlySpan<byte> rest = line[(bracket + 1)..];
        int digits = AsciiNumber.CountDigits(rest);
        if (digits < 3 || !AsciiNumber.TryDecimal(rest[..digits], TraceHeader.MaxCpus - 1, out int cpu) || rest.Length <= digits + 1
            || rest[digits] != ']' || rest[digits + 1] != ' ' || !TryTakeTime(rest[(digits + 1)..], out long time, out ReadOnlySpan<byte> text)
            || !TryTakeTask(line[..bracket].TrimEnd((byte)' '), out ReadOnlySpan<byte> comm, out int pid, out int? tgid))
        {
            return false;
        }
        header = new PerfHeader { Comm = comm, Pid = pid, Tgid = tgid, Cpu = cpu, Timestamp = time, Event = text };
        return true;
    }

    // "my prog: 3  1702", "bash  1699/1699", ":-1    -1"
    private static bool TryTakeTask(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> comm, out int pid, out int? tgid)
    {
        comm = [];
        pid = 0;
        tgid = null;
        int blank = text.LastIndexOf((byte)' ');
        if (blank < 0)
            return false;
        ReadOnlySpan<byte> numbers = text[(blank + 1)..];
        comm = text[..blank].TrimEnd((byte)' ');
        int slash = numbers.IndexOf((byte)'/');
        if (slash >= 0)
        {
            if (!TryPid(numbers[..slash], out int process))
                return false;
            tgid = process;
        }
        return comm.Length is > 0 and <= MaxCommBytes && text.Length - comm.Length >= LeastTaskColumns && TryPid(numbers[(slash + 1)..], out pid);
    }

    private static bool TryPid(ReadOnlySpan<byte> text, out int pid)
    {
        if (!text.SequenceEqual("-1"u8))
            return AsciiNumber.TryDecimal(text, int.MaxValue, out pid);
        pid = -1;
        return true;
    }

    // " 15746.137294: skb:kfree_skb: …"
    private static bool TryTakeTime(ReadOnlySpan<byte> text, out long time, out ReadOnlySpan<byte> rest)
    {
        time = 0;
        rest = [];
        for (int field = 0; field <= MaxFieldsBeforeTime; field++)
        {
            text = text.TrimStart((byte)' ');
            int end = text.IndexOf((byte)' ');
            if (end < 0)
                end = text.Length;
            if (end > 0 && text[end - 1] == ':' && TryTime(text[..(end - 1)], out time))
            {
                rest = text[end..].TrimStart((byte)' ');
                return true;
            }
            text = text[end..];
        }
        return false;
    }

    private static bool TryTime(ReadOnlySpan<byte> text, out long time)
    {
        time = 0;
        int whole = AsciiNumber.CountDigits(text);
        int decimals = text.Length - whole - 1;
        if (decimals is not (6 or 9) || text[whole] != '.' || !AsciiNumber.TryDecimal(text[..whole], out ulong seconds)
            || seconds > long.MaxValue / 1_000_000_000 - 1 || !AsciiNumber.TryDecimal(text[(whole + 1)..], out ulong fraction))
        {
            return false;
        }
        time = (long)((seconds * 1_000_000_000) + (decimals == 6 ? fraction * 1_000 : fraction));
        return true;
    }
}
