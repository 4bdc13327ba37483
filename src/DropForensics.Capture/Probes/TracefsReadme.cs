using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Probes;

/// <summary>
/// What this kernel's probe definitions may contain, by the README file in tracefs, which the kernel makes of its own
/// configuration. That it lists a kind of probe does not say that the kernel was built with it: only trying does.
/// </summary>
internal sealed record TracefsReadme(string Text)
{
    public static TracefsReadme Read(string tracefs) =>
        new(Encoding.UTF8.GetString(HostRoot.TryReadFile(Path.Combine(tracefs, "README")) ?? []));

    /// <summary>Event probes, <c>e[:[&lt;group>/][&lt;event>]] …</c> (5.15).</summary>
    public bool HasEventProbes => Text.Contains("e[:[", StringComparison.Ordinal);

    /// <summary>Probes on functions of the kernel: with uprobes alone, no such place is listed.</summary>
    public bool HasKernelProbes => Text.Contains("place: [<module>:]<symbol>", StringComparison.Ordinal);

    /// <summary>A function's arguments by number, <c>$arg1</c> (4.20).</summary>
    public bool HasArguments => Text.Contains("$arg<N>", StringComparison.Ordinal);

    /// <summary>A type that prints an address as symbol and offset.</summary>
    public bool HasSymbolType => Text.Contains(", symbol", StringComparison.Ordinal);
}
