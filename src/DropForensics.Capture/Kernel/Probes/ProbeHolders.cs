using DropForensics.Capture.Host;

namespace DropForensics.Capture.Kernel.Probes;

/// <summary>Who has a probe event enabled: while anybody has, the kernel lets nobody take it out.</summary>
internal static class ProbeHolders
{
    /// <param name="tracefs">Where it is mounted.</param>
    /// <param name="event">Its <c>group/event</c>.</param>
    /// <returns>Instances in which it is enabled, or has a trigger, at which it reads <c>0*</c>; empty where perf holds it, which shows nowhere.</returns>
    public static IEnumerable<string> Of(string tracefs, string @event) =>
        TraceInstances.All(tracefs).Where(
            place => HostRoot.TryReadFile(Path.Combine(place, "events", @event, "enable")) is [(byte)'1', ..] or [_, (byte)'*', ..]);
}
