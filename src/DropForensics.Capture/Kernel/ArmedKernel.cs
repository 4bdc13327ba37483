using DropForensics.Core;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// All that a capture sets in the kernel: the instance whose ring is read, for each event an instance that counts it, probes of our own, and
/// the pipes. The order of arming is written here and nowhere else: gates shut, events last, the ring's gate last of all; at the end that
/// gate first, then the events, then the rest. One journal undoes it; <c>plan</c> runs the same code over a writer that takes notes.
/// </summary>
/// <param name="tracefs">Where it is mounted.</param>
/// <param name="writer">Changes tracefs, or notes what would be changed.</param>
internal sealed class ArmedKernel(string tracefs, TracefsWriter writer) : IDisposable
{
    private readonly UndoJournal _journal = new(writer);
    private readonly List<EventCounter> _counters = [];
    private IReadOnlyList<ArmedEvent> _events = [];
    private TraceInstance? _ring;
    private int _unarmed = int.MaxValue, _withoutStacks = int.MaxValue;
    private bool _areShut, _isDisposed;

    /// <summary>The ring's, and the group of probes of our own, so that others can tell whether anybody uses them.</summary>
    public string Name { get; } = TraceInstance.NewName();

    /// <summary>The instance whose ring is read.</summary>
    public TraceInstance Ring => _ring ?? throw new InvalidOperationException("the ring was not made");

    /// <summary>Nothing is changed: changes are noted.</summary>
    public bool IsPlanning => writer.IsPlanning;

    /// <summary>A stack is taken with an event.</summary>
    public bool TakesStacks => _events.Any(each => each.Trigger is not null);

    /// <summary>What could not be undone; empty when the host is as before. Whole after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _journal.Failures;

    /// <summary>
    /// Makes the ring, with its gate shut. It is there before the probe that has its name, so that nobody takes that for a leftover.
    /// </summary>
    /// <inheritdoc cref="TraceInstance.Create"/>
    public void MakeRing(long bufferKiBPerCpu, bool measureCost) =>
        _ring = TraceInstance.Create(tracefs, _journal, UndoStep.Ring, bufferKiBPerCpu, measureCost, Name);

    /// <summary>Takes the events to record, and defines those that the kernel does not have by itself; nothing is armed yet.</summary>
    /// <exception cref="UserError">The kernel refused one; then none is defined.</exception>
    public void Define(IReadOnlyList<ArmedEvent> events)
    {
        var mark = _journal.Mark;
        try
        {
            foreach (var each in events) each.Define(tracefs, _journal);
        }
        catch (UserError)
        {
            _journal.Undo(mark);
            throw;
        }

        _events = events;
    }

    /// <summary>Makes what counts the events, each with its gate shut.</summary>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void MakeCounters()
    {
        if (_events.All(each => each.HasComm)) OrRefuse(Ring.SkipTaskNames);
        foreach (var each in _events) _counters.Add(new EventCounter(tracefs, _journal, each, each == _events[0] ? UndoStep.Drops : each.Id));
    }

    /// <summary>Sets the function tracer, where one is used, and opens the pipes of every CPU; no tracer can be set once they are open.</summary>
    /// <param name="withPages">trace_pipe_raw of each is opened as well.</param>
    /// <returns>Empty where this is only planned.</returns>
    /// <exception cref="UserError">The kernel refused.</exception>
    public PerCpuPipes OpenPipes(bool withPages)
    {
        OrRefuse(() =>
        {
            foreach (var each in _events) Ring.Follow(each);
            _counters.ForEach(counter => counter.Follow());
        });
        return IsPlanning ? new PerCpuPipes() : new PerCpuPipes(Ring, withPages);
    }

    /// <summary>Arms the events, those that count first. Triggers come last: from here on every drop costs the host a stack.</summary>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void Arm()
    {
        _unarmed = _journal.Mark;
        OrRefuse(() =>
        {
            _counters.ForEach(counter => counter.Arm());
            foreach (var each in _events) Ring.Enable(each);
            _withoutStacks = _journal.Mark;
            foreach (var each in _events) Ring.TakeStacks(each);
        });
    }

