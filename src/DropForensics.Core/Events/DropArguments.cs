namespace DropForensics.Core.Events;

/// <summary>A drop's arguments as they stand in its line; empty or null where the event does not say.</summary>
internal readonly ref struct DropArguments
{
    public ReadOnlySpan<byte> Event { get; init; }

    /// <summary>In host order.</summary>
    public int? EtherType { get; init; }

    public ReadOnlySpan<byte> Location { get; init; }

    /// <summary>A name or a number, as printed.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }

    /// <summary>The task's name where the event carries it itself; the line's head may not know it.</summary>
    public ReadOnlySpan<byte> Comm { get; init; }

    /// <summary>The interface's name; without length where what the packet pointed to is not believed to be an interface.</summary>
    public DeviceName Device { get; init; }

    /// <summary>With <see cref="Device"/> only.</summary>
    public int IfIndex { get; init; }

    /// <summary>With <see cref="Device"/> only: inode of the network namespace.</summary>
    public long Netns { get; init; }

    /// <summary>Index of the interface the packet came in through.</summary>
    public int? IncomingIfIndex { get; init; }

    /// <summary>Bytes.</summary>
    public int? Length { get; init; }

    /// <summary>Of a probe: memory around the packet.</summary>
    public ProbeWindow Window { get; init; }
}
