namespace DropForensics.Core.Model;

/// <summary>An event of the trace that is not a drop: <c>tcp_retransmit_skb</c>, <c>sched_switch</c>. The function tracer's calls do not count.</summary>
public sealed record OtherEvent
{
    /// <summary>The event as the text names it: <c>tcp_retransmit_skb</c>, of perf <c>tcp:tcp_retransmit_skb</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The CPU it happened on.</summary>
    public required int Cpu { get; init; }

    /// <summary>Number of its line in its stream, from 1.</summary>
    public required long RawLine { get; init; }

    /// <summary>The line's time, as <see cref="DropEvent.Timestamp"/>.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The task that was running.</summary>
    public required int Pid { get; init; }

    /// <summary>Thread group, with <c>record-tgid</c> only; else null.</summary>
    public int? Tgid { get; init; }

    /// <summary>The task's name.</summary>
    public required string Comm { get; init; }

    /// <summary>Its fields as a JSON object, each value as printed: <c>{"state":"TCP_SYN_SENT"}</c>.</summary>
    public required string Fields { get; init; }

    /// <summary>The flow that its fields name, if they do and it is one of TCP or UDP: of what was sent or received, else of the socket.</summary>
    public PacketFlow? Flow { get; init; }

    /// <summary>Null where no stack was recorded.</summary>
    public CallStack? Stack { get; init; }
}
