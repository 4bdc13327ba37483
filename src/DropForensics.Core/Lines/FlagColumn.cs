namespace DropForensics.Core.Lines;

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
