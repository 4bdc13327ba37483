using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Host;

/// <summary>
/// Host files as they are before and after the window, and the interfaces of every network namespace, for the capture file: what
/// later code will want to know is asked of the file, not of the host.
/// </summary>
internal sealed class HostArtifacts(HostRoot host, CaptureWriter writer)
{
    private static readonly string[] HostFiles = ["/proc/net/softnet_stat", "/proc/modules"];

    /// <summary>Stores what can be read; a file that is missing or closed to us is left out.</summary>
    /// <param name="phase">Before or after the window.</param>
    /// <param name="before">What was seen of the interfaces before, if this is after.</param>
    /// <returns>The interfaces, with their counters and drivers.</returns>
    public InterfaceSnapshot Store(ArtifactPhase phase, InterfaceSnapshot? before = null)
    {
        foreach (var path in HostFiles)
        {
            if (host.TryRead(path) is { Length: > 0 } content) writer.AddArtifact(phase, 0, path, content);
        }

        var views = NetworkViews.Read(host);
        foreach (var view in views)
        {
            foreach (var (path, content) in view.Files) writer.AddArtifact(phase, view.Netns, path, content);
        }

        // Only with all namespaces known: a lower link may lead into another. The same interface seen again keeps its row.
        var snapshot = new InterfaceSnapshot(views, before);
        foreach (var row in snapshot.Interfaces) writer.AddInterface(row);
        return snapshot;
    }
}
