using System.Globalization;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Dimensions;

public abstract partial class Dimension
{
    public static Dimension<SiteFacts> Sites { get; } = new()
    {
        Id = "sites",
        Title = "Functions",
        Columns = "function, module, reason, subsystem",
        List = f => f.Sites,
        MostPlaces = FactLimits.TableRows,
        Key = s => new FunctionKey(s.Function, s.Module, s.Reason, s.Subsystem),
        OfPlace = p => new FunctionKey(p.Function, p.Module, p.Reason, p.Subsystem),
        Name = FunctionWords.Short,
        Drops = s => s.Drops,
        Condition = (s, _) => SqlCondition.Of(("function", s.Function), ("module", s.Module), ("reason", s.Reason), ("subsystem", s.Subsystem)),
    };

    public static Dimension<ReasonFacts> Reasons { get; } = new()
    {
        Id = "reasons",
        Title = "Reasons",
        Columns = "reason, subsystem",
        List = f => f.Reasons,
        Key = r => new ReasonKey(r.Reason, r.Subsystem),
        OfPlace = p => new ReasonKey(p.Reason, p.Subsystem),
        Name = r => ReasonWords.Name(r.Reason),
        Drops = r => r.Drops,
        Condition = (r, _) => SqlCondition.Of(("reason", r.Reason), ("subsystem", r.Subsystem)),
    };

    public static Dimension<DriverFacts> Drivers { get; } = new()
    {
        Id = "drivers",
        Title = "Drivers",
        Columns = "driver, driver_rule",
        List = f => f.Drivers,
        Key = d => new DriverKey(d.Driver, d.Rule, d.Candidates, d.Meaning),
        OfPlace = p => new DriverKey(p.Driver, p.DriverRule, p.DriverCandidates, p.DriverMeaning),
        Name = d => d.Name,
        Drops = d => d.Drops,

        // Why a driver is unknown is not in the view, nor what its interface runs on.
        Condition = (d, f) => d.Driver is null || f.Drivers.Count(other => other.Driver == d.Driver && other.Rule == d.Rule) > 1
            ? null
            : SqlCondition.Of(("driver", d.Driver), ("driver_rule", d.Rule)),
    };

    public static Dimension<InterfaceFacts> Interfaces { get; } = new()
    {
        Id = "interfaces",
        Title = "Interfaces",
        Columns = "interface, ifindex, netns",
        List = f => f.Interfaces,
        Distinct = f => f.DistinctInterfaces,
        Key = i => new InterfaceKey(i.Netns, i.IfIndex, i.Name),
        OfPlace = p => new InterfaceKey(p.Netns, p.IfIndex, p.Interface),
        Name = i => i.Name,
        Drops = i => i.Drops,
        Condition = (i, _) => SqlCondition.Of(("interface", i.Name), ("ifindex", i.IfIndex), ("netns", i.Netns)),
    };

    public static Dimension<NamespaceFacts> Namespaces { get; } = new()
    {
        Id = "namespaces",
        Title = "Network namespaces",
        Columns = "netns",
        List = f => f.Namespaces,
        Distinct = f => f.DistinctNamespaces,
        Key = n => new NamespaceKey(n.Netns),
        OfPlace = p => new NamespaceKey(p.Netns),
        Name = n => n.Netns?.ToString(CultureInfo.InvariantCulture),
        Drops = n => n.Drops,
        Condition = (n, _) => SqlCondition.Of(("netns", n.Netns)),
    };

    public static Dimension<CountedFacts> Directions { get; } = ByName("directions", "direction", "Directions", p => p.Direction switch
    {
        Direction.In => "arriving",
        Direction.Through => "forwarded",
        Direction.Out => "leaving",
        _ => null,
    });

    public static Dimension<OwnerFacts> Owners { get; } = new()
    {
        Id = "owners",
        Title = "Owners",
        Columns = "owner",
        List = f => f.Owners,
        Key = o => new OwnerKey(o.Name),
        OfPlace = p => new OwnerKey(p.Owner),
        Name = o => o.Name,
        Drops = o => o.Drops,
        Condition = (o, _) => o.Others > 0 ? null : SqlCondition.Of(("owner", o.Name)),
    };

    public static Dimension<FlowFacts> Flows { get; } = new()
    {
        Id = "flows",
        Title = "Flows",
        Columns = "src, sport, dst, dport, ip_protocol, icmp_type, vlan, tunnel",
        List = f => f.Flows,
        Distinct = f => f.DistinctFlows,
        Key = f => new FlowKey(f.Ends, f.Service, f.Vlan, FlowWords.Within(f)),
        Name = f => f.Ends,
        Drops = f => f.Drops,
        Condition = SqlCondition.Of,
    };

