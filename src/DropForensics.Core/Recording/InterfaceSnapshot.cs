using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;

namespace DropForensics.Core.Recording;

/// <summary>Every interface of every namespace at one moment: its driver, and what it had received and sent.</summary>
public sealed class InterfaceSnapshot
{
    private readonly Dictionary<(long Netns, string Name), (long Received, long Sent)> _packets = [];
    private readonly Dictionary<(long Netns, string Name), string?> _drivers = [];

    /// <param name="views">The namespaces.</param>
    /// <param name="before">An earlier snapshot, whose interfaces are not to be forgotten.</param>
    public InterfaceSnapshot(IReadOnlyList<NetworkView> views, InterfaceSnapshot? before = null)
    {
        foreach (var view in views)
        {
            foreach (var (_, content) in view.Files.Where(file => file.Path == NetworkView.DevPath))
            {
                foreach (var (name, packets) in NetDev.Packets(content)) _packets[(view.Netns, name)] = packets;
            }

            foreach (var row in view.Interfaces) _drivers[(row.Netns, row.Name)] = row.Driver;
        }

        var rows = views.SelectMany(view => view.Interfaces).ToArray();
        Drivers = new InterfaceDrivers(rows, before?.Drivers);
        Interfaces =
            [.. (before?.Interfaces ?? []).Concat(rows).GroupBy(row => (row.Netns, row.IfIndex, row.Name))
                .Select(same => same.Last() with { BaseDriver = Drivers.Of(same.Key.Netns, same.Key.IfIndex) })];
    }

    /// <summary>The driver behind each interface, by (namespace, ifindex).</summary>
    public InterfaceDrivers Drivers { get; }

    /// <summary>Each interface once under each name it was seen by, now and before, with its base driver.</summary>
    public IReadOnlyList<InterfaceRow> Interfaces { get; }

    /// <summary>What came on top since <paramref name="before"/>; an interface that was not there began at zero.</summary>
    public IReadOnlyList<InterfaceGain> GainsSince(InterfaceSnapshot before)
    {
        var gains = new List<InterfaceGain>(_packets.Count);
        foreach (var (at, now) in _packets)
        {
            var then = before._packets.GetValueOrDefault(at);
            gains.Add(new InterfaceGain(at.Netns, at.Name, _drivers.GetValueOrDefault(at), now.Received - then.Received, now.Sent - then.Sent));
        }

        return gains;
    }
}
