namespace DropForensics.Core.Model;

/// <summary>What can be said about a drop from where it happened, each part with the rule that found it. Unknown is null.</summary>
public sealed record SiteAttribution
{
    /// <summary>Position in the stack of <see cref="Function"/>: the frames above it are tracing and the free path; 0 without a stack.</summary>
    public int FirstFrame { get; init; }

    /// <summary>The function that decided to drop, without compiler suffixes (<c>.constprop.0</c>, <c>.isra.0</c> …).</summary>
    public string? Function { get; init; }

    /// <summary>The module <see cref="Function"/> lives in; null for the kernel image, or where the trace does not say.</summary>
    public string? Module { get; init; }

    /// <summary><c>stack</c>, <c>location</c> (the event's own) or <c>caller</c> (the function tracer's).</summary>
    public string? FunctionRule { get; init; }

    /// <summary>The function that handed the packet to the stack: a driver's poll, <c>process_backlog</c>, a system call, a timer.</summary>
    public string? Entry { get; init; }

    /// <summary>
    /// The packet was taken from the CPU's backlog within a system call that sends: what the call queued there itself is
    /// the most likely origin, so the interrupted task is, for once, likely the sender.
    /// </summary>
    public bool WithinSend { get; init; }

    /// <summary>The network driver the packet came in, or was to go out, through.</summary>
    public string? Driver { get; init; }

    /// <summary><c>module</c> (the kernel named it), <c>symbol</c> (by a function's prefix) or <c>backlog</c> (inferred from counters).</summary>
    public string? DriverRule { get; init; }

    /// <summary>Where <see cref="Driver"/> is unknown: the drivers it may have been, comma separated; null where nothing narrows it.</summary>
    public string? DriverCandidates { get; init; }
}
