using System.Globalization;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Commands;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>One place of several that has most of the drops: a CPU, an interface, a driver, a namespace, a flow, a port, a process.</summary>
internal static class PlaceFindings
{
    /// <summary>A place with at least this share becomes a finding; with fewer drops than this, one place may be chance.</summary>
    private const double Most = 0.8;
    private const double MostOfFlow = 0.5;
    private const long LeastDrops = 50;

    /// <summary>With fewer CPUs than this, it is normal that one does most of the work.</summary>
    private const int LeastCpus = 4;

    public static IEnumerable<Finding> Of(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites)
    {
        if (facts.Drops < LeastDrops) return [];
        List<SiteMeaning> losses = sites.Where(s => s.Topic.Id != Topic.Noise).ToList();
        if (losses.Count == 0) return [];

        // A place alone is not a fault: it is as severe as its drops.
        Severity severity = losses.All(s => s.Severity == Severity.Harmless) ? Severity.Harmless : Severity.Depends;

        // An interface implies its driver and its namespace.
        Finding? place = Interface(facts, severity) ?? Namespace(facts, severity) ?? Driver(facts, severity);
        return new[] { Owner(facts, severity), Cpu(facts, severity), place, Flow(facts, severity) ?? Port(facts, severity), Process(facts, severity) }.OfType<Finding>();
    }

    private static string All(CaptureFacts facts) => facts.IsIncomplete ? "those recorded" : "all";

    private static PlaceEvidence Place<TRow>(CaptureFacts facts, Dimension<TRow> of, TRow row) => new(of.Key(row), of.Drops(row)) { Others = facts.Drops - of.Drops(row) };

