namespace DropForensics.Core.RingPages;

/// <summary>What a host says of its ring and of the event that is recorded: files of tracefs as they are, by which pages are read.</summary>
public sealed record RingEvents
{
    /// <summary>events/header_page and events/header_event.</summary>
    public required byte[] HeaderPage { get; init; }

    public required byte[] HeaderEvent { get; init; }

    /// <summary>The <c>format</c> of the event; that of ftrace/function for the function tracer.</summary>
    public required byte[] Event { get; init; }

    /// <summary>The <c>format</c> of ftrace/kernel_stack.</summary>
    public required byte[] KernelStack { get; init; }

    /// <summary>The instance's <c>trace</c> file before anything was recorded: a legend of the columns.</summary>
    public required byte[] TraceHeader { get; init; }

    /// <summary>What the event is attached to, as its lines name it, <c>skb.kfree_skb</c>; null unless it is an eprobe.</summary>
    public string? AttachedTo { get; init; }

    /// <summary>The instance hashes <c>%p</c> (option hash-ptr): what such a record prints cannot be known from it.</summary>
    public required bool HashesPointers { get; init; }
}
