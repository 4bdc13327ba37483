using DropForensics.Core.Store;

namespace DropForensics.Capture.Host;

/// <summary>
/// Host files as they are before and after the window, and the interfaces of every network namespace, for the capture file: what
/// later code will want to know is asked of the file, not of the host.
/// </summary>
internal sealed class HostArtifacts(HostRoot host, CaptureWriter writer)
{
    private static readonly string[] HostFiles = ["/proc/net/softnet_stat", "/proc/modules"];

    private static readonly string[] NamespaceFiles = ["dev", "snmp", "snmp6", "netstat"];

    /// <summary>Stores what can be read; a file that is missing or closed to us is left out.</summary>
    /// <returns>The interfaces' counters among it.</returns>
    public InterfaceCounters Store(ArtifactPhase phase)
    {
        var counters = new InterfaceCounters();
        foreach (var path in HostFiles) Store(phase, 0, path, host.TryRead(path));

        var spaces = NetNamespaces.Find(host);
        foreach (var space in spaces)
        {
            foreach (var file in NamespaceFiles)
            {
                var content = host.TryRead($"/proc/{space.Pid}/net/{file}");
                Store(phase, space.Inode, $"/proc/net/{file}", content);
                if (file == "dev") counters.Add(space.Inode, content);
            }
        }

        // The same interface seen again keeps its row; one that came in the window gets one.
        foreach (var row in InterfaceInventory.Read(host, spaces))
        {
            writer.AddInterface(row);
            counters.Add(row);
        }

        return counters;
    }

    private void Store(ArtifactPhase phase, long netns, string path, byte[]? content)
    {
        if (content is { Length: > 0 }) writer.AddArtifact(phase, netns, path, content);
    }
}
