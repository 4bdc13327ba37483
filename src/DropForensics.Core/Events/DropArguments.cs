using DropForensics.Core.Model;

namespace DropForensics.Core.Events;

/// <summary>A drop's arguments as its line shows them; empty or null if the event lacks them.</summary>
internal readonly ref struct DropArguments
{
    public ReadOnlySpan<byte> Event { get; init; }

    /// <summary>In host order.</summary>
    public int? EtherType { get; init; }

    public ReadOnlySpan<byte> Location { get; init; }

    /// <summary>A name or a number, as printed.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }

    /// <summary>The task's name if the event itself has it; the line's head may lack it.</summary>
    public ReadOnlySpan<byte> Comm { get; init; }

    /// <summary>The interface's name; empty if the packet probably did not point to an interface.</summary>
    public DeviceName Device { get; init; }

    /// <summary>With <see cref="Device"/> only.</summary>
    public int IfIndex { get; init; }

    /// <summary>With <see cref="Device"/> only: inode of the network namespace.</summary>
    public long Netns { get; init; }

    /// <summary>Index of the interface the packet came in through.</summary>
    public int? IncomingIfIndex { get; init; }

    /// <summary>Bytes.</summary>
    public int? Length { get; init; }

    /// <summary>Owner of the packet's socket.</summary>
    public SocketOwner? Owner { get; init; }

    /// <summary>For probes: memory around the packet.</summary>
    public ProbeWindow Window { get; init; }
}
