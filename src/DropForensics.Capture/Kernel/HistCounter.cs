using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Drops counted in the kernel by reason and location (Documentation/trace/histogram.rst): what the ring lost is in it too. It sits on the
/// witness's event, counts while the witness's gate is open, and is read once it is paused, so nothing moves meanwhile.
/// </summary>
internal sealed class HistCounter
{
    private readonly TraceInstance _instance;
    private readonly string _directory;
    private readonly string _trigger;
    private readonly string _filter;

    private HistCounter(TraceInstance instance, string directory, string trigger, string filter)
    {
        _instance = instance;
        _directory = directory;
        _trigger = trigger;
        _filter = filter;
    }

    /// <summary>What it counted; null where it could not be read, or not yet.</summary>
    public HistText? Counts { get; private set; }

    /// <summary>Arms it, paused; null where the kernel has no hist triggers, or the event says nothing to count by.</summary>
    public static HistCounter? TryArm(TraceInstance instance, string directory, string filter)
    {
        var format = Encoding.ASCII.GetString(instance.FormatOf(directory));
        if (!format.Contains(" location;", StringComparison.Ordinal)) return null;
        var keys = format.Contains(" reason;", StringComparison.Ordinal) ? "reason,location.sym-offset" : "location.sym-offset";
        var counter = new HistCounter(instance, directory, $"hist:keys={keys}", filter);
        return instance.TryArmHist(directory, counter._trigger, filter) ? counter : null;
    }

    public void Start() => Switch(counts: true);

    /// <summary>Pauses it and reads it, the first time it is called.</summary>
    public void Stop()
    {
        if (Counts is null && Switch(counts: false)) Counts = HistText.TryParse(HostRoot.TryReadFile(_instance.At($"{_directory}/hist")) ?? []);
    }

    // It is evidence on top: that it is missing must not end a capture.
    private bool Switch(bool counts)
    {
        try
        {
            _instance.SwitchHist(_directory, _trigger, _filter, counts);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
