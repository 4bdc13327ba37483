using DropForensics.Capture.Host;

namespace DropForensics.Capture.Kernel;

/// <summary>What others trace on this host.</summary>
internal static class OtherTracing
{
    /// <summary>Whether an event is enabled in any instance, the top one included. To be asked before one of ours is.</summary>
    public static bool HasEvents(string tracefs)
    {
        var instances = Path.Combine(tracefs, "instances");
        return (Directory.Exists(instances) ? Directory.EnumerateDirectories(instances) : [])
            .Prepend(tracefs)
            .Any(instance => HostRoot.TryReadFile(Path.Combine(instance, "set_event")) is { Length: > 0 });
    }
}