    /// <summary>Opens all gates, the ring's last: what is recorded is counted too.</summary>
    public void OpenGates()
    {
        _counters.ForEach(counter => counter.OpenGate());
        Ring.OpenGate();
        _counters.ForEach(counter => counter.MarkOpen());
    }

    /// <summary>Shuts all gates, the ring's first. Harmless when they are shut.</summary>
    public void ShutGates()
    {
        if (_areShut) return;
        _counters.ForEach(counter => counter.MarkShut());
        Ring.ShutGate();
        _counters.ForEach(counter => counter.ShutGate());
        _areShut = true;
    }

    /// <summary>Takes triggers, events and filters away again, so that a drop costs the host nothing more. Call it with the gates shut.</summary>
    public void Disarm() => _journal.Undo(_unarmed);

    /// <summary>Takes the stack triggers away while the events go on: a drop then costs the host a fraction. The gates stay open.</summary>
    public void GiveUpStacks() => _journal.Undo(_withoutStacks);

    /// <summary>What somebody else changed while the gates should be open; null when all is as we left it.</summary>
    public string? Disturbance() => Ring.Disturbance() ?? _counters.Select(counter => counter.Disturbance()).FirstOrDefault(why => why is not null);

    /// <summary>Hits of one event so far; null where the counters cannot be read.</summary>
    public long? Count(ArmedEvent @event) => _counters.Find(counter => counter.Id == @event.Id)?.Count();

    /// <summary>What the kernel's counters say now.</summary>
    public KernelCounts Counts()
    {
        var events = new Dictionary<string, EventCount>();
        foreach (var counter in _counters)
        {
            if (counter.Read() is { } count) events.Add(counter.Id, count);
        }

        return new KernelCounts(events, [.. Ring.Stats().Select(ring => new RingCount(ring.Cpu, ring.Text, RingStats.TryParse(ring.Text)))]);
    }

    /// <summary>Shuts the gates, disarms, and removes probes and instances. Nobody may hold a pipe.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _journal.Undo();
        foreach (var leftover in Leftovers) Console.Error.WriteLine($"capture: NOT RESTORED: {leftover}");
    }

    private static void OrRefuse(Action writes)
    {
        try
        {
            writes();
        }
        catch (IOException e)
        {
            throw TracefsRefusal.Of(e.Message, e);
        }
    }
}

/// <summary>What the kernel counted until some moment.</summary>
/// <param name="Events">By the event's id; one that could not be counted is missing.</param>
/// <param name="Rings">The ring that is read, by CPU, where it could be looked at.</param>
internal sealed record KernelCounts(IReadOnlyDictionary<string, EventCount> Events, IReadOnlyList<RingCount> Rings)
{
    /// <summary>Of one event; null where it could not be counted.</summary>
    public EventCount? Of(ArmedEvent @event) => Events.GetValueOrDefault(@event.Id);

    /// <summary>What came after an earlier moment.</summary>
    public KernelCounts Since(KernelCounts start) => new(
        Events.ToDictionary(each => each.Key, each => each.Value.Since(start.Events.GetValueOrDefault(each.Key))),
        [.. Rings.Select(ring => start.Rings.FirstOrDefault(each => each.Cpu == ring.Cpu)?.Stats is { } then ? ring with { Stats = ring.Stats?.Since(then) } : ring)]);
}

/// <summary>One CPU's ring.</summary>
/// <param name="Cpu">Whose it is.</param>
/// <param name="Text">Its <c>stats</c> file as it stands.</param>
/// <param name="Stats">What that says, or said beyond an earlier moment; null where it cannot be understood.</param>
internal sealed record RingCount(int Cpu, byte[] Text, RingStats? Stats);
