namespace DropForensics.Core.Lines;

/// <summary>
/// The meaning of each character of a line's flags, from the legend at the head of a tracefs <c>trace</c> file (kernel/trace/trace.c). Linux has four
/// of them up to 5.14 and five since; the real-time patches of that time add one before the context and one after the preempt depth:
/// <code>
/// #                                _-------=> irqs-off/BH-disabled
/// #                               / _------=> need-resched
/// #                              | / _-----=> need-resched-lazy
/// #                              || / _----=> hardirq/softirq
/// </code>
/// </summary>
internal sealed class FlagLegend
{
    private const int UsualContext = 2, WithLazyContext = 3;

    private readonly List<FlagColumn> _columns = [];
    private bool _hasUnknown;

    /// <summary>In their order; empty without a legend, or if it has an unknown column.</summary>
    public IReadOnlyList<FlagColumn> Columns => _hasUnknown ? [] : _columns;

    /// <summary>The first column also shows that softirqs are off.</summary>
    public bool ShowsBhDisabled { get; private set; }

    public static FlagLegend Of(ReadOnlySpan<byte> head)
    {
        var legend = new FlagLegend();
        foreach (Range line in head.Split((byte)'\n'))
            legend.Read(head[line]);
        return legend;
    }

    /// <summary>Reads a comment line if it belongs to the legend.</summary>
    public void Read(ReadOnlySpan<byte> comment)
    {
        int arrow = comment.IndexOf("=> "u8);
        if (arrow < 0)
            return;
        ReadOnlySpan<byte> name = comment[(arrow + 3)..].Trim(" \r"u8);

        // A legend begins here; one of the latency format has the CPU before it.
        if (name.StartsWith("irqs-off"u8))
        {
            (_hasUnknown, ShowsBhDisabled) = (false, name.EndsWith("/BH-disabled"u8));
            _columns.Clear();
        }

        if (ColumnOf(name) is { } column)
            _columns.Add(column);
        else
            _hasUnknown = true;
    }

    /// <summary>The flags with the context third and the preempt depth fourth, as without the patches; other flags before these move to the end.</summary>
    /// <param name="flags">See <see cref="TraceHeader.Flags"/>.</param>
    public ulong Order(ulong flags)
    {
        int moved = 8 * ((ContextColumn ?? ContextOf(flags)) - UsualContext);
        if (moved == 0)
            return flags;
        ulong before = flags & 0xFFFF, between = flags >> 16;
        return before | between >> moved << 16 | between << (64 - moved);
    }

    private int? ContextColumn => Columns is { Count: > UsualContext } columns && _columns.IndexOf(FlagColumn.Context) is var at and >= UsualContext
        && at + 1 < columns.Count && columns[at + 1] == FlagColumn.PreemptDepth ? at : null;

    // One CPU's trace_pipe has no legend. Five characters or fewer mean a kernel without the patches. With more, the context is at one
    // of two positions: if both show none, there is none.
    private static int ContextOf(ulong flags)
    {
        (byte third, byte fourth) = ((byte)(flags >> 16), (byte)(flags >> 24));
        bool isShort = flags >> 40 == 0;
        return isShort || "ZzHhs"u8.Contains(third) || char.IsAsciiHexDigit((char)fourth) ? UsualContext : WithLazyContext;
    }

    private static FlagColumn? ColumnOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("irqs-off"u8) || name.SequenceEqual("irqs-off/BH-disabled"u8) ? FlagColumn.IrqsOff
        : name.SequenceEqual("need-resched"u8) ? FlagColumn.NeedResched
        : name.SequenceEqual("need-resched-lazy"u8) || name.SequenceEqual("need-resched_lazy"u8) ? FlagColumn.NeedReschedLazy
        : name.SequenceEqual("hardirq/softirq"u8) ? FlagColumn.Context
        : name.SequenceEqual("preempt-depth"u8) ? FlagColumn.PreemptDepth
        : name.SequenceEqual("preempt-lazy-depth"u8) ? FlagColumn.PreemptLazyDepth
        : name.SequenceEqual("migrate-disable"u8) ? FlagColumn.MigrateDisable
        : null;
}

/// <summary>The meaning of one character of a line's flags.</summary>
internal enum FlagColumn
{
    IrqsOff,
    NeedResched,

    /// <summary>With the real-time patches up to Linux 6.5 or so.</summary>
    NeedReschedLazy,

    /// <summary>Interrupt, softirq, NMI or none of them.</summary>
    Context,
    PreemptDepth,

    /// <summary>With the real-time patches up to Linux 6.5 or so.</summary>
    PreemptLazyDepth,

    /// <summary>Since Linux 5.15; with the real-time patches also earlier.</summary>
    MigrateDisable,
}
