using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A second, tiny instance, which nobody reads: its ring overflows at once and keeps counting. So the kernel itself counts the hits of events,
/// however many the reader kept; of the drops also by reason and location if it has hist triggers.
/// </summary>
internal sealed class EventCounter
{
    private const int SmallestRingKiB = 4;

    private readonly TraceInstance _instance;
    private readonly ArmedEvent[] _counted;
    private HistCounter? _hist;
    private long? _atOpen, _beforeShut;
    private bool _wasOpened, _isShut;

    /// <summary>Makes it with its gate shut.</summary>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="journal">Takes every change.</param>
    /// <param name="events">The events to count, all together; of each the cheapest one with the same hits is armed.</param>
    /// <param name="use"><see cref="UndoStep.Drops"/>, or what else it counts.</param>
    public EventCounter(string tracefs, UndoJournal journal, IEnumerable<ArmedEvent> events, string use)
    {
        (Use, _counted) = (use, [.. events.Select(each => each.CountedBy ?? each)]);
        _instance = TraceInstance.Create(tracefs, journal, use, SmallestRingKiB);
    }

    /// <summary>What it counts.</summary>
    public string Use { get; }

    /// <inheritdoc cref="TraceInstance.Follow"/>
    public void Follow() => Array.ForEach(_counted, _instance.Follow);

    /// <summary>Arms it; it counts when its gate is open.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void Arm()
    {
        Array.ForEach(_counted, _instance.Enable);
        if (_counted is [{ Directory: DropTracepoint.Directory and var directory, Filter: var filter }]) _hist = HistCounter.TryArm(_instance, directory, filter);
    }

    /// <inheritdoc cref="TraceInstance.ShutAt"/>
    public void ShutAt(string condition) => _instance.ShutAt(_counted[0], condition);

    public string? Disturbance() => _instance.Disturbance();

    /// <summary>Opens its gate, before that of the ring: two gates cannot move at the same instant.</summary>
    public void OpenGate()
    {
        _wasOpened = true;
        _instance.OpenGate();
        _hist?.Start();
    }

    /// <summary>Call it when the ring's gate is open: hits counted by now may be missing in the ring.</summary>
    public void MarkOpen() => _atOpen = Count();

    /// <summary>Call it before the ring's gate is shut: see <see cref="MarkOpen"/>.</summary>
    public void MarkShut() => _beforeShut ??= Count();

    /// <summary>Shuts its gate, after that of the ring.</summary>
    public void ShutGate()
    {
        _hist?.Stop();
        _instance.ShutGate();
        _isShut = true;
    }

    /// <summary>The counts so far; null if the kernel's counters cannot be read, or could not when a gate moved.</summary>
    public EventCount? Read()
    {
        if (CountByCpu() is not { } byCpu || (_wasOpened && _atOpen is null) || (_isShut && _beforeShut is null)) return null;
        long afterShut = _isShut ? byCpu.Sum(each => each.Count) - (_beforeShut ?? 0) : 0;
        return new EventCount(byCpu, Slack: (_atOpen ?? 0) + afterShut, _hist?.Counts);
    }

    /// <summary>The counts by reason and location so far; null if the kernel has none, or they cannot be read.</summary>
    public HistText? HistSoFar() => _hist?.SoFar();

    /// <summary>Hits so far; null if the counters cannot be read.</summary>
    public long? Count() => CountByCpu()?.Sum(each => each.Count);

    /// <summary>Hits so far on each CPU, which are the records in its ring and those it overwrote; null if the counters cannot be read.</summary>
    public List<(int Cpu, long Count)>? CountByCpu()
    {
        var counts = new List<(int, long)>();
        foreach ((int cpu, byte[]? text) in _instance.Stats())
        {
            if (RingStats.TryParse(text) is not { } stats) return null;
            counts.Add((cpu, stats.Written));
        }

        return counts.Count == _instance.Cpus.Count ? counts : null;
    }
}

/// <summary>The kernel's count of one event, or of several together.</summary>
/// <param name="ByCpu">Hits on each CPU.</param>
/// <param name="Slack">How many of them may fall between the two gates.</param>
/// <param name="Hist">The same by reason and location; null if the kernel has no hist triggers, or counts another event.</param>
internal sealed record EventCount(IReadOnlyList<(int Cpu, long Count)> ByCpu, long Slack, HistText? Hist)
{
    public long Total => ByCpu.Sum(each => each.Count);

    /// <summary>The growth since an earlier count; the hist counts are for the whole window.</summary>
    public EventCount Since(EventCount? start) => start is null ? this : this with
    {
        ByCpu = [.. ByCpu.Select(now => (now.Cpu, now.Count - start.ByCpu.FirstOrDefault(then => then.Cpu == now.Cpu).Count))],
        Slack = Slack - start.Slack,
    };
}

/// <summary>What the kernel has counted of the drops while they are recorded.</summary>
/// <param name="Counted">All of them; null if the counters cannot be read.</param>
/// <param name="LeftOut">Those that came while the ring's gate was shut; null if every drop was recorded until now.</param>
/// <param name="Hist">All of them by reason and location, once a sample is recorded; null before, and if the kernel has no hist triggers.</param>
internal sealed record KernelDrops(long? Counted, long? LeftOut, HistText? Hist);
