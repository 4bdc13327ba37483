using DropForensics.Capture.Kernel.Probes;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A second, tiny instance that nobody reads: its ring overflows at once and goes on counting, so the kernel itself says how
/// many drops there were, whatever the reader managed to keep.
/// </summary>
internal sealed class Witness : IDisposable
{
    private const int SmallestRingKiB = 4;

    private readonly TraceInstance _instance;
    private long? _atOpen;
    private long? _beforeShut;

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
        if (plan.EventDirectory is not { } directory) _instance.ArmFunction(plan.Function ?? "");
        else if (plan.Witness is { } cheaper) _instance.ArmEvent(cheaper.Directory, cheaper.Filter, trigger: null);
        else _instance.ArmEvent(directory, plan.Filter, trigger: null);
    }

    public string? Disturbance() => _instance.Disturbance();

    /// <summary>
    /// Opens both gates, this one first. Two gates never move in the same instant, so what was counted by the time both were
    /// open is the most that this one can have seen alone.
    /// </summary>
    public void OpenGates(TraceInstance other)
    {
        _instance.OpenGate();
        other.OpenGate();
        _atOpen = Count();
    }

    /// <summary>Shuts both gates, this one last. Harmless when they are shut.</summary>
    public void ShutGates(TraceInstance other)
    {
        _beforeShut ??= Count();
        other.ShutGate();
        _instance.ShutGate();
    }

    public void Disarm() => _instance.Disarm();

    /// <summary>What was counted, after the gates were shut.</summary>
    /// <returns>Drops, and how many of them may lie between the two gates; null where the kernel's counters cannot be read.</returns>
    public (long Drops, long Slack)? Testimony() =>
        Count() is { } drops && _atOpen is { } atOpen && _beforeShut is { } beforeShut ? (drops, atOpen + drops - beforeShut) : null;

    public void Dispose() => _instance.Dispose();

    /// <summary>What the rings hold and what they had to overwrite: drops so far; null where the counters cannot be read.</summary>
    public long? Count()
    {
        long sum = 0;
        foreach (var cpu in _instance.Cpus)
        {
            if (_instance.Stats(cpu) is not { } text || RingStats.TryParse(text) is not { } stats) return null;
            sum += stats.Written;
        }

        return sum;
    }
}
