namespace DropForensics.Core.Model;

/// <summary>What the place of a drop shows about it, each part with the rule that found it. Unknown is null.</summary>
public sealed record SiteAttribution
{
    /// <summary>Position in the stack of <see cref="Function"/>: the frames above it are tracing and the free path; 0 without a stack.</summary>
    public int FirstFrame { get; init; }

    /// <summary>The function that decided to drop, without compiler suffixes (<c>.constprop.0</c>, <c>.isra.0</c> …).</summary>
    public string? Function { get; init; }

    /// <summary>The module that contains <see cref="Function"/>; null for the kernel image, or if the trace does not show it.</summary>
    public string? Module { get; init; }

    /// <summary><c>stack</c>, <c>location</c> (the event's own) or <c>caller</c> (the function tracer's).</summary>
    public string? FunctionRule { get; init; }

    /// <summary>The function that passed the packet to the network stack: a driver's poll, <c>process_backlog</c>, a system call, a timer.</summary>
    public string? Entry { get; init; }

    /// <summary>
    /// The packet was taken from the CPU's backlog during a sending system call. Most likely that call queued it, so here the interrupted task is likely the sender.
    /// </summary>
    public bool WithinSend { get; init; }

    /// <summary>The network driver the packet came in, or was to go out, through.</summary>
    public string? Driver { get; init; }

    /// <summary><c>module</c> (the kernel named it), <c>symbol</c> (by a function's prefix) or <c>backlog</c> (inferred from counters).</summary>
    public string? DriverRule { get; init; }

    /// <summary>If <see cref="Driver"/> is unknown: the possible drivers, separated by commas; null if nothing narrows it down.</summary>
    public string? DriverCandidates { get; init; }
}
