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

    /// <summary>Whether an event is enabled in any of them. To be asked before one of ours is.</summary>
    public static bool HaveEvents(string tracefs) =>
        All(tracefs).Any(instance => HostRoot.TryReadFile(Path.Combine(instance, "set_event")) is { Length: > 0 });
}
