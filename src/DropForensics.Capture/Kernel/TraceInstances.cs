using DropForensics.Capture.Host;

namespace DropForensics.Capture.Kernel;

/// <summary>All trace instances of this host, other tools' as well.</summary>
internal static class TraceInstances
{
    /// <summary>The directory of each, the top one first.</summary>
    public static IEnumerable<string> All(string tracefs)
    {
        var instances = Path.Combine(tracefs, "instances");
        return (Directory.Exists(instances) ? Directory.EnumerateDirectories(instances) : []).Prepend(tracefs);
    }

    /// <summary>Whether an event is enabled in any of them, other than the tracer's own (ftrace:…). To be asked before one of ours is.</summary>
    public static bool HaveEvents(string tracefs) => All(tracefs).Any(instance => HasEvent(HostRoot.TryReadFile(Path.Combine(instance, "set_event"))));

    /// <summary>A line each: <c>skb:kfree_skb</c>.</summary>
    private static bool HasEvent(ReadOnlySpan<byte> events)
    {
        foreach (var line in events.Split((byte)'\n'))
        {
            if (!events[line].IsEmpty && !events[line].StartsWith("ftrace:"u8)) return true;
        }

        return false;
    }
}
