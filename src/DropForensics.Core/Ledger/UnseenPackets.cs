using DropForensics.Core.Procfs;

namespace DropForensics.Core.Ledger;

/// <summary>Packets that an interface lost before the network stack, where no probe can see them.</summary>
/// <param name="Netns">Inode of its network namespace.</param>
/// <param name="Interface">Its name there.</param>
/// <param name="Counter">Which of its counters grew: <c>rx_missed_errors</c>.</param>
/// <param name="Packets">Its growth, over a time slightly longer than the window.</param>
public sealed record UnseenPackets(long Netns, string Interface, string Counter, long Packets)
{
    // No room: in the card's own memory, its ring, or its FIFO. Drivers count one loss in more than one of them.
    private static readonly string[] NoRoom = ["rx_missed_errors", "rx_fifo_errors", "rx_over_errors"];

    /// <summary>Whether another loss was counted by the same counter.</summary>
    public bool IsOfTheSame(UnseenPackets other) => (Netns, Interface, Counter) == (other.Netns, other.Interface, other.Counter);

    /// <summary>The growth between two texts of <see cref="InterfaceStatistics"/> of one namespace.</summary>
    public static IReadOnlyList<UnseenPackets> Between(long netns, ReadOnlySpan<byte> before, ReadOnlySpan<byte> after)
    {
        var unseen = new List<UnseenPackets>();
        foreach ((string? name, IReadOnlyDictionary<string, long>? old, IReadOnlyDictionary<string, long>? now) in InterfaceStatistics.Pairs(before, after))
        {
            string counter = NoRoom.MaxBy(Gain)!;
            long packets = Gain(counter);
            if (packets > 0) unseen.Add(new UnseenPackets(netns, name, counter, packets));

            long Gain(string each) => now.GetValueOrDefault(each) - old.GetValueOrDefault(each);
        }

        return unseen;
    }
}
