using DropForensics.Core;
using DropForensics.Core.Recording;

namespace DropForensics.Capture.Host;

/// <summary>Host files as they are at one moment, and the interfaces of every network namespace. Read in one go, stored later.</summary>
/// <param name="Files">Files that speak of the whole host, by path.</param>
/// <param name="Namespaces">What each network namespace shows.</param>
internal sealed record HostView(IReadOnlyList<HostFile> Files, IReadOnlyList<NetworkView> Namespaces)
{
    private static readonly string[] Paths = ["/proc/net/softnet_stat", "/proc/modules"];

    /// <summary>Reads what can be read; a file that is missing or closed to us is left out.</summary>
    public static HostView Read(HostRoot host)
    {
        // The counters of the namespaces first: they move.
        var namespaces = NetworkViews.Read(host);
        return new HostView(
            [.. Paths.Select(path => new HostFile(path, host.TryRead(path) ?? [])).Where(file => file.Content.Length > 0)], namespaces);
    }
}
