namespace DropForensics.Core.RingPages;

/// <summary>The tracefs files, unchanged, that describe the host's ring and the recorded events; needed to read ring pages.</summary>
public sealed record RingEvents
{
    /// <summary><c>events/header_page</c>: layout of a ring page.</summary>
    public required byte[] HeaderPage { get; init; }

    /// <summary><c>events/header_event</c>: layout of a record header.</summary>
    public required byte[] HeaderEvent { get; init; }

    /// <summary>
    /// The <c>format</c> of each event, that of ftrace/function for the function tracer; and the event it is attached to, as its lines name it,
    /// <c>skb.kfree_skb</c>, which is null unless it is an eprobe.
    /// </summary>
    public required IReadOnlyList<(byte[] Format, string? AttachedTo)> Events { get; init; }

    /// <summary>The <c>format</c> of ftrace/kernel_stack.</summary>
    public required byte[] KernelStack { get; init; }

    /// <summary>The instance's <c>trace</c> file before anything was recorded: a legend of the columns.</summary>
    public required byte[] TraceHeader { get; init; }

    /// <summary>The instance hashes <c>%p</c> (option hash-ptr): the printed value cannot be computed from the record.</summary>
    public required bool HashesPointers { get; init; }
}
