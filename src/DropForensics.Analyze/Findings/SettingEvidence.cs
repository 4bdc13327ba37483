using System.Globalization;
using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Evidence from the host's settings and tables: how full a table was, what was switched off.</summary>
internal static class SettingEvidence
{
    private const int Named = 3;

    /// <summary>How many connections were tracked, and their limit.</summary>
    public static IEnumerable<Evidence> Connections(CaptureFacts facts) => Namespaces(facts)
        .Select(netns => (netns, Count: facts.Host.Number(netns, "net.netfilter.nf_conntrack_count"), Max: facts.Host.Number(netns, "net.netfilter.nf_conntrack_max")))
        .Where(each => each is { Count: not null, Max: > 0 }).OrderByDescending(each => (double)(each.Count ?? 0) / (each.Max ?? 1)).Take(1)
        .Select(each => new TextEvidence($"After the window {Count(each.Count ?? 0, "connection was", "connections were")} tracked in network namespace {each.netns}; `net.netfilter.nf_conntrack_max` is {Count(each.Max ?? 0)}."));

    /// <summary>How many neighbours there were, and the limit of their tables.</summary>
    public static IEnumerable<Evidence> Neighbours(CaptureFacts facts)
    {
        if (facts.Host.Neighbors is not { } entries || facts.Capture.OwnNetns is not { } own) yield break;
        if (facts.Host.Number(own, "net.ipv4.neigh.default.gc_thresh3") is { } v4 && facts.Host.Number(own, "net.ipv6.neigh.default.gc_thresh3") is { } v6)
            yield return new TextEvidence($"After the window the host listed {Count(entries, "neighbour")}; each of the two tables has room for `gc_thresh3` of them: {Count(v4)} for IPv4, {Count(v6)} for IPv6.");
    }

    /// <summary>Namespaces in which forwarding was off.</summary>
    public static IEnumerable<Evidence> Forwarding(CaptureFacts facts) => Namespaces(facts).Where(netns => facts.Host.Number(netns, "net.ipv4.ip_forward") is not null).Take(Named)
        .Select(netns => new TextEvidence($"In network namespace {netns} `net.ipv4.ip_forward` is {facts.Host.Setting(netns, "net.ipv4.ip_forward")} and `net.ipv6.conf.all.forwarding` {facts.Host.Setting(netns, "net.ipv6.conf.all.forwarding") ?? "unknown"}."));

    /// <summary>How strict the reverse path filter of the interfaces is: the stricter of the two settings counts.</summary>
    public static IEnumerable<Evidence> ReversePath(CaptureFacts facts) => facts.Interfaces.Where(i => i is { Name: not null, Netns: not null })
        .Select(i => (i, All: Filter(facts, i.Netns, "all"), Own: Filter(facts, i.Netns, i.Name))).Where(each => Math.Max(each.All, each.Own) > 0).Take(Named)
        .Select(each => new TextEvidence($"The reverse path filter of `{each.i.Name}` is {(Math.Max(each.All, each.Own) == 1 ? "strict: the route back to the sender must leave through this interface" : "loose: the sender must be reachable through any interface")}"
            + $" (`net.ipv4.conf.{each.i.Name}.rp_filter` is {each.Own.ToString(CultureInfo.InvariantCulture)}, `net.ipv4.conf.all.rp_filter` {each.All.ToString(CultureInfo.InvariantCulture)}; the larger counts)."));

    /// <summary>Queueing disciplines that dropped packets, and those of their classes that did.</summary>
    public static IEnumerable<Evidence> Queues(CaptureFacts facts) => facts.Host.QdiscChanges
        .Select(q => (q.After, By: (q.After.Drops ?? 0) - (q.Before?.Drops ?? 0), Over: (q.After.Overlimits ?? 0) - (q.Before?.Overlimits ?? 0)))
        .Where(q => q.By > 0).OrderByDescending(q => q.By).Take(Named)
        .Select(q => new TextEvidence($"The queue `{q.After.Kind}` of `{q.After.Interface}` dropped {Count(q.By, "packet")} by its own count{(q.Over > 0 ? $", and held packets back {Count(q.Over, "time")}" : "")}"
            + $"{(q.After.Limit is { } limit ? $"; its limit is {(q.After.Kind is "bfifo" or "tbf" ? Bytes(limit) : Count(limit, "packet"))}" : "")}."))
        .Concat(facts.Host.ClassChanges.Select(c => (c.After, By: (c.After.Drops ?? 0) - (c.Before?.Drops ?? 0))).Where(c => c.By > 0).OrderByDescending(c => c.By).Take(Named)
            .Select(c => new TextEvidence($"The class `{c.After.Handle}` (`{c.After.Kind}`) of `{c.After.Interface}` dropped {Count(c.By, "packet")} by its own count.")));

    /// <summary>Interfaces that have an XDP program.</summary>
    public static IEnumerable<Evidence> Programs(CaptureFacts facts) => facts.Host.LinksAfter.Where(link => link.Xdp is not null)
        .OrderByDescending(link => facts.Interfaces.Any(i => i.Name == link.Name && i.Netns == link.Netns)).Take(Named)
        .Select(link => new TextEvidence($"`{link.Name}` in network namespace {link.Netns} has an XDP program ({string.Join(", ", (link.Xdp ?? "").Split(',').Select(program => program.Replace(" ", " mode, id ", StringComparison.Ordinal)))}): `bpftool prog show id {link.Xdp?.Split(' ')[^1]}` names it."));

    /// <summary>How often a CPU ran out of time for packets.</summary>
    public static IEnumerable<Evidence> Squeezes(CaptureFacts facts) => facts.Host.TimeSqueezes is > 0 and var times
        ? [new TextEvidence($"CPUs ran out of time or budget {Count(times, "time")} while packets still waited in a ring or backlog (time squeeze): `net.core.netdev_budget` is {OfMachine(facts, "net.core.netdev_budget")}, `netdev_budget_usecs` {OfMachine(facts, "net.core.netdev_budget_usecs")}, `netdev_max_backlog` {OfMachine(facts, "net.core.netdev_max_backlog")}.")]
        : [];

    /// <summary>How much memory the kernel keeps free for packets, which cannot wait for it.</summary>
    public static IEnumerable<Evidence> Memory(CaptureFacts facts) => facts.Host.Number(0, "vm.min_free_kbytes") is { } free
        ? [new TextEvidence($"`vm.min_free_kbytes` is {Count(free)}, and `vm.watermark_scale_factor` {facts.Host.Setting(0, "vm.watermark_scale_factor") ?? "unknown"}: packets get no memory where less is free than these keep back.")]
        : [];

    /// <summary>Namespaces in which packets were dropped; if unknown, all with stored settings.</summary>
    private static IEnumerable<long> Namespaces(CaptureFacts facts) => facts.Namespaces.Select(n => n.Netns).OfType<long>().ToList() is { Count: > 0 } known ? known
        : facts.Host.SettingNamespaces;

    // The first network namespace alone has these, for the whole machine; the agent may have run in another.
    private static string OfMachine(CaptureFacts facts, string name) => facts.Host.SettingNamespaces.Select(netns => facts.Host.Setting(netns, name)).FirstOrDefault(value => value is not null) ?? "unknown";

    private static long Filter(CaptureFacts facts, long? netns, string? link) => netns is { } inode ? facts.Host.Number(inode, $"net.ipv4.conf.{link}.rp_filter") ?? 0 : 0;
}
