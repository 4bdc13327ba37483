using DropForensics.Core.Lines;

namespace DropForensics.Core.RingPages;

/// <summary>
/// The head of a line, <c>         flood-24416   [000] ..s1.  1736.773512: </c>, from what every record begins with
/// (kernel/trace/trace_output.c, <c>trace_print_context</c> and <c>trace_print_lat_fmt</c>, 5.10 to 7.3, and with the real-time patches that
/// have lazy preemption of their own, up to 6.5 or so).
/// </summary>
internal sealed class LineHead
{
    // enum trace_flag_type, include/linux/trace_events.h.
    private const int IrqsOff = 0x01, ReschedLazy = 0x02, Resched = 0x04, HardIrq = 0x08, SoftIrq = 0x10, PreemptResched = 0x20, Nmi = 0x40, BhOff = 0x80;

    // The patches use a spare bit for lazy preemption: the one that later marks disabled softirqs.
    private const int PatchedLazy = 0x20, EarlyPatchedLazy = 0x80;

    private const string LazyDepthField = "common_preempt_lazy_count";

    private const int NoCpu = -1;

    private readonly EventField _flags, _preempt, _pid;
    private readonly EventField? _lazyDepth, _migrateDisable;
    private readonly FlagColumn[] _columns;
    private readonly bool _showsMigrateDisable;
    private readonly int _patchedLazy;
    private readonly Comms _comms;

    // The text before the time, cached: an event, its stack and the next event are mostly of the same task, but an
    // event and its stack may differ in their preempt depth.
    private readonly LastHead[] _last = [new(), new(), new(), new()];

    private LineHead(EventField flags, EventField preempt, EventField pid, EventFormat format, FlagLegend legend, Comms comms)
    {
        (_flags, _preempt, _pid, _comms) = (flags, preempt, pid, comms);
        _columns = [.. legend.Columns];
        (_lazyDepth, _migrateDisable) = (format.Find(LazyDepthField), format.Find("common_migrate_disable"));
        _showsMigrateDisable = _columns.Contains(FlagColumn.MigrateDisable);
        _patchedLazy = !_columns.Contains(FlagColumn.NeedReschedLazy) ? 0 : legend.ShowsBhDisabled ? PatchedLazy : EarlyPatchedLazy;
    }

    /// <param name="format">Any event's.</param>
    /// <param name="traceHeader">The head of the instance's <c>trace</c> file: a legend of the columns.</param>
    /// <param name="comms">Names of tasks.</param>
    /// <returns>Null if their layout is unknown.</returns>
    public static LineHead? TryMake(EventFormat format, ReadOnlySpan<byte> traceHeader, Comms comms)
    {
        if (format.Find("common_flags") is not { } flags || format.Find("common_preempt_count") is not { } preempt || format.Find("common_pid") is not { } pid)
            return null;

        // record-tgid adds a column.
        var legend = FlagLegend.Of(traceHeader);
        bool known = legend.Columns.Count > 0 && traceHeader.IndexOf("TASK-PID"u8) >= 0 && traceHeader.IndexOf("TGID"u8) < 0;
        bool hasLazyDepth = !legend.Columns.Contains(FlagColumn.PreemptLazyDepth) || format.Find(LazyDepthField) is not null;
        return known && hasLazyDepth ? new LineHead(flags, preempt, pid, format, legend, comms) : null;
    }

    /// <summary>False, with nothing appended, if the record is too short.</summary>
    public bool TryAppend(LineBuffer line, int cpu, ulong timeNs, ReadOnlySpan<byte> record)
    {
        if (!_flags.TryRead(record, 0, out ulong flags) || !_preempt.TryRead(record, 0, out ulong preempt) || !_pid.TryRead(record, 0, out ulong pid))
            return false;
        if (!TryReadIfAny(_lazyDepth, record, out ulong lazyDepth) || !TryReadIfAny(_migrateDisable, record, out ulong migrateDisable))
            return false;
        var depths = new Depths((int)preempt & 0xFF, (int)lazyDepth, (int)migrateDisable);
        LastHead last = _last[(int)preempt & 3];
        if (last.Of != (flags, depths, pid, cpu, _comms.Reads))
            Make(last, flags, depths, pid, cpu);
        line.Append(last.Text.Written);

        // Rounded as ns2usecs does.
        ulong microseconds = (timeNs + 500) / 1000;
        line.AppendDecimal(microseconds / 1_000_000, 5);
        line.Append((byte)'.');
        line.AppendDecimal(microseconds % 1_000_000, 6, (byte)'0');
        line.Append(": "u8);
        return true;
    }

