using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Facts;

/// <summary>What is said of packets' ways, the same in the terminal and on the page.</summary>
internal static class WayWords
{
    /// <summary>What is known, and what is not: sentences.</summary>
    public static IEnumerable<string> Sentences(PacketWays ways)
    {
        string of = ways.IsSelection || ways.Followed is null or "all" ? "" : $" of '{ways.Followed}'";
        long withoutStop = ways.Drops - ways.WithStops - ways.CutWithoutStop - ways.WaitedWithoutStop - ways.UnclearWithoutStop;
        string[] others =
        [
            .. ways.CutWithoutStop > 0 ? [$"of {Count(ways.CutWithoutStop)} the beginning is missing, because records were lost or only a sample was recorded"] : Array.Empty<string>(),
            .. ways.WaitedWithoutStop > 0 ? [$"{Count(ways.WaitedWithoutStop)} had waited in a socket or a queue"] : Array.Empty<string>(),
            .. ways.UnclearWithoutStop > 0 ? [$"of {Count(ways.UnclearWithoutStop)} it is unclear whether they had earlier stops"] : Array.Empty<string>(),
            .. withoutStop > 0 ? [$"{Count(withoutStop)} {(withoutStop == 1 ? "was" : "were")} dropped before {(withoutStop == 1 ? "its" : "their")} first stop"] : Array.Empty<string>(),
        ];
        yield return ways.Drops == 0 ? ways.IsSelection ? "No drop matches the filter." : $"No drop{of} is in the capture."
            : ways.WithStops == ways.Drops ? $"The way of {(ways.Drops == 1 ? "the drop" : $"all {Count(ways.Drops, "drop")}")}{of} is known."
            : $"The way of {Count(ways.WithStops)} of {Count(ways.Drops, "drop")}{of} is known; of the others, {string.Join("; ", others)}.";
        if (ways.Cut - ways.CutWithoutStop is > 0 and var cut) yield return $"{Count(cut, "way")} may lack earlier stops, because records were lost or only a sample was recorded.";
        if (ways.Unsure > 0) yield return $"{Count(ways.Unsure, "way")} may have stops of another packet: {(ways.Unsure == 1 ? "it is" : "they are")} marked.";
        if (ways.Hidden > 0) yield return $"{Count(ways.Hidden, "event")} could not be joined, because the kernel hid the packet's address.";
    }

    /// <summary>The interfaces of a way, each once for the stops that follow each other there.</summary>
    public static IReadOnlyList<string> Interfaces(IEnumerable<string?> stops)
    {
        List<string> names = [];
        foreach (string name in stops.OfType<string>())
        {
            if (names is not [.., var last] || last != name) names.Add(name);
        }

        return names;
    }

    /// <summary>The interfaces in a line; empty where there was none before the drop.</summary>
    public static string Line(IEnumerable<string?> stops) => string.Join(" > ", Interfaces(stops));

    /// <summary>Where a packet was dropped: <c>NO_SOCKET in udp_rcv</c>.</summary>
    public static string Place(string? reason, string? function) => $"{reason ?? "no reason"} in {function ?? "an unknown function"}";

    /// <summary>Whether a packet that is dropped there had waited in a socket or a queue: it came there earlier, as one of the stops would show.</summary>
    private static bool HadWaited(string? reason, string? function) =>
        function is "udp_destruct_common" or "udp_destruct_sock" or "skb_queue_purge_reason" or "skb_queue_purge" or "__skb_queue_purge" or "inet_sock_destruct" or "tcp_disconnect" or "unix_release_sock"
        || reason == "QUEUE_PURGE";

    /// <summary>A way as it is with what is known of the drop at its end.</summary>
    public static PacketWay AtItsEnd(PacketWay way, string? reason, string? function) =>
        way is { Beginning: WayBeginning.Here, Stops.Count: 1 } && HadWaited(reason, function) ? way with { Beginning = WayBeginning.Waited } : way;

    /// <summary>Why there is no earlier stop; empty where nothing need be said.</summary>
    public static string Of(WayBeginning beginning) => beginning switch
    {
        WayBeginning.Unclear => "May have begun earlier: a packet was seen in the same memory before, and nothing shows what became of it.",
        WayBeginning.Waited => "Began earlier: the packet had waited in a socket or a queue, and none of its stops is in the capture.",
        WayBeginning.Gap => "May have begun earlier: records are missing before this.",
        _ => "",
    };

    /// <summary>What else is to be said of a stop; empty as a rule.</summary>
    public static string Marks(WayStop stop) => string.Join(", ", new[]
    {
        stop.Kind == StopKind.Dropped ? "dropped" : null,
        stop.IsSure ? null : "the stops before may be of another packet",
        stop.Result is null or 0 ? null : $"the driver returned {stop.Result}",
    }.OfType<string>());

    /// <summary>The time since the stop before: the kernel prints whole microseconds.</summary>
    public static string Gap(long ns) => ns == 0 ? "<1 µs" : Duration(ns);
}
