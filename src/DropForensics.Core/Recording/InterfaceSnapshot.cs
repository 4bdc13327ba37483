using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;

namespace DropForensics.Core.Recording;

/// <summary>Every interface of every namespace at one moment: its driver and its packet counters.</summary>
public sealed class InterfaceSnapshot
{
    private readonly Dictionary<(long Netns, string Name), (long Received, long Sent)> _packets = [];
    private readonly Dictionary<(long Netns, string Name), string?> _drivers = [];
    private readonly Dictionary<(long Netns, string Name), int> _indexes = [];
    private readonly Dictionary<(long Netns, int IfIndex), string> _names = [];
    private readonly HashSet<long> _listed = [];

    /// <param name="views">The namespaces.</param>
    /// <param name="before">An earlier snapshot, whose interfaces are kept.</param>
    public InterfaceSnapshot(IReadOnlyList<NetworkView> views, InterfaceSnapshot? before = null)
    {
        foreach (NetworkView view in views)
        {
            foreach ((string _, byte[]? content) in view.Files.Where(file => file.Path == NetworkView.DevPath))
            {
                foreach ((string? name, (long Received, long Sent) packets) in NetDev.Packets(content)) _packets[(view.Netns, name)] = packets;
            }

            foreach (InterfaceRow row in view.Interfaces)
            {
                _drivers[(row.Netns, row.Name)] = row.Driver;
                _indexes[(row.Netns, row.Name)] = row.IfIndex;
                _names[(row.Netns, row.IfIndex)] = row.Name;
                _listed.Add(row.Netns);
            }
        }

        InterfaceRow[] rows = views.SelectMany(view => view.Interfaces).ToArray();
        Drivers = new InterfaceDrivers(rows, before?.Drivers);
        Interfaces =
            [.. (before?.Interfaces ?? []).Concat(rows).GroupBy(row => (row.Netns, row.IfIndex, row.Name))
                .Select(same => same.Last() with { BaseDriver = Drivers.Of(same.Key.Netns, same.Key.IfIndex) })];
    }

    /// <summary>The driver behind each interface, by (namespace, ifindex).</summary>
    public InterfaceDrivers Drivers { get; }

    /// <summary>Each interface once under each name it was seen by, now and before, with its base driver.</summary>
    public IReadOnlyList<InterfaceRow> Interfaces { get; }

    /// <summary>The growth since <paramref name="before"/>, by current names; a new interface starts at zero.</summary>
    public IReadOnlyList<InterfaceGain> GainsSince(InterfaceSnapshot before)
    {
        var gains = new List<InterfaceGain>(_packets.Count);
        foreach (((long Netns, string Name) at, (long Received, long Sent) now) in _packets)
        {
            (long Received, long Sent) then = before.PacketsOf(at.Netns, at.Name, _indexes.TryGetValue(at, out int index) ? index : null);
            gains.Add(new InterfaceGain(at.Netns, at.Name, _drivers.GetValueOrDefault(at), now.Received - then.Received, now.Sent - then.Sent));
        }

        return gains;
    }

    /// <summary>An interface's packet counters, by its index if known, because the name may have belonged to another interface at this moment.</summary>
    private (long Received, long Sent) PacketsOf(long netns, string name, int? ifIndex)
    {
        bool isListed = ifIndex is not null && _listed.Contains(netns);
        string? then = isListed ? _names.GetValueOrDefault((netns, ifIndex.GetValueOrDefault())) : name;
        return then is null ? default : _packets.GetValueOrDefault((netns, then));
    }
}
