using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Everything that a capture sets in the kernel: the instance whose ring is read, an instance that counts the drops, another that counts all other
/// events, our own probes, and the pipes. Only this class has the order of arming: gates shut, events last, the ring's gate last of all; at the end that
/// gate first, then the events, then the rest. One journal undoes it; <c>plan</c> runs the same code with a writer that only takes notes.
/// </summary>
/// <param name="tracefs">Where it is mounted.</param>
/// <param name="writer">Changes tracefs, or notes what would be changed.</param>
internal sealed class ArmedKernel(string tracefs, TracefsWriter writer) : IDisposable
{
    private readonly UndoJournal _journal = new(writer);
    private readonly List<EventCounter> _counters = [];
    private readonly Lock _moving = new();   // the ring's gate, by the session; the counters are read at the same time by the recording thread
    private SampledGate? _gate;
    private LatencyCounter? _latency;
    private IReadOnlyList<ArmedEvent> _events = [];
    private TraceInstance? _ring;
    private int _unarmed = int.MaxValue, _withoutStacks = int.MaxValue;
    private bool _areShut, _isDisposed;

    /// <summary>Name of the ring's instance and group of our own probes, so that others can see whether the probes are in use.</summary>
    public string Name { get; } = TraceInstance.NewName();

    /// <summary>The instance whose ring is read.</summary>
    public TraceInstance Ring => _ring ?? throw new InvalidOperationException("the ring was not made");

    /// <summary>Nothing is changed; changes are only noted.</summary>
    public bool IsPlanning => writer.IsPlanning;

    /// <summary>No other events are recorded beside the drops.</summary>
    public bool HasDropsAlone => _events.Count == 1;

    /// <summary>A stack is taken with an event.</summary>
    public bool TakesStacks => _events.Any(each => each.Trigger is not null);

    /// <summary>What could not be undone; empty when the host is as before. Complete after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _journal.Failures;

    /// <summary>
    /// Makes the ring, with its gate shut. It exists before the probe with its name, so that the probe never looks like a leftover.
    /// </summary>
    /// <inheritdoc cref="TraceInstance.Create"/>
    public void MakeRing(long bufferKiBPerCpu, bool measureCost) =>
        _ring = TraceInstance.Create(tracefs, _journal, UndoStep.Ring, bufferKiBPerCpu, measureCost, Name);

    /// <summary>Takes the events to record, and defines those that the kernel does not have; nothing is armed yet.</summary>
    /// <exception cref="UserError">The kernel refused one; then none is defined.</exception>
    public void Define(IReadOnlyList<ArmedEvent> events)
    {
        int mark = _journal.Mark;
        try
        {
            foreach (ArmedEvent each in events) each.Define(tracefs, _journal);
        }
        catch (UserError)
        {
            _journal.Undo(mark);
            throw;
        }

        _events = events;
    }

    /// <summary>Makes the counters of the events, with their gates shut.</summary>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void MakeCounters()
    {
        // Of other events the names are missing then; keeping them costs every context switch.
        if (_events[0].HasComm) OrRefuse(Ring.SkipTaskNames);
        _counters.Add(new EventCounter(tracefs, _journal, _events.Take(1), UndoStep.Drops));
        if (_events.Count > 1) _counters.Add(new EventCounter(tracefs, _journal, _events.Skip(1), KernelCounts.OtherEvents)); // an instance costs older kernels 10 MB
    }

    /// <summary>Makes what counts how long packets take. Call it after <see cref="MakeCounters"/>.</summary>
    /// <inheritdoc cref="LatencyCounter(string, UndoJournal, ArmedEvent)"/>
    public void CountLatency() => _latency = new LatencyCounter(tracefs, _journal, _events[0].CountedBy ?? _events[0]);

    /// <summary>What was counted of that, as a file; null if it was not asked for. Complete after <see cref="ShutGates"/>.</summary>
    /// <param name="reasonOf">The name of a drop reason.</param>
    public byte[]? Latency(Func<long, string> reasonOf) => _latency?.Text(reasonOf);

    /// <summary>
    /// What makes the kernel itself shut the gates of ring and counter; null for nothing. Set it before <see cref="Arm"/>. The ring's is the first: what is
    /// recorded is counted as well.
    /// </summary>
    public Freezing? Freezing { get; set; }

    /// <summary>The kernel has shut the ring's gate. Known until <see cref="Disarm"/>.</summary>
    public bool IsFrozen => Freezing is not null && Ring.HasShutItself;

