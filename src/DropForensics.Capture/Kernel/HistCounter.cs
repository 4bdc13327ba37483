using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Drops counted in the kernel by reason and location (Documentation/trace/histogram.rst): what the ring lost is in it too. It sits on the
/// counter's event, counts while the counter's gate is open (which does not bind a trigger by itself: it is paused), and is read once it is
/// paused again, so nothing moves meanwhile.
/// </summary>
internal sealed class HistCounter
{
    private readonly TraceInstance _instance;
    private readonly string _directory;
    private readonly string _keys;
    private readonly string _condition;

    private HistCounter(TraceInstance instance, string directory, string keys, string condition) =>
        (_instance, _directory, _keys, _condition) = (instance, directory, keys, condition);

    /// <summary>What it counted; null where it could not be read, or not yet.</summary>
    public HistText? Counts { get; private set; }

    /// <summary>
    /// Arms it, paused; null where the kernel has no hist triggers (CONFIG_HIST_TRIGGERS) or refuses this one, or where the event says
    /// nothing to count by.
    /// </summary>
    public static HistCounter? TryArm(TraceInstance instance, string directory, string filter)
    {
        var format = Encoding.ASCII.GetString(instance.FormatOf(directory));
        if (!format.Contains(" location;", StringComparison.Ordinal) || !instance.Has($"{directory}/hist")) return null;
        var keys = format.Contains(" reason;", StringComparison.Ordinal) ? "hist:keys=reason,location.sym-offset" : "hist:keys=location.sym-offset";
        var condition = filter.Length > 0 ? $" if {filter}" : "";
        return instance.TryTrigger(directory, $"{keys}:pause{condition}", undo: $"!{keys}{condition}") ? new HistCounter(instance, directory, keys, condition) : null;
    }

    public void Start() => Switch("cont");

    /// <summary>Pauses it and reads it, the first time it is called.</summary>
    public void Stop()
    {
        if (Counts is null && Switch("pause")) Counts = HistText.TryParse(HostRoot.TryReadFile(_instance.At($"{_directory}/hist")) ?? []);
    }

    // It is evidence on top: that it is missing must not end a capture.
    private bool Switch(string command) => _instance.TryTrigger(_directory, $"{_keys}:{command}{_condition}");
}