    public static Dimension<ServiceFacts> Services { get; } = new()
    {
        Id = "services",
        Title = "Services",
        Columns = "ip_protocol, dport, icmp_type, tunnel, inner_ip_protocol, inner_dport",
        List = f => f.Services,
        Distinct = f => f.DistinctServices,
        Key = s => new ServiceKey(s.Service),
        Name = s => s.Service,
        Drops = s => s.Drops,
        Condition = (s, _) => SqlCondition.Of(s),
    };

    public static Dimension<EntryFacts> Entries { get; } = new()
    {
        Id = "entries",
        Title = "Entries",
        List = f => f.Entries,
        Key = e => new EntryKey(e.Entry, e.Meaning),
        OfPlace = p => new EntryKey(p.Entry, p.EntryMeaning),
        Name = e => e.Entry,
        Drops = e => e.Drops,
    };

    public static Dimension<ProcessFacts> Processes { get; } = new()
    {
        Id = "processes",
        Title = "Tasks",
        Columns = "pid, comm",
        DropColumn = "task_id",
        List = f => f.Processes,
        Distinct = f => f.DistinctProcesses,
        Key = p => new TaskKey(p.Pid, p.Comm),
        Name = p => p.Comm,
        Drops = p => p.Drops,

        // One task may have several names: it is one row where only one of them is known.
        Condition = (p, f) => f.Processes.Count(other => other.Pid == p.Pid) > 1 ? SqlCondition.Of(("pid", p.Pid), ("comm", p.Comm)) : SqlCondition.Of(("pid", p.Pid)),
    };

    public static Dimension<CpuFacts> Cpus { get; } = new()
    {
        Id = "cpus",
        Title = "CPUs",
        Columns = "cpu",
        DropColumn = "cpu",
        Number = c => c.Cpu,
        List = f => f.Cpus,
        Distinct = f => f.Cpus.Count,
        Key = c => new CpuKey(c.Cpu),
        Name = c => $"CPU {c.Cpu}",
        Drops = c => c.Drops,
        Condition = (c, _) => SqlCondition.Of(("cpu", c.Cpu)),
    };

    public static Dimension<ProtocolFacts> Protocols { get; } = new()
    {
        Id = "protocols",
        Title = "Protocols",
        Columns = "ethertype",
        DropColumn = "ethertype",
        Number = p => p.EtherType,
        NameOf = type => EtherTypes.NameOf((int)type),
        List = f => f.Protocols,
        Key = p => new EtherTypeKey(p.EtherType),
        Name = p => p.EtherType is { } type ? p.Name ?? EtherTypes.Number(type) : null,
        Drops = p => p.Drops,
        Condition = (p, _) => SqlCondition.Of(("ethertype", p.EtherType)),
    };

    public static Dimension<StackFacts> Stacks { get; } = new()
    {
        Id = "stacks",
        Title = "Stacks",
        List = f => f.Stacks,
        Distinct = f => f.DistinctStacks,
        Key = s => new StackKey(s.Id),
        OfPlace = p => p.StackId is { } id ? new StackKey(id) : null,
        Name = s => s.Function,
        Drops = s => s.Drops,
    };

    /// <summary>All of them, in the order in which they are compared.</summary>
    public static IReadOnlyList<Dimension> All { get; } = [Sites, Reasons, Drivers, Interfaces, Namespaces, Directions, Owners, Flows, Services, Entries, Processes, Cpus, Protocols, Stacks];

    /// <summary>Those whose rows are nothing but names and numbers: see <see cref="ByName"/>.</summary>
    public static IReadOnlyList<Dimension<CountedFacts>> Counted { get; } = [.. All.OfType<Dimension<CountedFacts>>()];

    /// <summary>Those whose rows follow from a drop's place: <see cref="BinnedPlace"/> has a number for each.</summary>
    public static IReadOnlyList<Dimension> OfPlaces { get; } = [.. All.Where(d => d.OfPlace is not null)];

    /// <summary>Those that the pass counts by a column of the drops.</summary>
    public static IReadOnlyList<Dimension> OfDrops { get; } = [.. All.Where(d => d.DropColumn is not null)];

    /// <summary>Those that do not follow from a drop's place: <see cref="CrossedDrops"/> has a value of each.</summary>
    public static IReadOnlyList<Dimension> Crossed { get; } = [Flows, Services, .. OfDrops];

    /// <summary>A dimension that needs no facts of its own: its drops are counted by a name that follows from their place.</summary>
    private static Dimension<CountedFacts> ByName(string id, string kind, string title, Func<DropPlace, string?> name) => new()
    {
        Id = id,
        Title = title,
        List = f => f.By.GetValueOrDefault(id, []),
        Key = c => new NameKey(kind, c.Name),
        OfPlace = p => new NameKey(kind, name(p)),
        Name = c => c.Name,
        Drops = c => c.Drops,
    };
}
