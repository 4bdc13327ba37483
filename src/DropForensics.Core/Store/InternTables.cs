using DropForensics.Core.Model;

namespace DropForensics.Core.Store;

/// <summary>
/// The tables of repeated things: a task, reason, symbol, stack or site is written when it is first met, and has an id
/// from then on. Ids are counted here, so that a row never waits for the database to say its own.
/// </summary>
internal sealed class InternTables(Database database) : IDisposable
{
    // Every short-lived process is a task; past this many the tables begin anew and a task met again gets a second row.
    private const int MaxTasks = 1 << 16;

    private readonly Dictionary<(int Pid, int? Tgid, string Comm), int> _tasks = [];
    // So is every flow, of a port scan say.
    private const int MaxFlows = 1 << 16;

    private readonly Dictionary<DropReason, int> _reasons = [];
    private readonly Dictionary<string, int> _eventKinds = [];
    private readonly Dictionary<(long Netns, int IfIndex, string Name), int> _interfaces = [];
    private readonly Dictionary<PacketHeaders, int> _flows = [];
    private readonly Dictionary<SocketOwner, int> _owners = [];
    private readonly Dictionary<(string Name, string? Module), int> _symbols = [];
    private readonly Dictionary<CallStack, int> _stacks = new(StackComparer.Instance);
    private readonly Dictionary<(string Event, string? Location, int? Stack), int> _sites = [];

