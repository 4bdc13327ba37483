using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Network;

/// <summary>
/// The host before or after the window, for the capture file: later code reads the file, not the host.
/// In memory it keeps only the interfaces' counters of the files: a host of containers has thousands of files.
/// </summary>
/// <param name="view">What was seen.</param>
/// <param name="before">The snapshot before the window, if this is the one after it.</param>
internal sealed class HostSnapshot(HostView view, HostSnapshot? before)
{
    private readonly Dictionary<long, byte[]> _statistics = view.Namespaces.ToDictionary(space => space.Netns, space => space.Statistics);

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<UnreadEvidence> Unread { get; } = view.Unread;

    /// <summary>The interfaces, with their counters and drivers. Only with all namespaces known: a lower link may lead into another.</summary>
    public InterfaceSnapshot Interfaces { get; } = new(view.Namespaces, before?.Interfaces);

    /// <summary>Reads the host and writes what it found.</summary>
    public static HostSnapshot Store(ArtifactPhase phase, HostView view, HostSnapshot? before, CaptureWriter writer)
    {
        foreach ((string? path, byte[]? content) in view.Files) writer.AddArtifact(phase, 0, path, content);
        foreach (NetworkView space in view.Namespaces)
        {
            foreach ((string? path, byte[]? content) in space.Files) writer.AddArtifact(phase, space.Netns, path, content);
        }

        foreach ((long netns, (string? path, byte[]? content)) in view.State) writer.AddArtifact(phase, netns, path, content);

        if (view.Unread.Count > 0) writer.AddArtifact(phase, 0, UnreadEvidence.Path, UnreadEvidence.Format(view.Unread));

        // An interface that was seen before keeps its row.
        var snapshot = new HostSnapshot(view, before);
        foreach (InterfaceRow row in snapshot.Interfaces.Interfaces) writer.AddInterface(row);
        return snapshot;
    }

    /// <summary>Packets that interfaces lost before the stack between <paramref name="before"/> and now.</summary>
    public IReadOnlyList<UnseenPackets> UnseenSince(HostSnapshot before) =>
        [.. _statistics.SelectMany(now => UnseenPackets.Between(now.Key, before._statistics.GetValueOrDefault(now.Key), now.Value))];
}

/// <summary>Host files as they are at one moment, and the interfaces of every network namespace. Read in one go, stored later.</summary>
/// <param name="Files">Files that describe the whole host, by path.</param>
/// <param name="Namespaces">The view of each network namespace.</param>
/// <param name="Unread">What could not be read; usually empty.</param>
internal sealed record HostView(IReadOnlyList<HostFile> Files, IReadOnlyList<NetworkView> Namespaces, IReadOnlyList<UnreadEvidence> Unread)
{
    /// <summary>How the host is set up, and its sockets, each with its namespace; 0 for the whole host.</summary>
    public IReadOnlyList<(long Netns, HostFile File)> State { get; private init; } = [];

    private static readonly string[] Paths = ["/proc/net/softnet_stat", "/proc/modules"];

    /// <summary>The same with more of its state, only for namespaces that were seen: others came or went meanwhile.</summary>
    public HostView With(IEnumerable<(long Netns, HostFile File)> state)
    {
        var seen = Namespaces.Select(space => space.Netns).ToHashSet();
        return this with { State = [.. State, .. state.Where(each => each.Netns == 0 || seen.Contains(each.Netns))] };
    }

    /// <summary>Reads what can be read, and never fails.</summary>
    /// <param name="host">Where.</param>
    /// <param name="also">What else is read in each namespace, after its counters: see <see cref="NetworkViews"/>.</param>
    public static HostView Read(HostRoot host, Action<long>? also = null)
    {
        // The counters of the namespaces first: they change.
        var unread = new List<UnreadEvidence>();
        var users = new List<NamespaceUser>();
        IReadOnlyList<NetworkView> namespaces = [];
        try
        {
            namespaces = NetworkViews.Read(host, unread, users, also);
        }
        catch (Exception e)
        {
            // Any failure: missing evidence must not cost the capture.
            unread.Add(new UnreadEvidence("network namespaces", e.Message));
        }

        var files = new List<HostFile>();
        foreach (string path in Paths)
        {
            if (host.TryRead(path, unread, path) is { Length: > 0 } content) files.Add(new HostFile(path, content));
        }

        if (users.Count > 0) files.Add(new HostFile(NamespaceUser.ArtifactPath, NamespaceUser.Format(users)));
        return new HostView(files, namespaces, unread);
    }
}