    /// <summary>Sets the function tracer, if one is used, and opens the pipes of every CPU; after that no tracer can be set.</summary>
    /// <param name="withPages">trace_pipe_raw of each is opened as well.</param>
    /// <returns>Empty if this is only planned.</returns>
    /// <exception cref="UserError">The kernel refused.</exception>
    public PerCpuPipes OpenPipes(bool withPages)
    {
        OrRefuse(() =>
        {
            foreach (ArmedEvent each in _events) Ring.Follow(each);
            _counters.ForEach(counter => counter.Follow());
        });
        return IsPlanning ? new PerCpuPipes() : new PerCpuPipes(Ring, withPages);
    }

    /// <summary>Arms the events, the counters first. Triggers come last: from here on every drop costs the host a stack.</summary>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void Arm()
    {
        _unarmed = _journal.Mark;
        OrRefuse(() =>
        {
            _latency?.Arm();

            // The kernel goes through the instances in the order of arming, and through the triggers of an event from the newest to the oldest: the last
            // drop gets its stack before the gate is shut.
            if (Freezing is null) _counters.ForEach(counter => counter.Arm());
            foreach (ArmedEvent each in _events) Ring.Enable(each);
            if (Freezing is { } freezing)
            {
                _counters.ForEach(counter => counter.Arm());
                Ring.ShutAt(_events[0], freezing.Condition);
                _counters[0].ShutAt(freezing.CountedCondition);
            }

            _withoutStacks = _journal.Mark;
            foreach (ArmedEvent each in _events) Ring.TakeStacks(each);
        });
    }

    /// <summary>Opens all gates, the ring's last, so that everything recorded is also counted.</summary>
    public void OpenGates()
    {
        _counters.ForEach(counter => counter.OpenGate());
        _latency?.Start();
        Ring.OpenGate();
        _counters.ForEach(counter => counter.MarkOpen());
    }

    /// <summary>Allows <see cref="MoveGate"/>. Call it before the gates are opened.</summary>
    /// <param name="openedNs">When the window opens, in the trace clock.</param>
    /// <param name="nowNs">Reads that clock.</param>
    /// <param name="onSpan">Takes each time in which the ring's gate was open, if it is ever shut in the window. From the thread that moved it.</param>
    public void TellSpans(long openedNs, Func<long> nowNs, Action<SampledSpan> onSpan) =>
        _gate = new SampledGate(Ring, _counters[0], openedNs, nowNs, onSpan);

    /// <summary>Opens or shuts the ring's gate alone in the window, while the counters go on. From any thread.</summary>
    /// <returns>False if the counters cannot be read: then it stays as it is.</returns>
    public bool MoveGate(bool toOpen)
    {
        lock (_moving) return _areShut || _gate is null || (toOpen ? _gate.Open() : _gate.Shut());
    }

    /// <summary>Tells what is known of a sample so far, of an open span too. From any thread.</summary>
    public void TellSpansSoFar()
    {
        lock (_moving)
        {
            if (!_areShut) _gate?.TellSoFar();
        }
    }

    /// <summary>Shuts all gates, the ring's first. Does nothing if they are shut.</summary>
    public void ShutGates()
    {
        lock (_moving)
        {
            if (_areShut) return;
            _counters.ForEach(counter => counter.MarkShut());
            Ring.ShutGate();
            _counters.ForEach(counter => counter.ShutGate());
            _latency?.Stop();
            _areShut = true;
        }
    }

    /// <summary>Tells the last span, of a window in which the gate was shut before its time. Call it after <see cref="ShutGates"/>.</summary>
    public void EndSpans(KernelCounts counts, long closedNs) => _gate?.End(counts.Drops, closedNs);

    /// <summary>Removes triggers, events and filters, so that a drop costs the host nothing more. Call it with the gates shut.</summary>
    public void Disarm() => _journal.Undo(_unarmed);

    /// <summary>Removes the stack triggers while the events go on: a drop then costs the host a fraction. The gates stay open.</summary>
    public void GiveUpStacks() => _journal.Undo(_withoutStacks);

    /// <summary>What another process changed while the gates should be open; null if nothing.</summary>
    public string? Disturbance() => _gate?.Disturbance ?? Ring.Disturbance() ?? _counters.Select(counter => counter.Disturbance()).FirstOrDefault(why => why is not null);

