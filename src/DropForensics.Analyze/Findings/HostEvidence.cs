using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;

namespace DropForensics.Analyze.Findings;

/// <summary>Adds evidence from the host's state to findings: the socket's owner, how full a table was, what was switched off.</summary>
internal static class HostEvidence
{
    /// <summary>The same findings, and those that only the host's state shows.</summary>
    public static List<Finding> AddTo(CaptureFacts facts, IReadOnlyList<Finding> causes)
    {
        if (facts.Host == HostAtThatTime.None) return [.. causes];
        HashSet<string> told = [.. causes.SelectMany(f => f.Evidence).OfType<CounterEvidence>().Select(e => e.Counter.Interface).OfType<string>()];
        return [.. causes.Select(cause => With(facts, cause)), .. CardFindings.Of(facts, told)];
    }

    private static Finding With(CaptureFacts facts, Finding cause)
    {
        List<Evidence> known = [.. Known(facts, cause)];
        string whose = cause.Id switch
        {
            "receive-buffer" => SocketEvidence.Whose(facts, cause.Drops, isTcp: false),
            "listen-queue" or "refused-connections" => SocketEvidence.Whose(facts, cause.Drops, isTcp: true),
            _ => "",
        };
        if (cause.Id == "policy") return RuleEvidence.AddTo(facts, cause);
        if (cause.Id == "tc-rule") return FilterEvidence.AddTo(facts, cause);
        if (cause.Id == "queue") cause = NetemEvidence.AddTo(facts, cause);
        return known.Count == 0 ? cause : cause with { Evidence = [.. known, .. cause.Evidence], Title = whose.Length == 0 ? cause.Title : $"{cause.Title.TrimEnd('.')}{whose}." };
    }

    private static IEnumerable<Evidence> Known(CaptureFacts facts, Finding cause) => cause.Id switch
    {
        "receive-buffer" => SocketEvidence.Full(facts),
        "listen-queue" or "refused-connections" => SocketEvidence.Overflowed(facts),
        "closed-port" => SocketEvidence.Nobody(facts),
        "conntrack-table" or "conntrack-full" or "counted-conntrack" or "counted-conntrack-table" => SettingEvidence.Connections(facts),
        "neighbour-table" or "counted-neighbour-table" => SettingEvidence.Neighbours(facts),
        "forwarding-off" => SettingEvidence.Forwarding(facts).Concat(RouteEvidence.Duplicates(facts)),
        "rp-filter" => SettingEvidence.ReversePath(facts).Concat(RouteEvidence.Back(facts, cause)),
        "mtu" => RouteEvidence.Mtu(facts, cause),
        "neighbour" => RouteEvidence.Neighbour(facts, cause).Concat(RouteEvidence.Duplicates(facts)),
        "other-host" or "routing" => RouteEvidence.Duplicates(facts),
        "no-carrier" or "purged" or "device" or "inactive-member" => RouteEvidence.Down(facts, cause),
        "xdp" => SettingEvidence.Programs(facts),
        "queue" => SettingEvidence.Queues(facts),
        "memory" => SettingEvidence.Memory(facts),
        "backlog" => SettingEvidence.Squeezes(facts),
        "before-the-stack" => CardFindings.Of(facts, [.. cause.Evidence.OfType<CounterEvidence>().Select(e => e.Counter.Interface).OfType<string>()]).Concat(SettingEvidence.Squeezes(facts)),
        _ => [],
    };
}
