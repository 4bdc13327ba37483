using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Leftovers in tracefs of captures that were killed together with their guard: our instances and probes that nobody uses. The kernel decides
/// whether an instance is in use, because it also sees processes in other PID namespaces: it does not remove an instance with an open file, and a
/// running capture holds several from the start. A probe's group is the name of its instance.
/// </summary>
internal sealed class Leftovers(HostRoot host, string tracefs)
{
    private const string Instance = "instance", Probe = "probe";

    /// <summary>Removes those that nobody uses.</summary>
    /// <returns>All of ours, including those in use; instances first, each kind by name.</returns>
    public IReadOnlyList<Leftover> Remove() => [.. Names().Select(RemoveInstance).OfType<Leftover>().Concat(ProbesAfterInstances())];

    /// <summary>The same before a capture, which says what it removed: of captures that were killed together with their guard.</summary>
    public void RemoveAndSay()
    {
        foreach (Leftover left in Remove())
        {
            if (left.State == LeftoverState.Removed) Console.Error.WriteLine($"capture: removed the {left.Kind} {Printable.Of(left.Name)}, a leftover of a killed capture");
        }
    }

    /// <summary>Lists the same without changing anything. One that looks idle here may still be in use.</summary>
    public IReadOnlyList<Leftover> Look()
    {
        var found = new List<Leftover>();
        var idle = new HashSet<string>();
        foreach (string name in Names())
        {
            string holders = Holders(name);
            if (holders.Length == 0 && !IsRecording(name)) idle.Add(name);
            found.Add(idle.Contains(name) ? new(Instance, name, LeftoverState.Idle) : Used(name, holders));
        }

        foreach (string probe in Probes())
        {
            string others = TraceInstances.ThatEnable(tracefs, probe, except: idle);
            found.Add(
                Directory.Exists(InstancePath(LatencyCounter.InstanceOf(probe))) && !idle.Contains(LatencyCounter.InstanceOf(probe)) ? UsedProbe(probe)
                : others.Length > 0 ? new(Probe, probe, LeftoverState.InUse, others)
                : new(Probe, probe, LeftoverState.Idle));
        }

        return found;
    }

    private string InstancePath(string name) => Path.Combine(tracefs, "instances", name);

    private Leftover? RemoveInstance(string name)
    {
        if (Remove(name) is not { } error) return new(Instance, name, LeftoverState.Removed);

        // Of a capture that lives the gate is open.
        if (error == Libc.EBusy && !HasOpenGate(name) && Holders(name).Length == 0 && LatencyCounter.TryDisarm(InstancePath(name)))
        {
            if (Remove(name) is not { } still) return new(Instance, name, LeftoverState.Removed);
            error = still;
        }

        return error switch
        {
            Libc.ENoEntry => null,
            Libc.EBusy => Used(name, Holders(name)),
            _ => new(Instance, name, LeftoverState.Refused, Marshal.GetPInvokeErrorMessage(error)),
        };
    }

    private IEnumerable<Leftover> ProbesAfterInstances()
    {
        foreach (string probe in Probes())
        {
            if (Directory.Exists(InstancePath(LatencyCounter.InstanceOf(probe))))
            {
                yield return UsedProbe(probe);
                continue;
            }

            string? failure = TryTakeOut(probe);
            if (failure is null) yield return new(Probe, probe, LeftoverState.Removed);
            else if (TraceInstances.ThatEnable(tracefs, probe) is { Length: > 0 } places) yield return new(Probe, probe, LeftoverState.InUse, places);
            else if (Directory.Exists(Path.Combine(tracefs, "events", probe))) yield return new(Probe, probe, LeftoverState.Refused, failure);
        }
    }

    private string? TryTakeOut(string probe)
    {
        try
        {
            TracefsWriter.Real.Write(Path.Combine(tracefs, ListFile), $"-:{probe}");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <returns>What the kernel said; null if it is removed.</returns>
    private int? Remove(string name) => Libc.RemoveDirectory(InstancePath(name)) == 0 ? null : Marshal.GetLastPInvokeError();

    private static Leftover Used(string name, string holders) =>
        new(Instance, name, LeftoverState.InUse, holders.Length > 0 ? holders : "a process that cannot be seen from here");

    private static Leftover UsedProbe(string probe) => new(Probe, probe, LeftoverState.InUse, $"the capture of instance {LatencyCounter.InstanceOf(probe)}");

    private string Holders(string name) => string.Join(", ", OpenFiles.HoldersBelow(host, $"/instances/{name}/"));

    /// <summary>The kernel shuts the gate when a capture dies, so an open gate with an armed event belongs to a running one.</summary>
    private bool IsRecording(string name) =>
        HasOpenGate(name)
        && (HostRoot.TryReadFile(Path.Combine(InstancePath(name), "set_event")) is { Length: > 0 }
            || HostRoot.TryReadFile(Path.Combine(InstancePath(name), "current_tracer")) is { } tracer && !tracer.AsSpan().StartsWith("nop"u8));

    private bool HasOpenGate(string name) => HostRoot.TryReadFile(Path.Combine(InstancePath(name), "tracing_on")) is [(byte)'1', ..];

    private IEnumerable<string> Names()
    {
        string instances = Path.Combine(tracefs, "instances");
        if (!Directory.Exists(instances)) return [];
        return Directory.GetDirectories(instances, TraceInstance.NamePrefix + "*").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal);
    }

    private string ListFile => File.Exists(Path.Combine(tracefs, "dynamic_events")) ? "dynamic_events" : "kprobe_events";

    /// <summary>
    /// Of lines such as <c>e:dropforensics_0123456789abcdef/drop skb/kfree_skb …</c>, <c>p1:group/event …</c> or <c>s:synthetic/event	u64 us</c> the
    /// <c>group/event</c>.
    /// </summary>
    private string[] Probes() =>
        [.. Encoding.UTF8.GetString(HostRoot.TryReadFile(Path.Combine(tracefs, ListFile)) ?? []).Split('\n')
            .Select(line => line.Split(' ', '\t')[0]).Select(head => head[(head.IndexOf(':') + 1)..])
            .Where(name => name.Contains('/') && LatencyCounter.InstanceOf(name).StartsWith(TraceInstance.NamePrefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

}

/// <summary>An instance or probe of ours in tracefs.</summary>
/// <param name="Kind"><c>instance</c> or <c>probe</c>.</param>
/// <param name="Name">The instance's, or <c>group/event</c>.</param>
/// <param name="State">Its state, or what was done about it.</param>
/// <param name="By">Who uses it, or why it could not be removed; null if there is nothing to report.</param>
internal sealed record Leftover(string Kind, string Name, LeftoverState State, string? By = null);

/// <summary>The state of an instance or probe of ours.</summary>
internal enum LeftoverState
{
    /// <summary>A leftover of an ended capture; it was removed.</summary>
    Removed,

    /// <summary>Nobody seems to use it; only an attempt to remove it can prove that.</summary>
    Idle,

    /// <summary>Somebody uses it: the capture that made it, or another program.</summary>
    InUse,

    /// <summary>The kernel refused its removal.</summary>
    Refused,
}
