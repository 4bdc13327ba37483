namespace DropForensics.Core.RingPages;

/// <summary>
/// The head of a line, <c>         flood-24416   [000] ..s1.  1736.773512: </c>, from what every record begins with
/// (kernel/trace/trace_output.c, <c>trace_print_context</c> and <c>trace_print_lat_fmt</c>, 5.10 to 7.3).
/// </summary>
internal sealed class LineHead
{
    // enum trace_flag_type, include/linux/trace_events.h.
    private const int IrqsOff = 0x01, ReschedLazy = 0x02, Resched = 0x04, HardIrq = 0x08, SoftIrq = 0x10, PreemptResched = 0x20, Nmi = 0x40, BhOff = 0x80;

    private const int NoCpu = -1;

    private readonly EventField _flags, _preempt, _pid;
    private readonly bool _showsMigrateDisable;
    private readonly Comms _comms;

    // What stands before the time, as records before had it: an event, its stack and the next event are mostly of the same task, but an
    // event and its stack may differ in their preempt depth.
    private readonly LastHead[] _last = [new(), new(), new(), new()];

    private LineHead(EventField flags, EventField preempt, EventField pid, bool showsMigrateDisable, Comms comms) =>
        (_flags, _preempt, _pid, _showsMigrateDisable, _comms) = (flags, preempt, pid, showsMigrateDisable, comms);

    /// <param name="format">Any event's.</param>
    /// <param name="traceHeader">What the instance's <c>trace</c> file begins with: a legend of the columns.</param>
    /// <param name="comms">Names of tasks.</param>
    /// <returns>Null where they are not as known.</returns>
    public static LineHead? TryMake(EventFormat format, ReadOnlySpan<byte> traceHeader, Comms comms)
    {
        if (format.Find("common_flags") is not { } flags || format.Find("common_preempt_count") is not { } preempt || format.Find("common_pid") is not { } pid)
            return null;

        // With record-tgid there is a column more. "migrate-disable" came with 5.15; on a kernel that has it, preempt-depth is four bits.
        bool known = traceHeader.IndexOf("preempt-depth"u8) >= 0 && traceHeader.IndexOf("TASK-PID"u8) >= 0 && traceHeader.IndexOf("TGID"u8) < 0;
        return known ? new LineHead(flags, preempt, pid, traceHeader.IndexOf("migrate-disable"u8) >= 0, comms) : null;
    }

    /// <summary>False, with nothing appended, where the record is too short.</summary>
    public bool TryAppend(LineBuffer line, int cpu, ulong timeNs, ReadOnlySpan<byte> record)
    {
        if (!_flags.TryRead(record, 0, out ulong flags) || !_preempt.TryRead(record, 0, out ulong preempt) || !_pid.TryRead(record, 0, out ulong pid))
            return false;
        LastHead last = _last[(int)preempt & 3];
        if (last.Of != (flags, preempt, pid, cpu, _comms.Reads))
            Make(last, flags, preempt, pid, cpu);
        line.Append(last.Text.Written);

        // Rounded as ns2usecs does.
        ulong microseconds = (timeNs + 500) / 1000;
        line.AppendDecimal(microseconds / 1_000_000, 5);
        line.Append((byte)'.');
        line.AppendDecimal(microseconds % 1_000_000, 6, (byte)'0');
        line.Append(": "u8);
        return true;
    }

    private void Make(LastHead head, ulong flags, ulong preempt, ulong pid, int cpu)
    {
        ReadOnlySpan<byte> comm = _comms.Of((int)pid);
        LineBuffer text = head.Text;
        text.Clear();
        text.AppendRight(comm, 16);
        text.Append((byte)'-');
        text.AppendSigned((int)pid, 7);
        text.Append(" ["u8);
        text.AppendDecimal((ulong)cpu, 3, (byte)'0');
        text.Append("] "u8);
        AppendFlags(text, (int)flags, (int)preempt & 0xFF);
        text.Append((byte)' ');

        // A name that nobody knows yet is asked for again.
        head.Of = (flags, preempt, pid, Comms.IsUnknown(comm) ? NoCpu : cpu, _comms.Reads);
    }

    private void AppendFlags(LineBuffer line, int flags, int preempt)
    {
        line.Append((flags & (IrqsOff | BhOff)) switch
        {
            IrqsOff | BhOff => (byte)'D',
            IrqsOff => (byte)'d',
            BhOff => (byte)'b',
            _ => (byte)'.',
        });
        line.Append((flags & (Resched | ReschedLazy | PreemptResched)) switch
        {
            Resched | ReschedLazy | PreemptResched => (byte)'B',
            Resched | PreemptResched => (byte)'N',
            ReschedLazy | PreemptResched => (byte)'L',
            Resched | ReschedLazy => (byte)'b',
            Resched => (byte)'n',
            ReschedLazy => (byte)'l',
            PreemptResched => (byte)'p',
            _ => (byte)'.',
        });
        line.Append((flags & Nmi) != 0 ? (flags & HardIrq) != 0 ? (byte)'Z' : (byte)'z'
            : (flags & HardIrq) != 0 ? (flags & SoftIrq) != 0 ? (byte)'H' : (byte)'h'
            : (flags & SoftIrq) != 0 ? (byte)'s' : (byte)'.');
        AppendDepth(line, _showsMigrateDisable ? preempt & 0xF : preempt);
        if (_showsMigrateDisable)
            AppendDepth(line, preempt >> 4);
    }

    private static void AppendDepth(LineBuffer line, int depth)
    {
        if (depth == 0)
            line.Append((byte)'.');
        else
            line.AppendHex((ulong)depth);
    }

    private sealed class LastHead
    {
        public LineBuffer Text { get; } = new(64);

        public (ulong Flags, ulong Preempt, ulong Pid, int Cpu, int CommsRead) Of { get; set; } = (0, 0, 0, NoCpu, 0);
    }
}
