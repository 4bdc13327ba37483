namespace DropForensics.Core.Lines;

/// <summary>What one character of a line's flags says.</summary>
internal enum FlagColumn
{
    IrqsOff,
    NeedResched,

    /// <summary>With the real-time patches up to Linux 6.5 or so.</summary>
    NeedReschedLazy,

    /// <summary>Interrupt, softirq, NMI or none of them.</summary>
    Context,
    PreemptDepth,

    /// <summary>With the same patches.</summary>
    PreemptLazyDepth,

    /// <summary>Linux 5.15 on; with the patches before as well.</summary>
    MigrateDisable,
}
