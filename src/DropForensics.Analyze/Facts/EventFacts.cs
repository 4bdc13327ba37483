namespace DropForensics.Analyze.Facts;

/// <summary>Events of one kind beside the drops.</summary>
public sealed class EventFacts
{
    /// <summary>As the trace names it: <c>tcp_retransmit_skb</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>How many there are.</summary>
    public required long Events { get; init; }

    /// <summary>The first one's time, in <c>t_ns</c>.</summary>
    public required long FirstNs { get; init; }

    /// <summary>The last one's time, in <c>t_ns</c>.</summary>
    public required long LastNs { get; init; }

    /// <summary>The fields of one of them, as JSON.</summary>
    public required string Example { get; init; }
}
