namespace DropForensics.Core.Tracefs;

/// <summary>A drop's arguments as they stand in its line; empty where the event does not say.</summary>
internal readonly ref struct DropArguments
{
    public ReadOnlySpan<byte> Event { get; init; }

    /// <summary>In host order.</summary>
    public int? EtherType { get; init; }

    public ReadOnlySpan<byte> Location { get; init; }

    /// <summary>A name or a number, as printed.</summary>
    public ReadOnlySpan<byte> Reason { get; init; }
}
