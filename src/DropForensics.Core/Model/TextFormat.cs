namespace DropForensics.Core.Model;

/// <summary>Whose text a capture's raw lines are.</summary>
public enum TextFormat
{
    /// <summary>The kernel's own, of trace_pipe or trace.</summary>
    Trace,

    /// <summary>Of <c>trace-cmd report</c>: the kernel's lines, but for spelling.</summary>
    TraceCmd,

    /// <summary>Of <c>perf script</c>.</summary>
    PerfScript,

    /// <summary>Of dropwatch: counts by place, or a paragraph for each packet.</summary>
    Dropwatch,
}
