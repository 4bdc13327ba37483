using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Where the kernel saw a packet, or what became of it.</summary>
public enum StopKind
{
    /// <summary><c>net_dev_queue</c>: handed to an interface to be sent.</summary>
    Queue,

    /// <summary><c>net_dev_start_xmit</c>: given to the interface's driver.</summary>
    Send,

    /// <summary><c>netif_rx</c>: an interface puts it into a CPU's backlog.</summary>
    Backlog,

    /// <summary><c>napi_gro_receive_entry</c>: an interface's driver hands it in.</summary>
    Gro,

    /// <summary><c>netif_receive_skb</c>: the stack takes it from an interface.</summary>
    Receive,

    /// <summary><c>consume_skb</c>: freed, and not dropped.</summary>
    Consumed,

    /// <summary><c>kfree_skb</c>: dropped.</summary>
    Dropped,

    /// <summary><c>net_dev_xmit</c>: the driver has taken what it was given; no stop of its own, for the packet may be gone by then.</summary>
    Sent,
}

/// <summary>What the kernel calls each.</summary>
public static class StopKinds
{
    private static readonly string[] Names = ["net_dev_queue", "net_dev_start_xmit", "netif_rx", "napi_gro_receive_entry", "netif_receive_skb", "consume_skb", "kfree_skb", "net_dev_xmit"];

    /// <summary>The event: <c>net_dev_queue</c>.</summary>
    public static string Event(this StopKind kind) => Names[(int)kind];

    /// <summary>What an event tells; null for one that tells of no stop.</summary>
    public static StopKind? Of(string name) => Array.IndexOf(Names, name) is >= 0 and var kind ? (StopKind)kind : null;

    /// <summary>Whether the packet does not exist after it.</summary>
    public static bool IsEnd(this StopKind kind) => kind is StopKind.Consumed or StopKind.Dropped;
}

/// <summary>One stop of a packet.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Interface">Name of the interface; null at the end, whose event does not name one.</param>
/// <param name="TNs">When, in <c>t_ns</c>.</param>
/// <param name="Cpu">On which CPU.</param>
/// <param name="RawLine">Number of its line in its stream.</param>
/// <param name="Length">Bytes of the packet there; null where the event does not say.</param>
public readonly record struct WayStop(StopKind Kind, string? Interface, long TNs, int Cpu, long RawLine, int? Length)
{
    /// <summary>
    /// It is the same packet as at the stop before beyond doubt. If not: the kernel frees some packets without an event, and may have given the memory of this one to
    /// another in between.
    /// </summary>
    public bool IsSure { get; init; } = true;

    /// <summary>What the driver said after <see cref="StopKind.Send"/>: 0 taken, 16 busy; null: not seen.</summary>
    public int? Result { get; init; }
}

/// <summary>Why a way has no earlier stop.</summary>
public enum WayBeginning
{
    /// <summary>Nothing speaks against it: the packet was made or received there, or is a copy of another one.</summary>
    Here,

    /// <summary>The same memory was at a stop before, and no event says what became of that packet: this may be the same one.</summary>
    Unclear,

    /// <summary>The packet was dropped where it had waited, in a socket or a queue, and no stop before is known: it came there before the capture began, or from no interface.</summary>
    Waited,

    /// <summary>Records were lost before, or the capture recorded nothing for a while: earlier stops may be missing.</summary>
    Gap,
}

/// <summary>The stops of one dropped packet.</summary>
public sealed record PacketWay
{
    /// <summary>Id of the drop.</summary>
    public required long Drop { get; init; }

    /// <summary>In the order in which it passed them, the drop last.</summary>
    public required IReadOnlyList<WayStop> Stops { get; init; }

    /// <summary>Why there is none before the first.</summary>
    public WayBeginning Beginning { get; init; }

    /// <summary>Whether all of it is of the same packet beyond doubt.</summary>
    [JsonIgnore]
    public bool IsSure => Stops.All(stop => stop.IsSure);

    /// <summary>The time from the first stop to the drop, in ns.</summary>
    [JsonIgnore]
    public long LengthNs => Stops[^1].TNs - Stops[0].TNs;
}

/// <summary>Drops at one place that came the same way: through interfaces of the same names.</summary>
/// <param name="Reason">Why they were dropped; null: not given.</param>
/// <param name="Function">Which function decided; null: unknown.</param>
/// <param name="Drops">How many.</param>
/// <param name="Stops">The stops, without what differs between them.</param>
/// <param name="Example">The first of them.</param>
public sealed record RouteFacts(string? Reason, string? Function, long Drops, IReadOnlyList<RouteStop> Stops, PacketWay Example)
{
    /// <summary>Its beginning may be missing: records were lost, or a sample was taken.</summary>
    [JsonIgnore]
    public bool IsCut => Example.Beginning == WayBeginning.Gap;
}

/// <summary>A stop of many packets.</summary>
/// <param name="Event">The event there: <c>netif_receive_skb</c>.</param>
/// <param name="Interface">Name of the interface; null: the event has none.</param>
public sealed record RouteStop(string Event, string? Interface);

/// <summary>A dropped packet's way as a report shows it.</summary>
/// <param name="Way">The way.</param>
/// <param name="Reason">Why it was dropped; null: not given.</param>
/// <param name="Function">Which function decided; null: unknown.</param>
public sealed record ShownWay(PacketWay Way, string? Reason, string? Function);

/// <summary>The ways of dropped packets; of a capture that recorded them.</summary>
public sealed record PacketWays
{
    /// <summary>Which drops were asked for (<c>capture --follow</c>): <c>all</c> or an expression; null: nobody said.</summary>
    public string? Followed { get; init; }

    /// <summary>Drops whose ways these are.</summary>
    public required long Drops { get; init; }

    /// <summary>Of these, drops of which an earlier stop is known.</summary>
    public required long WithStops { get; init; }

    /// <summary>Of these, drops with a stop that may be another packet's.</summary>
    public required long Unsure { get; init; }

    /// <summary>Drops whose earlier stops may be missing, because records were lost or a sample was taken.</summary>
    public required long Cut { get; init; }

    /// <summary>Of these, drops of which no earlier stop is known.</summary>
    [JsonIgnore]
    public long CutWithoutStop { get; init; }

    /// <summary>Drops of which no earlier stop is known, and whose packet had waited in a socket or a queue.</summary>
    [JsonIgnore]
    public long WaitedWithoutStop { get; init; }

    /// <summary>Drops of which no earlier stop is known, and whose memory another packet may have had.</summary>
    [JsonIgnore]
    public long UnclearWithoutStop { get; init; }

    /// <summary>The drops are those that match a filter, not all that the capture was to follow.</summary>
    [JsonIgnore]
    public bool IsSelection { get; init; }

    /// <summary>Events that were read to find them.</summary>
    public required long Events { get; init; }

    /// <summary>Events that could not be joined, because the kernel hid the packet's address.</summary>
    public required long Hidden { get; init; }

    /// <summary>The ways they came, the most drops first.</summary>
    public required IReadOnlyList<RouteFacts> Routes { get; init; }

    /// <summary>How many different ways there are; more than are listed.</summary>
    public required int DistinctRoutes { get; init; }

    /// <summary>The first drops, each with its way.</summary>
    [JsonIgnore]
    public IReadOnlyList<ShownWay> First { get; init; } = [];
}
