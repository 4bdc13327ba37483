namespace DropForensics.Core.Model;

/// <summary>One packet drop as the trace shows it, or several that one line counts. Strings and stacks are interned by the decoder.</summary>
public readonly record struct DropEvent()
{
    /// <summary>The CPU that dropped it, from the line; null if the text names none.</summary>
    public required int? Cpu { get; init; }

    /// <summary>How many packets the line reports: 1, except in dropwatch's counts.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Number of its line in its stream, from 1.</summary>
    public required long RawLine { get; init; }

    /// <summary>The line's time in ns of the trace clock; ticks if the clock prints a bare integer, the line's number if the text has no times.</summary>
    public required long Timestamp { get; init; }

    /// <summary>The interrupted task: in softirq rarely the packet's owner. Null where the text names none.</summary>
    public required int? Pid { get; init; }

    /// <summary>Thread group, with <c>record-tgid</c> only; else null.</summary>
    public int? Tgid { get; init; }

    /// <summary>The task's name, at most 15 bytes; bytes that are not UTF-8 read <c>\xNN</c>. Null where the text names none.</summary>
    public required string? Comm { get; init; }

    /// <summary>The trace event that reported the drop: <c>kfree_skb</c>, a probe's name, a traced function.</summary>
    public required string Event { get; init; }

    /// <summary>skb->protocol in host order (ETH_P_IP is 2048), null where the event does not carry it.</summary>
    public int? EtherType { get; init; }

    /// <summary>Where the packet was freed, as printed (<c>tcp_v4_rcv+0x7d/0xf20</c>); null if it is hidden, hashed or absent.</summary>
    public string? Location { get; init; }

    /// <summary>Null if the kernel or the probe gives no reason (up to 5.16, function tracer, nohash-ptr on 6.1).</summary>
    public DropReason? Reason { get; init; }

    /// <summary>The device the packet pointed to (<c>skb->dev</c>); null where it had none, or the event does not carry it.</summary>
    public DropInterface? Interface { get; init; }

    /// <summary>Index of the interface it came in through (<c>skb->skb_iif</c>); null if it came from this host, or the event does not carry it.</summary>
    public int? IncomingIfIndex { get; init; }

    /// <summary>Bytes of the packet (<c>skb->len</c>), without headers already removed; null if the event does not carry it.</summary>
    public int? Length { get; init; }

    /// <summary>Who owns its socket; null where it has no full socket, or the event does not carry one.</summary>
    public SocketOwner? Owner { get; init; }

    /// <summary>The content of its headers; null if the event carries none, or they cannot be read.</summary>
    public PacketHeaders? Headers { get; init; }

    /// <summary>Null if no stack was recorded, or its stack was lost.</summary>
    public CallStack? Stack { get; init; }
}

/// <summary>
/// Why a packet was dropped: a value of the kernel's <c>enum skb_drop_reason</c> or of a subsystem's own enum
/// (include/net/dropreason.h: subsystem = value &gt;&gt; 16).
/// </summary>
/// <param name="Name">The kernel's name, core's without prefix: <c>NO_SOCKET</c>, <c>OVS_DROP_METER</c>; if neither the event's format
/// nor BTF names the value, the number: core's as the trace printed it, others in hexadecimal, <c>0x30002</c>. Never a guess.</param>
/// <param name="Value">The number, where the trace printed a number or the name is known; else null.</param>
/// <param name="Subsystem"><c>core</c>, <c>mac80211</c>, <c>openvswitch</c>, <c>qdisc</c> …; null where it is not known.</param>
public sealed record DropReason(string Name, uint? Value, string? Subsystem);

/// <summary>
/// The network device a dropped packet pointed to (<c>skb->dev</c>), as the kernel's memory had it at that moment. A name or an
/// index alone identifies nothing: every namespace has an <c>lo</c> with index 1.
/// </summary>
/// <param name="Netns">Inode of the network namespace the device is in, as <c>stat -L /proc/PID/ns/net</c> shows it.</param>
/// <param name="IfIndex">Its index there, above 0.</param>
/// <param name="Name">Its name, at most 15 bytes.</param>
public readonly record struct DropInterface(long Netns, int IfIndex, string Name);
