using DropForensics.Capture.Host;

namespace DropForensics.Capture.Kernel;

/// <summary>All trace instances of this host, including other tools'.</summary>
internal static class TraceInstances
{
    /// <summary>The directory of each, the top one first.</summary>
    public static IEnumerable<string> All(string tracefs)
    {
        string instances = Path.Combine(tracefs, "instances");
        return (Directory.Exists(instances) ? Directory.EnumerateDirectories(instances) : []).Prepend(tracefs);
    }

    /// <summary>Whether an event is enabled in any of them, other than the tracer's own (ftrace:…). Call it before enabling one of ours.</summary>
    public static bool HaveEvents(string tracefs) => All(tracefs).Any(instance => HasEvent(HostRoot.TryReadFile(Path.Combine(instance, "set_event"))));

    /// <summary>Those that have a probe event enabled: the kernel does not remove the probe while any has.</summary>
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="event">Its <c>group/event</c>.</param>
    /// <param name="except">Names of instances to ignore.</param>
    /// <returns>Their directories, as a list for a message; including those with a trigger, where it reads <c>0*</c>. Empty if perf holds it, which tracefs does not show.</returns>
    public static string ThatEnable(string tracefs, string @event, IReadOnlySet<string>? except = null) => string.Join(", ", All(tracefs)
        .Where(place => HostRoot.TryReadFile(Path.Combine(place, "events", @event, "enable")) is [(byte)'1', ..] or [_, (byte)'*', ..])
        .Where(place => except?.Contains(Path.GetFileName(place)) != true));

    /// <summary>One on each line: <c>skb:kfree_skb</c>.</summary>
    private static bool HasEvent(ReadOnlySpan<byte> events)
    {
        foreach (Range line in events.Split((byte)'\n'))
        {
            if (!events[line].IsEmpty && !events[line].StartsWith("ftrace:"u8)) return true;
        }

        return false;
    }
}
