using DropForensics.Capture.Host;
using DropForensics.Capture.Probes;
using DropForensics.Core;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Looks whether something of <c>--until</c> has happened: at the drops as they are recorded, at rates and counters once a second. The first counts.
/// </summary>
/// <param name="triggers">What is looked for.</param>
/// <param name="host">Where the counters are.</param>
/// <param name="happened">Told which; not again before <see cref="Rearm"/>.</param>
internal sealed class TriggerWatch(IReadOnlyList<Trigger> triggers, HostRoot host, Action<Trigger> happened)
{
    private static readonly string[] CounterFiles = ["/proc/net/snmp", "/proc/net/netstat", "/proc/net/snmp6"];

    private readonly DropTrigger[] _drops = [.. triggers.OfType<DropTrigger>()];
    private readonly RateTrigger[] _rates = [.. triggers.OfType<RateTrigger>()];
    private readonly CounterTrigger[] _counters = [.. triggers.OfType<CounterTrigger>()];
    private readonly Dictionary<Trigger, long> _earlier = [], _start = [], _sinceNs = [];
    private (long Ns, long Count)? _last;
    private int _isShut, _isRearmed;

    /// <summary>Begins to look for what was asked for; what happens ends the window.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="plan">What is armed.</param>
    /// <param name="host">Where the counters are.</param>
    /// <param name="window">What ends.</param>
    /// <param name="kernelSeesDrops">The kernel itself waits for the drop.</param>
    /// <returns>Null if nothing was asked for.</returns>
    /// <exception cref="UserError">There is no such reason or counter.</exception>
    public static TriggerWatch? Of(CaptureOptions options, ProbePlan plan, HostRoot host, Window window, bool kernelSeesDrops)
    {
        if (options.Until.Count == 0) return null;
        DropTrigger[] drops = [.. options.Until.OfType<DropTrigger>()];
        string[] reasons = [.. drops.Select(each => each.Reason).OfType<string>()];
        if (drops.FirstOrDefault(each => each.Interface is not null) is { } byInterface && plan.NotShown is { } blind && blind.What.Split(' ').Contains("interface"))
            throw new UserError($"--until {byInterface.Text} cannot happen: the probe {plan.Name} shows no interface: {blind.Why}", "Wait for a reason or a rate, or use --probe eprobe where the host has it.", ExitCode.Usage);
        if (reasons.Length > 0) _ = EventFilter.Reasons(plan.Reasons, reasons, []);
        var watch = new TriggerWatch([.. options.Until.Where(each => !kernelSeesDrops || each is not DropTrigger)], host, trigger => window.EndAfter(trigger.Text, options.Then));
        watch.Begin();
        return watch;
    }

    /// <summary>Reads where the counters begin.</summary>
    /// <exception cref="UserError">One is not there.</exception>
    public void Begin()
    {
        if (_counters.Length == 0) return;
        Dictionary<string, long> now = ReadCounters(host);
        foreach (CounterTrigger each in _counters)
        {
            if (!now.TryGetValue(each.Name, out long value))
                throw new UserError($"this host has no counter '{Printable.Of(each.Name)}'.{NearNames.Question(each.Name, now.Keys)}", "/proc/net/snmp, netstat and snmp6 list them: Udp.RcvbufErrors.", ExitCode.Usage);
            _start[each] = value;
        }
    }

    /// <summary>Looks at what has been recorded; on the recording thread.</summary>
    /// <param name="parts">Of a flight recorder the part that ends, if one does, and the one that begins.</param>
    public void LookAtDrops(ReadOnlySpan<Totals> parts)
    {
        if (_drops.Length == 0) return;
        bool begins = Interlocked.Exchange(ref _isRearmed, 0) != 0;
        foreach (DropTrigger each in _drops)
        {
            long drops = _earlier.GetValueOrDefault(each);
            foreach (Totals totals in parts) drops += each.Of(totals);
            if (begins) _start[each] = drops;
            else if (drops - _start.GetValueOrDefault(each) > each.Most) Fire(each);
        }
    }

    /// <summary>A part is closed: its drops still count.</summary>
    public void EndPart(Totals totals)
    {
        foreach (DropTrigger each in _drops) _earlier[each] = _earlier.GetValueOrDefault(each) + each.Of(totals);
    }

    /// <summary>Looks at rates and counters; about once a second.</summary>
    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    /// <param name="count">Drops and other events so far, by the kernel's count; null: unknown.</param>
    public void LookAtHost(long nowNs, long? count)
    {
        if (count is { } counted)
        {
            foreach (RateTrigger each in _rates)
            {
                bool isAbove = _last is { } last && nowNs > last.Ns && (counted - last.Count) * 1e9 / (nowNs - last.Ns) > each.PerSecond;
                if (!isAbove) _sinceNs.Remove(each);
                else if (nowNs - (_sinceNs.TryGetValue(each, out long since) ? since : _sinceNs[each] = _last!.Value.Ns) >= each.For.TotalMilliseconds * 1e6 && Fire(each)) _sinceNs.Remove(each);
            }

            _last = (nowNs, counted);
        }

        if (_counters.Length == 0) return;
        Dictionary<string, long> now = ReadCounters(host);
        foreach (CounterTrigger each in _counters)
        {
            if (now.TryGetValue(each.Name, out long value) && value - _start[each] >= each.Growth && Fire(each)) _start[each] = value;
        }
    }

    /// <summary>Looks again, from here on.</summary>
    public void Rearm()
    {
        Volatile.Write(ref _isRearmed, 1);
        Volatile.Write(ref _isShut, 0);
    }

    private bool Fire(Trigger trigger)
    {
        if (Interlocked.Exchange(ref _isShut, 1) != 0) return false;
        happened(trigger);
        return true;
    }

    private static Dictionary<string, long> ReadCounters(HostRoot host)
    {
        var counters = new Dictionary<string, long>();
        foreach (string path in CounterFiles)
        {
            byte[] text = host.TryRead(path) ?? [];
            foreach ((string? name, long value) in path.EndsWith('6') ? NetworkCounters.ReadPairs(text) : NetworkCounters.ReadTables(text)) counters[name] = value;
        }

        return counters;
    }
}
