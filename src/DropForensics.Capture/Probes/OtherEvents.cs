using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;

namespace DropForensics.Capture.Probes;

/// <summary>Events beside the drops that the user asked for: <c>--event</c> names one, <c>--with</c> a set of them.</summary>
internal static class OtherEvents
{
    /// <summary>More would not be read, and each costs the host something.</summary>
    private const int Most = 64;

    // Cheap all of them: none fires for a packet that goes its way. The budget of napi_poll is 64 unless a driver asked for another.
    private static readonly (string Name, string[] Events)[] SetsInOrder =
    [
        ("tcp", ["tcp:tcp_retransmit_skb", "tcp:tcp_retransmit_synack", "tcp:tcp_send_reset", "tcp:tcp_receive_reset", "sock:inet_sk_error_report"]),
        ("queues", ["sock:sock_rcvqueue_full", "sock:sock_exceed_buf_limit", "udp:udp_fail_queue_rcv_skb", "net:net_dev_xmit_timeout", "napi:dql_stall_detected"]),
        ("softirq", ["napi:napi_poll/work >= 64/"]),
        ("xdp", ["xdp:xdp_exception", "xdp:xdp_redirect_err", "xdp:xdp_redirect_map_err"]),
        ("hardware", ["devlink:devlink_trap_report", "devlink:devlink_health_report"]),
    ];

    /// <summary>Names for <c>--with</c>.</summary>
    public static IEnumerable<string> Sets => SetsInOrder.Select(set => set.Name);

    /// <summary>The events, as far as this host has them.</summary>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="named">As <c>--event</c> has them: <c>tcp:tcp_probe</c>, <c>sched:sched_switch/prev_pid == 1/</c>.</param>
    /// <param name="sets">As <c>--with</c> has them.</param>
    /// <exception cref="UserError">One that was named is not an event, or this host has not it, or nothing of a set.</exception>
    public static IReadOnlyList<ArmedEvent> Plan(string tracefs, IReadOnlyList<string> named, IReadOnlyList<string> sets)
    {
        List<ArmedEvent> events = [.. named.Select(text => Required(tracefs, text))];
        foreach (var (set, members) in SetsInOrder.Where(set => sets.Contains(set.Name)))
        {
            List<ArmedEvent> there = [.. members.Select(Parse).Where(each => HasIt(tracefs, each))];
            if (there.Count == 0)
                throw new UserError($"this host has no event of --with {set}: {string.Join(", ", members.Select(member => Parse(member).Id))}", $"Leave --with {set} out.");
            events.AddRange(there);
        }

        events = [.. events.DistinctBy(each => each.Id)];
        return events.Count <= Most ? events : throw new UserError($"{events.Count} events are too many to record beside the drops", $"Name at most {Most}.", ExitCode.Usage);
    }

    private static ArmedEvent Required(string tracefs, string text)
    {
        var asked = Parse(text);
        if (asked.Directory == DropTracepoint.Directory) throw new UserError($"--event {text}: a capture records the drops anyway", "Leave it out.", ExitCode.Usage);
        if (HasIt(tracefs, asked)) return asked;
        var system = Path.GetDirectoryName(Path.Combine(tracefs, asked.Directory ?? "")) ?? "";
        throw new UserError(
            $"this host has no event {asked.Id}",
            Directory.Exists(system) ? $"ls {system} lists the events of that kind." : "available_events in tracefs lists all events.");
    }

    private static ArmedEvent Parse(string text)
    {
        var slash = text.IndexOf('/');
        var words = (slash < 0 ? text : text[..slash]).Split(':');
        var filter = slash < 0 ? "" : text[(slash + 1)..];
        var isWhole = slash < 0 || (filter.Length > 1 && filter.EndsWith('/') && !filter.Any(char.IsControl));
        if (words is not [var system, var name] || !IsName(system) || !IsName(name) || !isWhole)
        {
            throw new UserError(
                $"'{Printable.Of(text)}' is not an event", "Write SYSTEM:NAME or SYSTEM:NAME/FILTER/, for instance tcp:tcp_retransmit_skb or sched:sched_switch/prev_pid == 1/.",
                ExitCode.Usage);
        }

        return new ArmedEvent { Id = $"{system}:{name}", Kind = ProbeKind.Tracepoint, Directory = $"events/{system}/{name}", Filter = filter.TrimEnd('/') };
    }

    private static bool IsName(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool HasIt(string tracefs, ArmedEvent each) => HostRoot.TryReadFile(Path.Combine(tracefs, each.FormatPath)) is { Length: > 0 };
}
