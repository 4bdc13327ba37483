using DropForensics.Core.Model;

namespace DropForensics.Core.Store;

/// <summary>
/// The tables of repeated things: a task, reason, symbol, stack or site is written when it is first met, and has an id
/// from then on. Ids are counted here, so that a row never waits for the database to say its own.
/// </summary>
internal sealed class InternTables(Database database) : IDisposable
{
    // Every short-lived process is a task; past this many the table begins anew and a task met again gets a second row.
    private const int MaxTasks = 1 << 16;

    private readonly Dictionary<(int Pid, int? Tgid, string Comm), int> _tasks = [];
    private readonly Dictionary<DropReason, int> _reasons = [];
    private readonly Dictionary<(string Name, string? Module), int> _symbols = [];
    private readonly Dictionary<CallStack, int> _stacks = new(StackComparer.Instance);
    private readonly Dictionary<(string Event, string? Location, int? Stack), int> _sites = [];

    private readonly Statement _addTask = database.Prepare("INSERT INTO task (id, pid, tgid, comm) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _addReason = database.Prepare("INSERT INTO reason (id, name, value, subsystem) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _addSymbol = database.Prepare("INSERT INTO symbol (id, name, module) VALUES (?1, ?2, ?3)");
    private readonly Statement _addStack = database.Prepare("INSERT INTO stack (id, first_frame) VALUES (?1, ?2)");
    private readonly Statement _addFrame = database.Prepare(
        "INSERT INTO stack_frame (stack_id, position, symbol_id, offset) VALUES (?1, ?2, ?3, ?4)");
    private readonly Statement _addSite = database.Prepare(
        """
        INSERT INTO site (id, event, location, stack_id, function, module, function_rule, entry, driver, driver_rule)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
        """);

    private int _lastTask;

    /// <summary>Distinct stacks met.</summary>
    public int Stacks => _stacks.Count;

    public int Task(int pid, int? tgid, string comm)
    {
        if (_tasks.TryGetValue((pid, tgid, comm), out int id)) return id;
        if (_tasks.Count == MaxTasks) _tasks.Clear();
        id = ++_lastTask;
        _addTask.Int(1, id).Int(2, pid).Int(3, tgid).Text(4, comm).Run();
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

    public void Dispose()
    {
        foreach (Statement statement in (Statement[])[_addTask, _addReason, _addSymbol, _addStack, _addFrame, _addSite])
            statement.Dispose();
    }

    private int Stack(CallStack stack, int firstFrame)
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
