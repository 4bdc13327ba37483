using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;
using DropForensics.Core.Filters;

namespace DropForensics.Capture.Probes;

/// <summary>Events beside the drops that the user asked for: <c>--event</c> names one, <c>--with</c> a set of them.</summary>
internal static class OtherEvents
{
    /// <summary>More would not be read, and each costs the host something.</summary>
    private const int Most = 64;

    // None fires for packets that go their way. The budget of napi_poll is 64 unless a driver asked for another.
    private static readonly EventSet[] SetsInOrder =
    [
        new("tcp", ["tcp:tcp_retransmit_skb", "tcp:tcp_retransmit_synack", "tcp:tcp_send_reset", "tcp:tcp_receive_reset", "sock:inet_sk_error_report"]),
        new("queues", ["sock:sock_rcvqueue_full", "sock:sock_exceed_buf_limit", "udp:udp_fail_queue_rcv_skb", "net:net_dev_xmit_timeout", "napi:dql_stall_detected"]),
        new("softirq", ["napi:napi_poll/work >= 64/"]),
        new("xdp", ["xdp:xdp_exception", "xdp:xdp_redirect_err", "xdp:xdp_redirect_map_err"]),
        new("hardware", ["devlink:devlink_trap_report", "devlink:devlink_health_report"]),
    ];

    // Where a packet is seen on its way, in the order of the layers; of each the kernel's word for its interface is "name".
    private static readonly string[] Stops = ["net:net_dev_queue", "net:net_dev_start_xmit", "net:net_dev_xmit", "net:netif_rx", "net:napi_gro_receive_entry", "net:netif_receive_skb"];

    // The end of a packet that was not dropped.
    private const string End = "skb:consume_skb";

    /// <summary>Names for <c>--with</c>.</summary>
    public static IEnumerable<string> Sets => SetsInOrder.Select(set => set.Name);

    /// <summary>What of each set this host has: <c>tcp 5 of 5, xdp none</c>.</summary>
    public static string Here(string tracefs) => string.Join(", ", SetsInOrder.Select(set =>
        $"{set.Name} {set.Events.Count(each => HasIt(tracefs, Parse(each))) switch { 0 => "none", var there => $"{there} of {set.Events.Length}" }}"));

    /// <summary>The events, as far as this host has them.</summary>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="named">As <c>--event</c> has them: <c>tcp:tcp_probe</c>, <c>sched:sched_switch/prev_pid == 1/</c>.</param>
    /// <param name="sets">As <c>--with</c> has them.</param>
    /// <param name="follow">As <c>--follow</c> has it; null: no packet is followed.</param>
    /// <exception cref="UserError">One that was named is not an event, or this host has not it, or nothing of a set.</exception>
    public static IReadOnlyList<ArmedEvent> Plan(string tracefs, IReadOnlyList<string> named, IReadOnlyList<string> sets, FollowedPackets? follow = null)
    {
        List<ArmedEvent> events = [.. follow is null ? [] : WayOf(tracefs, follow), .. named.Select(text => Required(tracefs, text))];
        events = [.. events.Distinct()];
        if (events.GroupBy(each => each.Id).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new UserError($"{twice} is named twice with different filters, but an event can have only one", "Join them with || in one filter.", ExitCode.Usage);
        foreach (EventSet? set in SetsInOrder.Where(set => sets.Contains(set.Name)))
        {
            List<ArmedEvent> there = [.. set.Events.Select(Parse).Where(each => HasIt(tracefs, each))];
            if (there.Count == 0)
                throw new UserError($"this host has none of the events that --with {set.Name} records: {string.Join(", ", set.Events.Select(member => Parse(member).Id))}", $"Leave --with {set.Name} out.");
            events.AddRange(there);
        }

        events = [.. events.DistinctBy(each => each.Id)];
        return events.Count <= Most ? events : throw new UserError($"{events.Count} events are too many to record beside the drops", $"Name at most {Most}.", ExitCode.Usage);
    }

    /// <summary>The events of a packet's way, as far as this host has them; the kernel leaves out what happens at other interfaces than those asked for.</summary>
    private static IEnumerable<ArmedEvent> WayOf(string tracefs, FollowedPackets follow)
    {
        string filter = follow.Interfaces is { } names ? string.Join(" || ", names.Select(name => EventFilter.Interface(name).Replace("dev ", "name ", StringComparison.Ordinal))) : "";
        ArmedEvent[] stops = [.. Stops.Select(Parse).Where(each => HasIt(tracefs, each))];
        return HasIt(tracefs, Parse(End)) && stops.Length > 0 ? [.. stops.Select(each => each with { Filter = filter }), Parse(End)]
            : throw new UserError($"this host lacks {(stops.Length > 0 ? End : string.Join(", ", Stops))}, so a packet cannot be followed", "Leave --follow out.");
    }

    private static ArmedEvent Required(string tracefs, string text)
    {
        ArmedEvent asked = Parse(text);
        if (asked.Directory == DropTracepoint.Directory) throw new UserError($"--event {text}: a capture records the drops anyway", "Leave it out.", ExitCode.Usage);
        if (HasIt(tracefs, asked)) return asked;
        string system = Path.GetDirectoryName(Path.Combine(tracefs, asked.Directory ?? "")) ?? "";
        throw new UserError(
            $"this host has no event {asked.Id}",
            Directory.Exists(system) ? $"ls {system} lists the events of that kind." : "available_events in tracefs lists all events.");
    }

    private static ArmedEvent Parse(string text)
    {
        int slash = text.IndexOf('/');
        string[] words = (slash < 0 ? text : text[..slash]).Split(':');
        string filter = slash < 0 ? "" : text[(slash + 1)..];
        bool isWhole = slash < 0 || (filter.Length > 1 && filter.EndsWith('/') && filter != "0/" && !filter.Any(char.IsControl)); // 0 would remove the filter
        if (words is not [var system, var name] || !IsName(system) || !IsName(name) || !isWhole)
        {
            throw new UserError(
                $"'{Printable.Of(text)}' is not an event", "Write SYSTEM:NAME or SYSTEM:NAME/FILTER/, for instance tcp:tcp_retransmit_skb or sched:sched_switch/prev_pid == 1/.",
                ExitCode.Usage);
        }

        return new ArmedEvent { Id = $"{system}:{name}", Kind = ProbeKind.Tracepoint, Directory = $"events/{system}/{name}", Filter = slash < 0 ? "" : filter[..^1] };
    }

    private static bool IsName(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool HasIt(string tracefs, ArmedEvent each) => File.Exists(Path.Combine(tracefs, each.Directory ?? "", "enable")) && HostRoot.TryReadFile(Path.Combine(tracefs, each.FormatPath)) is { Length: > 0 };

    private sealed record EventSet(string Name, string[] Events);
}
