using DropForensics.Core.Model;

namespace DropForensics.Core.Attribution;

/// <summary>
/// Finds which function dropped a packet and where the packet came from, using one event and its stack. An example, innermost frame first, with the
/// role of each part:
/// <code>
///  => trace_event_raw_event_kfree_skb+0x7a/0xc0     tracing
///  => kfree_skb_reason+0x7b/0xd0                    free path
///  => __udp4_lib_rcv+0x9a2/0xc30                    decided: the function
///  => ip_protocol_deliver_rcu+0xd8/0x210
///  => netif_receive_skb_list_internal+0x1cd/0x300
///  => napi_complete_done+0x6d/0x1a0
///  => e1000_clean+0x296/0x6b0 [e1000]               a poll: the entry, and by its module the driver
///  => __napi_poll+0x2b/0x160
///  => net_rx_action+0x2a0/0x350
///  => handle_softirqs+0xd7/0x280                    boundary: below stands what was interrupted
/// </code>
/// </summary>
public static class SiteAttributor
{
    /// <summary>Attributes a drop; never throws, whatever the frames hold.</summary>
    /// <param name="event">The event that reported it: a tracepoint, a probe, a function that was traced.</param>
    /// <param name="location">Where it was freed, as printed; null if the trace does not show it.</param>
    /// <param name="stack">Its stack, if there is one.</param>
    public static SiteAttribution Attribute(string @event, string? location, CallStack? stack)
    {
        if (stack is null || stack.Frames.Count == 0) return FromLocation(@event, location, firstFrame: 0);
        var path = new StackPath(stack);
        if (Decider(path) is not { } decider) return FromLocation(@event, location, firstFrame: path.Length - 1);

        (int root, int? entry) = Entry(path, decider);
        (string? driver, string? rule) = Driver(path, decider, root, entry);
        return new SiteAttribution
        {
            FirstFrame = decider,
            Function = path.Name(decider),
            Module = path.Module(decider),
            FunctionRule = "stack",
            Entry = entry is { } position ? path.Name(position) : null,
            Driver = driver,
            DriverRule = rule,
            WithinSend = entry is { } backlog && path.IsBacklogPoll(backlog) && IsWithinSend(path, backlog),
        };
    }

    /// <summary>Below the softirq stands a way out, and below that the system call it belongs to.</summary>
    private static bool IsWithinSend(StackPath path, int position)
    {
        while (position < path.Length && !path.IsSending(position)) position++;
        while (position < path.Length && !path.IsSystemCall(position)) position++;
        return position < path.Length;
    }

    /// <summary>Without a stack: the event's own location: <c>tcp_v4_rcv+0x7d/0xf20 [module]</c>, or a traced function's caller.</summary>
    private static SiteAttribution FromLocation(string @event, string? location, int firstFrame)
    {
        var nothing = new SiteAttribution { FirstFrame = firstFrame };
        if (location is null) return nothing;
        int end = location.AsSpan().IndexOfAny('+', ' ');
        string name = StackPath.WithoutSuffixes(end < 0 ? location : location[..end]);
        if (name.Length == 0 || IsAddress(name) || StackPath.IsFreeFunction(name)) return nothing;

        // kfree_skb is a tracepoint and, up to 5.16, a function; the tracepoint prints an offset, the function tracer mostly none.
        bool isCaller = StackPath.IsFreeFunction(@event) && (@event != "kfree_skb" || !location.Contains('+'));
        int bracket = location.IndexOf('[');
        return nothing with
        {
            Function = name,
            Module = bracket < 0 ? null : StackPath.RealModule(location[(bracket + 1)..].TrimEnd(']')),
            FunctionRule = isCaller ? "caller" : "location",
        };
    }

    // "ffffffff865ad8f3", as 5.10 prints a location.
    private static bool IsAddress(string name) => name.StartsWith("0x", StringComparison.Ordinal) || (name.Length == 16 && name.All(char.IsAsciiHexDigitLower));

    /// <summary>
    /// The first frame below the free path. If there are only helpers above the boundary, the outermost of them (net_tx_action
    /// decides by itself); null where the stack ends within the free path.
    /// </summary>
    private static int? Decider(StackPath path)
    {
        int start = 0;
        while (start < path.Length && path.IsTracing(start)) start++;

        int free = start;
        while (free < path.Length && !path.IsFreePath(free) && !path.IsBoundary(free)) free++;
        if (free == path.Length || !path.IsFreePath(free))
        {
            // A probe on another function: the user asked for that function itself. A misread trampoline is not one.
            if (start > 0 && start + 1 < path.Length && path.IsCalledByTrampoline(start - 1)) start++;
            while (start < path.Length && path.IsTracing(start)) start++;
            return start < path.Length ? start : null;
        }

        int below = free;
        while (below < path.Length && path.IsFreePath(below)) below++;
        if (below == path.Length) return null;
        return path.IsBoundary(below) ? below - 1 : below;
    }

    /// <summary>
    /// Where the packet's path begins. Root is the outermost frame of that path. The entry is the driver's poll; without a poll, the caller of the
    /// outermost function that drivers call, or else the system call, timer or work.
    /// </summary>
    private static (int Root, int? Entry) Entry(StackPath path, int decider)
    {
        int root = decider;
        while (root + 1 < path.Length && !path.IsPollCaller(root + 1) && !path.IsWorkCaller(root + 1) && !path.IsBoundary(root + 1)) root++;

        bool whole = root + 1 < path.Length;
        if (whole && path.IsPollCaller(root + 1)) return (root, root);
        for (int position = root; position > decider; position--)
        {
            if (path.IsStackEntry(position - 1)) return (root, path.IsStackEntry(position) ? null : position);
        }

        return (root, whole && path.IsWorkCaller(root + 1) ? root : null);
    }

    private static (string? Driver, string? Rule) Driver(StackPath path, int decider, int root, int? entry)
    {
        if (Transmitter(path, decider, root) is { } transmitter) return DriverOf(path, transmitter);
        if (entry is not { } position || path.IsBacklogPoll(position)) return (null, null);
        bool received = (position + 1 < path.Length && path.IsPollCaller(position + 1)) || (position > decider && path.IsStackEntry(position - 1));
        return received ? DriverOf(path, position) : (null, null);
    }

    /// <summary>The driver's transmit function, where the deciding function is that or part of the same driver.</summary>
    private static int? Transmitter(StackPath path, int decider, int root)
    {
        string? driver = DriverOf(path, decider).Driver;
        for (int position = decider; position < root; position++)
        {
            if (path.IsTransmitCaller(position + 1)) return position;
            if (driver is null || DriverOf(path, position + 1).Driver != driver) return null;
        }

        return null;
    }

    private static (string? Driver, string? Rule) DriverOf(StackPath path, int position)
    {
        if (path.Module(position) is { } module) return (module, DriverRule.Module);
        return DriverNames.OfSymbol(path.Name(position)) is { } driver ? (driver, DriverRule.Symbol) : (null, null);
    }
}
