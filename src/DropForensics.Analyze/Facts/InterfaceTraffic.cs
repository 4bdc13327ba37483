using DropForensics.Core.Procfs;

namespace DropForensics.Analyze.Facts;

/// <summary>
/// What interfaces received while the window was open: the growth of their counters in /proc/net/dev, which the agent read before and
/// after.
/// </summary>
/// <param name="files">That file of each namespace: its inode, and whether it was read after.</param>
internal sealed class InterfaceTraffic(IEnumerable<(long Netns, bool After, byte[] Text)> files)
{
    private readonly Dictionary<(long Netns, bool After), IReadOnlyDictionary<string, (long Received, long Sent)>> _packets =
        files.ToDictionary(f => (f.Netns, f.After), f => NetDev.Packets(f.Text));

    /// <summary>Packets received; null where a reading is missing, or the counter went back.</summary>
    public long? Received(long netns, string name) => Counter(netns, true, name) - Counter(netns, false, name) is >= 0 and long gain ? gain : null;

    private long? Counter(long netns, bool after, string name) =>
        _packets.TryGetValue((netns, after), out var links) && links.TryGetValue(name, out var packets) ? packets.Received : null;
}
