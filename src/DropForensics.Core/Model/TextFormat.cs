namespace DropForensics.Core.Model;

/// <summary>The tool that printed a capture's raw lines.</summary>
public enum TextFormat
{
    /// <summary>The kernel's own, of trace_pipe or trace.</summary>
    Trace,

    /// <summary><c>trace-cmd report</c>: the kernel's lines in a slightly different format.</summary>
    TraceCmd,

    /// <summary>Of <c>perf script</c>.</summary>
    PerfScript,

    /// <summary>Of dropwatch: counts by place, or a paragraph for each packet.</summary>
    Dropwatch,
}
