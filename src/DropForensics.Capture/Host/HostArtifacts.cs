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
    /// <returns>The interfaces' counters among it.</returns>
    public InterfaceCounters Store(ArtifactPhase phase)
    {
        foreach (var path in HostFiles)
        {
            if (host.TryRead(path) is { Length: > 0 } content) writer.AddArtifact(phase, 0, path, content);
        }

        var counters = new InterfaceCounters();
        foreach (var view in NetworkView.Read(host))
        {
            foreach (var (path, content) in view.Files) writer.AddArtifact(phase, view.Netns, path, content);

            // The same interface seen again keeps its row; one that came in the window gets one.
            foreach (var row in view.Interfaces) writer.AddInterface(row);
            counters.Add(view);
        }

        return counters;
    }
}
