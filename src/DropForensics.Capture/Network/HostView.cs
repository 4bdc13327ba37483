using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Network;

/// <summary>Host files as they are at one moment, and the interfaces of every network namespace. Read in one go, stored later.</summary>
/// <param name="Files">Files that speak of the whole host, by path.</param>
/// <param name="Namespaces">What each network namespace shows.</param>
/// <param name="Unread">What could not be read; empty as a rule.</param>
internal sealed record HostView(IReadOnlyList<HostFile> Files, IReadOnlyList<NetworkView> Namespaces, IReadOnlyList<UnreadEvidence> Unread)
{
    private static readonly string[] Paths = ["/proc/net/softnet_stat", "/proc/modules"];

    /// <summary>Reads what can be read, and never fails.</summary>
    public static HostView Read(HostRoot host)
    {
        // The counters of the namespaces first: they move.
        var unread = new List<UnreadEvidence>();
        IReadOnlyList<NetworkView> namespaces = [];
        try
        {
            namespaces = NetworkViews.Read(host, unread);
        }
        catch (Exception e)
        {
            // Whatever it is: evidence is not worth the capture.
            unread.Add(new UnreadEvidence("network namespaces", e.Message));
        }

        var files = new List<HostFile>();
        foreach (var path in Paths)
        {
            if (host.TryRead(path, unread, path) is { Length: > 0 } content) files.Add(new HostFile(path, content));
        }

        return new HostView(files, namespaces, unread);
    }
}
