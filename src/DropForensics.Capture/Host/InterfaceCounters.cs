using DropForensics.Core.Attribution;
using DropForensics.Core.Procfs;

namespace DropForensics.Capture.Host;

/// <summary>What every interface of every namespace had received and sent at one moment.</summary>
internal sealed class InterfaceCounters
{
    private readonly Dictionary<(long Netns, string Name), (long Received, long Sent)> _packets = [];
    private readonly Dictionary<(long Netns, string Name), string?> _drivers = [];

    /// <summary>Takes one namespace's.</summary>
    public void Add(NetworkView view)
    {
        foreach (var (_, content) in view.Files.Where(file => file.Path == NetworkView.DevPath))
        {
            foreach (var (name, packets) in NetDev.Packets(content)) _packets[(view.Netns, name)] = packets;
        }

        foreach (var row in view.Interfaces) _drivers[(row.Netns, row.Name)] = row.Driver;
    }

    /// <summary>What came on top since <paramref name="before"/>; an interface that was not there began at zero.</summary>
    public IReadOnlyList<InterfaceGain> GainsSince(InterfaceCounters before) =>
        [.. _packets.Select(now =>
        {
            var (received, sent) = before._packets.GetValueOrDefault(now.Key);
            return new InterfaceGain(
                now.Key.Netns, now.Key.Name, _drivers.GetValueOrDefault(now.Key), now.Value.Received - received, now.Value.Sent - sent);
        })];
}
