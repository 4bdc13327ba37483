using DropForensics.Capture.Kernel.Probes;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A second, tiny instance that nobody reads: its ring overflows at once and goes on counting, so the kernel itself says how
/// many drops there were, whatever the reader managed to keep; and by reason and location where it has hist triggers.
/// </summary>
internal sealed class Witness : IDisposable
{
    private const int SmallestRingKiB = 4;

    private readonly TraceInstance _instance;
    private long? _atOpen;
    private long? _beforeShut;
    private bool _areShut;
    private HistCounter? _hist;

    /// <summary>Makes it with its gate shut.</summary>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="hand">What changes tracefs; null makes the changes.</param>
    public Witness(string tracefs, TracefsHand? hand = null) =>
        _instance = TraceInstance.Create(tracefs, SmallestRingKiB, forReading: false, needsComms: false, hand: hand);

    /// <summary>What could not be undone. Whole after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _instance.Leftovers;

    /// <summary>Lets it count the same drops as the probe, by the cheapest event that tells of them.</summary>
    public void Arm(ProbePlan plan)
    {
        if (plan.EventDirectory is not { } own)
        {
            _instance.ArmFunction(plan.Function ?? "");
            return;
        }

        var (directory, filter) = plan.Witness ?? (own, plan.Filter);
        _instance.ArmEvent(directory, filter, trigger: null);
        if (directory == DropTracepoint.Directory) _hist = HistCounter.TryArm(_instance, directory, filter);
    }

    public string? Disturbance() => _instance.Disturbance();

    /// <summary>
    /// Opens both gates, this one first. Two gates never move in the same instant, so what was counted by the time both were
    /// open is the most that this one can have seen alone.
    /// </summary>
    public void OpenGates(TraceInstance other)
    {
        _instance.OpenGate();
        _hist?.Start();
        other.OpenGate();
        _atOpen = Count();
    }

    /// <summary>Shuts both gates, this one last. Harmless when they are shut.</summary>
    public void ShutGates(TraceInstance other)
    {
        if (_areShut) return;
        _beforeShut ??= Count();
        other.ShutGate();
        _hist?.Stop();
        _instance.ShutGate();
        _areShut = true;
    }

    public void Disarm() => _instance.Disarm();

    /// <summary>What was counted, after the gates were shut; null where the kernel's counters cannot be read.</summary>
    public Testimony? Testimony() => CountByCpu() is { } byCpu && _atOpen is { } atOpen && _beforeShut is { } beforeShut
        ? new Testimony(byCpu, Slack: atOpen + byCpu.Sum(each => each.Drops) - beforeShut, _hist?.Counts) : null;

    public void Dispose() => _instance.Dispose();

    /// <summary>Drops so far; null where the counters cannot be read.</summary>
    public long? Count() => CountByCpu()?.Sum(each => each.Drops);

    /// <summary>What each CPU's ring holds and what it had to overwrite.</summary>
    private List<(int Cpu, long Drops)>? CountByCpu()
    {
        var counts = new List<(int, long)>();
        foreach (var cpu in _instance.Cpus)
        {
            if (_instance.Stats(cpu) is not { } text || RingStats.TryParse(text) is not { } stats) return null;
            counts.Add((cpu, stats.Written));
        }

        return counts;
    }
}