    /// <summary>Drops and other events so far; null if the counters cannot be read.</summary>
    public long? CountEvents()
    {
        long all = 0;
        foreach (EventCounter counter in _counters)
        {
            if (counter.Count() is not { } count) return null;
            all += count;
        }

        return _counters.Count == 0 ? null : all;
    }

    /// <summary>What the kernel has counted of the drops so far. From any thread, as long as the counters are there.</summary>
    public KernelDrops DropsSoFar()
    {
        lock (_moving)
        {
            long? leftOut = _gate?.LeftOut;
            return new KernelDrops(_counters[0].Count(), leftOut, leftOut is null ? null : _counters[0].HistSoFar());
        }
    }

    /// <summary>The kernel's counters now.</summary>
    public KernelCounts Counts()
    {
        var counts = _counters.ToDictionary(counter => counter.Use, counter => counter.Read());
        return new KernelCounts(counts.GetValueOrDefault(UndoStep.Drops), counts.GetValueOrDefault(KernelCounts.OtherEvents), [.. Ring.Stats().Select(ring => new RingCount(ring.Cpu, ring.Text, RingStats.TryParse(ring.Text)))]);
    }

    /// <summary>The counters at a moment in the window, at which one part of a capture ends and the next begins.</summary>
    /// <param name="now">Reads the trace clock.</param>
    /// <returns>
    /// What the part until then has at most, what the part from then on begins with at least, and the moment. They are the same unless events come faster
    /// than the counters can be read; what came meanwhile is slack of both.
    /// </returns>
    public (KernelCounts Until, KernelCounts From, long AtNs) CountsBetween(Func<long> now)
    {
        const int attempts = 10;
        lock (_moving)
        {
            for (int attempt = 1; ; attempt++)
            {
                KernelCounts before = Counts();
                long atNs = now();
                KernelCounts after = Counts();
                long meanwhile = after.Drops is null ? 0 : after.Drops.Total - (before.Drops?.Total ?? 0);
                if (meanwhile > 0 && attempt < attempts) continue;
                _gate?.Split(after.Drops, before.Drops, atNs);
                return (
                    after with { Drops = after.Drops is { } most ? most with { Slack = most.Slack + meanwhile } : null },
                    before with { Drops = before.Drops is { } least ? least with { Slack = least.Slack - meanwhile } : null },
                    atNs);
            }
        }
    }

    /// <summary>Shuts the gates, disarms, and removes probes and instances. All pipes must be closed.</summary>
    public void Dispose()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        _journal.Undo();
        foreach (string leftover in Leftovers) Console.Error.WriteLine($"capture: NOT RESTORED: {leftover}");
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

/// <summary>The drop at which the kernel itself stops the recording; conditions are in its filter language, empty for any drop.</summary>
/// <param name="Condition">By fields of the event in the ring.</param>
/// <param name="CountedCondition">The same by fields of the event that is counted.</param>
internal sealed record Freezing(string Condition, string CountedCondition);

/// <summary>What the kernel counted until some moment.</summary>
/// <param name="Drops">The drops; null if they could not be counted.</param>
/// <param name="Others">All other events together; null if there are none, or they could not be counted.</param>
/// <param name="Rings">The ring that is read, by CPU, if its counters could be read.</param>
internal sealed record KernelCounts(EventCount? Drops, EventCount? Others, IReadOnlyList<RingCount> Rings)
{
    /// <summary>What the instance that counts them is for.</summary>
    public const string OtherEvents = "other events";

    /// <summary>The counters of a CPU's ring; null if they could not be read.</summary>
    public RingStats? Of(int cpu)
    {
        foreach (RingCount ring in Rings)
        {
            if (ring.Cpu == cpu) return ring.Stats;
        }

        return null;
    }

    /// <summary>The growth since an earlier moment.</summary>
    public KernelCounts Since(KernelCounts start) => new(
        Drops?.Since(start.Drops), Others?.Since(start.Others),
        [.. Rings.Select(ring => start.Of(ring.Cpu) is { } then ? ring with { Stats = ring.Stats?.Since(then) } : ring)]);
}

/// <summary>One CPU's ring.</summary>
/// <param name="Cpu">Whose it is.</param>
/// <param name="Text">Its <c>stats</c> file, unchanged.</param>
/// <param name="Stats">The same parsed, or its growth since an earlier moment; null if it does not parse.</param>
internal sealed record RingCount(int Cpu, byte[] Text, RingStats? Stats);
