using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Drops counted in the kernel by reason and location (Documentation/trace/histogram.rst): it includes records that the ring lost. It is a trigger on the
/// counter's event. A trigger ignores the gate, so it is paused and continued together with it, and read after it is
/// paused again, when nothing changes any more.
/// </summary>
internal sealed class HistCounter
{
    private readonly TraceInstance _instance;
    private readonly string _directory;
    private readonly string _keys;
    private readonly string _condition;

    private HistCounter(TraceInstance instance, string directory, string keys, string condition) =>
        (_instance, _directory, _keys, _condition) = (instance, directory, keys, condition);

    /// <summary>Its counts; null before it is read, or if that failed.</summary>
    public HistText? Counts { get; private set; }

    /// <summary>
    /// Arms it, paused; null if the kernel has no hist triggers (CONFIG_HIST_TRIGGERS) or refuses this one, or if the event has
    /// no location to count by.
    /// </summary>
    public static HistCounter? TryArm(TraceInstance instance, string directory, string filter)
    {
        string format = Encoding.ASCII.GetString(instance.FormatOf(directory));
        if (!format.Contains(" location;", StringComparison.Ordinal) || !instance.Has($"{directory}/hist")) return null;
        string keys = format.Contains(" reason;", StringComparison.Ordinal) ? "hist:keys=reason,location.sym-offset" : "hist:keys=location.sym-offset";
        string condition = filter.Length > 0 ? $" if {filter}" : "";
        return instance.TryTrigger(directory, $"{keys}:pause{condition}", undo: $"!{keys}{condition}") ? new HistCounter(instance, directory, keys, condition) : null;
    }

    public void Start() => Switch("cont");

    /// <summary>Pauses and reads it on the first call.</summary>
    public void Stop()
    {
        if (Counts is null && Switch("pause")) Counts = SoFar();
    }

    /// <summary>The counts of this moment, or of the end.</summary>
    public HistText? SoFar() => Counts ?? HistText.TryParse(HostRoot.TryReadFile(_instance.At($"{_directory}/hist")) ?? []);

    // This is additional evidence: a failure must not end a capture.
    private bool Switch(string command) => _instance.TryTrigger(_directory, $"{_keys}:{command}{_condition}");
}