    private static bool TryReadIfAny(EventField? field, ReadOnlySpan<byte> record, out ulong value)
    {
        value = 0;
        return field is null || field.TryRead(record, 0, out value);
    }

    private void Make(LastHead head, ulong flags, Depths depths, ulong pid, int cpu)
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
        AppendFlags(text, (int)flags, depths);
        text.Append((byte)' ');

        // An unknown name is looked up again.
        head.Of = (flags, depths, pid, Comms.IsUnknown(comm) ? NoCpu : cpu, _comms.Reads);
    }

    private void AppendFlags(LineBuffer line, int flags, in Depths depths)
    {
        // On a kernel that shows it and has no field of its own for it, migrate-disable has four bits of the preempt depth's eight.
        bool isOneByte = _migrateDisable is null && _showsMigrateDisable;
        foreach (FlagColumn column in _columns)
        {
            switch (column)
            {
                case FlagColumn.IrqsOff:
                    line.Append(IrqsOffLetter(flags & ~_patchedLazy));
                    break;
                case FlagColumn.NeedResched:
                    line.Append(ReschedLetter(flags & ~_patchedLazy));
                    break;
                case FlagColumn.NeedReschedLazy:
                    line.Append((flags & _patchedLazy) != 0 ? (byte)'L' : (byte)'.');
                    break;
                case FlagColumn.Context:
                    line.Append(ContextLetter(flags));
                    break;
                case FlagColumn.PreemptDepth:
                    AppendDepth(line, isOneByte ? depths.Preempt & 0xF : depths.Preempt);
                    break;
                case FlagColumn.PreemptLazyDepth:
                    AppendDepth(line, depths.Lazy);
                    break;
                case FlagColumn.MigrateDisable:
                    AppendDepth(line, isOneByte ? depths.Preempt >> 4 : depths.MigrateDisable);
                    break;
            }
        }
    }

    private static byte IrqsOffLetter(int flags) => (flags & (IrqsOff | BhOff)) switch
    {
        IrqsOff | BhOff => (byte)'D',
        IrqsOff => (byte)'d',
        BhOff => (byte)'b',
        _ => (byte)'.',
    };

    private static byte ReschedLetter(int flags) => (flags & (Resched | ReschedLazy | PreemptResched)) switch
    {
        Resched | ReschedLazy | PreemptResched => (byte)'B',
        Resched | PreemptResched => (byte)'N',
        ReschedLazy | PreemptResched => (byte)'L',
        Resched | ReschedLazy => (byte)'b',
        Resched => (byte)'n',
        ReschedLazy => (byte)'l',
        PreemptResched => (byte)'p',
        _ => (byte)'.',
    };

    private static byte ContextLetter(int flags) => (flags & Nmi) != 0 ? (flags & HardIrq) != 0 ? (byte)'Z' : (byte)'z'
        : (flags & HardIrq) != 0 ? (flags & SoftIrq) != 0 ? (byte)'H' : (byte)'h'
        : (flags & SoftIrq) != 0 ? (byte)'s' : (byte)'.';

    private static void AppendDepth(LineBuffer line, int depth)
    {
        if (depth == 0)
            line.Append((byte)'.');
        else
            line.AppendHex((ulong)depth);
    }

    private readonly record struct Depths(int Preempt, int Lazy, int MigrateDisable);

    private sealed class LastHead
    {
        public LineBuffer Text { get; } = new(64);

        public (ulong Flags, Depths Depths, ulong Pid, int Cpu, int CommsRead) Of { get; set; } = (0, default, 0, NoCpu, 0);
    }
}