    private readonly Statement _addTask = database.Prepare("INSERT INTO task (id, pid, tgid, comm, netns) VALUES (?1, ?2, ?3, ?4, ?5)");
    private readonly Statement _addReason = database.Prepare("INSERT INTO reason (id, name, value, subsystem) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _addEventKind = database.Prepare("INSERT INTO event_kind (id, name) VALUES (?1, ?2)");
    private readonly Statement _addSymbol = database.Prepare("INSERT INTO symbol (id, name, module) VALUES (?1, ?2, ?3)");
    private readonly Statement _addStack = database.Prepare("INSERT INTO stack (id, first_frame) VALUES (?1, ?2)");
    private readonly Statement _addFrame = database.Prepare(
        "INSERT INTO stack_frame (stack_id, position, symbol_id, offset) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _addSite = database.Prepare(
        """
        INSERT INTO site (id, event, location, stack_id, function, module, function_rule, entry, driver, driver_rule)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """);

    private readonly Statement _addInterface = database.Prepare("INSERT INTO interface (id, netns, ifindex, name) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _describe = database.Prepare("UPDATE interface SET driver = ?2, lower = ?3, base_driver = ?4 WHERE id = ?1");
    private readonly Statement _addFlow = database.Prepare(
        """
        INSERT INTO flow (id, ethertype, vlan, ip_protocol, src, dst, sport, dport, type, code, later_fragment, tunnel,
          inner_ethertype, inner_vlan, inner_ip_protocol, inner_src, inner_dst, inner_sport, inner_dport, inner_type, inner_code)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)
        """);

    private readonly Statement _addOwner = database.Prepare(
        "INSERT INTO owner (id, cgroup, uid, path, name, unit, container, pod) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");

    private int _lastTask;
    private (int Pid, int? Tgid, string? Comm, int Id) _sameTask;
    private int _lastFlow;

    /// <summary>Network namespaces of the tasks whose own could be looked up, by task id.</summary>
    public Dictionary<int, long> TaskNetns { get; } = [];

    /// <summary>Distinct stacks met.</summary>
    public int Stacks => _stacks.Count;

    public int Task(int pid, int? tgid, string comm, Func<int, long?>? netnsOf)
    {
        // As a rule the one that was interrupted before.
        if (pid == _sameTask.Pid && tgid == _sameTask.Tgid && ReferenceEquals(comm, _sameTask.Comm)) return _sameTask.Id;
        int id = FindTask(pid, tgid, comm, netnsOf);
        _sameTask = (pid, tgid, comm, id);
        return id;
    }

    private int FindTask(int pid, int? tgid, string comm, Func<int, long?>? netnsOf)
    {
        if (_tasks.TryGetValue((pid, tgid, comm), out int id)) return id;
        if (_tasks.Count == MaxTasks)
        {
            _tasks.Clear();
            TaskNetns.Clear();
        }

        id = ++_lastTask;
        long? netns = netnsOf?.Invoke(pid);
        _addTask.Int(1, id).Int(2, pid).Int(3, tgid).Text(4, comm).Int(5, netns).Run();
        if (netns is { } known) TaskNetns[id] = known;
        _tasks.Add((pid, tgid, comm), id);
        return id;
    }

    public int Reason(DropReason reason)
    {
        if (_reasons.TryGetValue(reason, out int id)) return id;
        id = _reasons.Count + 1;
        _addReason.Int(1, id).Text(2, reason.Name).Int(3, reason.Value).Text(4, reason.Subsystem).Run();
        _reasons.Add(reason, id);
        return id;
    }

    public int EventKind(string name)
    {
        if (_eventKinds.TryGetValue(name, out int id)) return id;
        id = _eventKinds.Count + 1;
        _addEventKind.Int(1, id).Text(2, name).Run();
        _eventKinds.Add(name, id);
        return id;
    }

    public int Interface(long netns, int ifIndex, string name)
    {
        if (_interfaces.TryGetValue((netns, ifIndex, name), out int id)) return id;
        id = _interfaces.Count + 1;
        _addInterface.Int(1, id).Int(2, netns).Int(3, ifIndex).Text(4, name).Run();
        _interfaces.Add((netns, ifIndex, name), id);
        return id;
    }

    public void Describe(InterfaceRow row) =>
        _describe.Int(1, Interface(row.Netns, row.IfIndex, row.Name)).Text(2, row.Driver).Text(3, row.Lower).Text(4, row.BaseDriver).Run();

    public int Flow(in PacketHeaders headers)
    {
        if (_flows.TryGetValue(headers, out int id)) return id;
        if (_flows.Count == MaxFlows) _flows.Clear();
        id = ++_lastFlow;
        PacketFlow flow = headers.Flow;
        PacketFlow? inner = headers.Inner;
        _addFlow.Int(1, id).Int(2, flow.EtherType).Int(3, flow.Vlan).Int(4, flow.IpProtocol)
            .Text(5, IpText.Of(flow.Source, flow.EtherType)).Text(6, IpText.Of(flow.Destination, flow.EtherType))
            .Int(7, flow.SourcePort).Int(8, flow.DestinationPort).Int(9, flow.Type).Int(10, flow.Code).Int(11, flow.IsLaterFragment ? 1 : 0)
            .Text(12, headers.Tunnel).Int(13, inner?.EtherType).Int(14, inner?.Vlan).Int(15, inner?.IpProtocol)
            .Text(16, inner is { } from ? IpText.Of(from.Source, from.EtherType) : null)
            .Text(17, inner is { } to ? IpText.Of(to.Destination, to.EtherType) : null)
            .Int(18, inner?.SourcePort).Int(19, inner?.DestinationPort).Int(20, inner?.Type).Int(21, inner?.Code).Run();
        _flows.Add(headers, id);
        return id;
    }

    public int Owner(SocketOwner owner, Func<long, CgroupOwner> describe)
    {
        if (_owners.TryGetValue(owner, out int id)) return id;
        id = _owners.Count + 1;
        CgroupOwner named = describe(owner.Cgroup);
        _addOwner.Int(1, id).Int(2, owner.Cgroup).Int(3, owner.Uid).Text(4, named.Path)
            .Text(5, named.Name).Text(6, named.Unit).Text(7, named.Container).Text(8, named.Pod).Run();
        _owners.Add(owner, id);
        return id;
    }

    public int Site(string @event, string? location, CallStack? stack, SiteAttribution attribution)
    {
        int? stackId = stack is null ? null : Stack(stack, attribution.FirstFrame);
        if (_sites.TryGetValue((@event, location, stackId), out int id)) return id;
        id = _sites.Count + 1;
        _addSite.Int(1, id).Text(2, @event).Text(3, location).Int(4, stackId)
            .Text(5, attribution.Function).Text(6, attribution.Module).Text(7, attribution.FunctionRule)
            .Text(8, attribution.Entry).Text(9, attribution.Driver).Text(10, attribution.DriverRule).Run();
        _sites.Add((@event, location, stackId), id);
        return id;
    }

    public int Stack(CallStack stack, int firstFrame)
    {
        if (_stacks.TryGetValue(stack, out int id)) return id;
        id = _stacks.Count + 1;
        _addStack.Int(1, id).Int(2, firstFrame).Run();
        for (int position = 0; position < stack.Frames.Count; position++)
        {
            Frame frame = stack.Frames[position];
            _addFrame.Int(1, id).Int(2, position).Int(3, Symbol(frame)).Int(4, frame.Offset).Run();
        }

        _stacks.Add(stack, id);
        return id;
    }

    public void Dispose()
    {
        foreach (Statement statement in (Statement[])[_addTask, _addReason, _addEventKind, _addSymbol, _addStack, _addFrame, _addSite, _addInterface, _describe, _addFlow, _addOwner])
            statement.Dispose();
    }

    private int Symbol(Frame frame)
    {
        if (_symbols.TryGetValue((frame.Symbol, frame.Module), out int id)) return id;
        id = _symbols.Count + 1;
        _addSymbol.Int(1, id).Text(2, frame.Symbol).Text(3, frame.Module).Run();
        _symbols.Add((frame.Symbol, frame.Module), id);
        return id;
    }

    /// <summary>Stacks are equal when their frames are: each stream has a decoder, and so instances, of its own.</summary>
    private sealed class StackComparer : IEqualityComparer<CallStack>
    {
        public static readonly StackComparer Instance = new();

        public bool Equals(CallStack? x, CallStack? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Frames.SequenceEqual(y.Frames));

        public int GetHashCode(CallStack stack)
        {
            var hash = new HashCode();
            foreach (Frame frame in stack.Frames) hash.Add(frame);
            return hash.ToHashCode();
        }
    }
}