    private static Finding? Owner(CaptureFacts facts, Severity severity)
    {
        if (facts.Owners is not [{ Name: { } name, Others: 0 } most, ..] || most.Share < Most) return null;
        List<KnownCheck> checks = [];
        if (most.Unit is { } unit && most.Container is null) checks.Add(new($"systemctl status {ShellText.Word(unit)}", "what it is, and its last messages"));
        if (most.Pod is { } pod) checks.Add(new($"kubectl get pods -A -o custom-columns=NS:.metadata.namespace,NAME:.metadata.name,UID:.metadata.uid | grep {ShellText.Word(pod)}", "the pod's name; run it where kubectl is"));
        if (most.Container is { } container) checks.AddRange(ContainerChecks(container));
        if (most.Paths is [var path, ..]) checks.Add(new($"cat {ShellText.Word($"/sys/fs/cgroup{path.TrimEnd('/')}/cgroup.procs")}", "the processes in it"));
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-owner", most.Drops, $"One owner has most of the drops: `{name}`, {Percent(most.Share)} of {All(facts)}.",
            $"The sockets of at least {Percent(Most)} of the dropped packets belong to one unit, container or control group: that of the receiver where the kernel names it, else that of the packet itself, which is the sender's on its way out.",
            [Place(facts, Dimension.Owners, most)], [], checks);
    }

    private static IEnumerable<KnownCheck> ContainerChecks(string container)
    {
        int at = container.IndexOf("://", StringComparison.Ordinal);
        string id = ShellText.Word(at < 0 ? container : container[(at + 3)..]);
        return (at < 0 ? "" : container[..at]) switch
        {
            "docker" => [new($"docker ps -a --no-trunc --filter id={id}", "the container's name and image")],
            "podman" => [new($"podman ps -a --no-trunc --filter id={id}", "the container's name and image; as the user who started it")],
            "containerd" or "cri-o" => [new($"crictl ps -a --id {id}", "the container's name and pod")],
            "lxc" => [new($"lxc-info -n {id}", "the container's state")],
            _ => [],
        };
    }

    private static Finding? Cpu(CaptureFacts facts, Severity severity)
    {
        int cpus = CpuList.Count(facts.Capture.CpusOnline) ?? facts.Cpus.Count;
        CpuFacts hot = facts.Cpus.MaxBy(c => c.Drops)!; // there are drops, so there is a CPU
        if (cpus < LeastCpus || hot.Share < Most) return null;
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "hot-cpu", hot.Drops, $"One CPU drops most: CPU {hot.Cpu}, {Percent(hot.Share)} of {All(facts)}, of {Count(cpus)} CPUs.",
            $"One CPU has at least {Percent(Most)} of the drops, and there are {LeastCpus} or more. It usually handles the packets of one queue, one flow or one program. An overloaded CPU loses packets while others are idle.",
            [Place(facts, Dimension.Cpus, hot) with { OtherPlaces = cpus - 1 }, .. CpuEvidence.Of(facts, hot.Cpu)],
            [], [new("cat /proc/interrupts", "which CPU serves which queue of a card"), new("mpstat -P ALL 1 3", "how busy each CPU is"), new("cat /proc/net/softnet_stat", "one line per CPU, hexadecimal: column 2 drops")]);
    }

    private static Finding? Interface(CaptureFacts facts, Severity severity)
    {
        if (facts.Interfaces.FirstOrDefault(i => i.Name is not null) is not { Name: { } name } most || facts.DistinctInterfaces < 2 || most.Share < Most) return null;
        string driver = most.Driver is { } known ? $" (`{known}`)" : "";
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-interface", most.Drops, $"One interface has most of the drops: `{name}`{driver}, {Percent(most.Share)} of {All(facts)}.",
            $"{Count(facts.DistinctInterfaces, "interface")} have drops; this one has at least {Percent(Most)} of them.",
            [Place(facts, Dimension.Interfaces, most)],
            [], CheckFiller.Fill(facts, [new("ip -s -s link show dev \"$IF\"", "its own counters and errors"), new("ethtool -S \"$IF\"", "the card's error counters")], name, null, null));
    }

    private static Finding? Driver(CaptureFacts facts, Severity severity)
    {
        var drivers = facts.Drivers.Where(d => d.Driver is not null).GroupBy(d => d.Driver!).Select(g => (Name: g.Key, Drops: g.Sum(d => d.Drops))).OrderByDescending(d => d.Drops).ToList();
        if (drivers.Count < 2 || drivers[0].Drops < Most * facts.Drops) return null;
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-driver", drivers[0].Drops, $"One driver has most of the drops: `{drivers[0].Name}`, {Percent((double)drivers[0].Drops / facts.Drops)} of {All(facts)}.",
            $"{Count(drivers.Count, "driver")} have drops; this one has at least {Percent(Most)} of them.",
            [.. drivers.Take(3).Select(d => new PlaceEvidence(new DriverKey(d.Name, null, null, null), d.Drops))],
            [], [new("ip -d -s link show", "all interfaces with type and counters")]);
    }

    private static Finding? Namespace(CaptureFacts facts, Severity severity)
    {
        if (facts.Namespaces is not [{ } most, _, ..] || most.Netns is not { } netns || most.Share < Most) return null;
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-namespace", most.Drops, $"One network namespace has most of the drops: {netns}{(most.UsedBy is { } users ? $", of `{users}`" : "")}, {Percent(most.Share)} of {All(facts)}.",
            $"{Count(facts.Namespaces.Count, "namespace")} have drops; this one, usually a container's, has at least {Percent(Most)} of them.",
            [Place(facts, Dimension.Namespaces, most)],
            [], netns == facts.Capture.OwnNetns
                ? [new("ss -lntup", "what listens in it: it is the host's own")]
                : [new($"lsns -t net | grep {netns}", "the processes in it"), new($"nsenter -t \"$(lsns -nt net -o NS,PID | awk '$1 == {netns} {{print $2; exit}}')\" -n ss -lntup", "what listens in it")]);
    }

    private static Finding? Flow(CaptureFacts facts, Severity severity)
    {
        if (facts.Flows is not [{ } most, _, ..] || most.Share < MostOfFlow) return null;
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-flow", most.Drops, $"One flow has most of the drops: {most.Ends}, {most.Service}, {Percent(most.Share)} of {All(facts)}.",
            $"{Count(facts.DistinctFlows, "flow")} have drops; this one has at least {Percent(MostOfFlow)} of them.",
            [Place(facts, Dimension.Flows, most) with { Span = facts.Window.IsTime ? new SpanEvidence(most.FirstNs, most.LastNs) : null }],
            [], CheckFiller.Fill(facts, [new("ss -anp | grep -F \"$ADDR\"", "sockets of that address here"), new("timeout 10 tcpdump -ni any -c 20 host \"$ADDR\"", "what else this address sends or receives")], most.Interface, null, most.Src));
    }

    private static Finding? Port(CaptureFacts facts, Severity severity)
    {
        if (facts.Services is not [{ Dport: { } port } most, _, ..] || most.Share < Most) return null;
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-port", most.Drops, $"One port has most of the drops: {most.Service}, {Percent(most.Share)} of {All(facts)}.",
            $"{Count(facts.DistinctServices, "destination port or type", "destination ports and types")} have drops; this one has at least {Percent(Most)} of them, from several senders or to several hosts.",
            [Place(facts, Dimension.Services, most)],
            [], CheckFiller.Fill(facts, [new("ss -lntup \"sport = :$PORT\"", "what listens on it"), new("timeout 10 tcpdump -ni any -c 20 port \"$PORT\"", "who sends to it")], null, port, null));
    }

    private static Finding? Process(CaptureFacts facts, Severity severity)
    {
        // The idle task and ksoftirqd work for all processes.
        ProcessFacts? most = facts.Processes.FirstOrDefault(p => p.Pid != 0 && !p.Comm.StartsWith("ksoftirqd/", StringComparison.Ordinal));
        if (most is null || most.Share < Most) return null;
        return PatternFinding.Of(facts, severity, FindingOrder.OfPlace, "one-process", most.Drops, $"One process was on the CPU for most of the drops: `{most.Comm}`, thread {most.Pid}, {Percent(most.Share)} of {All(facts)}.",
            $"At least {Percent(Most)} of the drops happened while one thread ran. A program's own packets are dropped while it runs; on loopback and towards containers this includes the receiving side. "
            + "But packets that arrive by interrupt are dropped while any thread runs: then this is only the thread that kept the CPU busiest.",
            [Place(facts, Dimension.Processes, most)],
            [], [new($"ps -L -o pid,tid,user,lstart,args -p {most.Tgid ?? most.Pid}", "the process, if it still runs"), new($"ss -anp | grep -F 'pid={most.Tgid ?? most.Pid},'", "its sockets, in its network namespace")]);
    }
}

/// <summary>Parses the kernel's list format for CPUs: <c>0-3,8</c>.</summary>
internal static class CpuList
{
    /// <summary>How many CPUs it lists; null if it is not a list.</summary>
    public static int? Count(string? list)
    {
        int count = 0;
        foreach (string part in (list ?? "").Trim().Split(','))
        {
            string[] ends = part.Split('-');
            if (ends.Length > 2 || !int.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out int from)) return null;
            int to = from;
            if (ends.Length == 2 && !int.TryParse(ends[1], NumberStyles.None, CultureInfo.InvariantCulture, out to)) return null;
            count += Math.Max(0, to - from + 1);
        }

        return count;
    }
}
