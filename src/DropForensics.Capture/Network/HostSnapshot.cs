using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Network;

/// <summary>
/// The host before or after the window, for the capture file: what later code will want to know is asked of the file, not of the host.
/// Of the files it keeps no more than the interfaces' counters: a host of containers has thousands of them.
/// </summary>
/// <param name="view">What was seen.</param>
/// <param name="before">What was seen before, if this is after.</param>
internal sealed class HostSnapshot(HostView view, HostSnapshot? before)
{
    private readonly Dictionary<long, byte[]> _statistics = view.Namespaces.ToDictionary(space => space.Netns, space => space.Statistics);

    /// <summary>What of the host could not be read then.</summary>
    public IReadOnlyList<UnreadEvidence> Unread { get; } = view.Unread;

    /// <summary>The interfaces, with their counters and drivers. Only with all namespaces known: a lower link may lead into another.</summary>
    public InterfaceSnapshot Interfaces { get; } = new(view.Namespaces, before?.Interfaces);

    /// <summary>Looks at the host and writes down what is there.</summary>
    public static HostSnapshot Store(ArtifactPhase phase, HostView view, HostSnapshot? before, CaptureWriter writer)
    {
        foreach (var (path, content) in view.Files) writer.AddArtifact(phase, 0, path, content);
        foreach (var space in view.Namespaces)
        {
            foreach (var (path, content) in space.Files) writer.AddArtifact(phase, space.Netns, path, content);
        }

        if (view.Unread.Count > 0) writer.AddArtifact(phase, 0, UnreadEvidence.Path, UnreadEvidence.Format(view.Unread));

        // The same interface seen again keeps its row.
        var snapshot = new HostSnapshot(view, before);
        foreach (var row in snapshot.Interfaces.Interfaces) writer.AddInterface(row);
        return snapshot;
    }

    /// <summary>What interfaces lost before the stack between <paramref name="before"/> and now.</summary>
    public IReadOnlyList<UnseenPackets> UnseenSince(HostSnapshot before) =>
        [.. _statistics.SelectMany(now => UnseenPackets.Between(now.Key, before._statistics.GetValueOrDefault(now.Key), now.Value))];
}
