namespace DropForensics.Core.Attribution;

/// <summary>
/// Infers which driver filled the CPUs' backlog. A stack that begins in <c>process_backlog</c> does not show who queued the
/// packet (<c>netif_rx</c>, net/core/dev.c): that happened earlier. What can be known is who could have: software interfaces
/// hand over packets so, and each counts what it hands over as received. If all that received anything share one driver
/// and received enough for the drops, it was that driver; otherwise nothing is said. Where every drop of a site happened
/// within its sender's system call, and each sender's network namespace is known, only interfaces of those namespaces
/// that sent anything count.
/// </summary>
/// <remarks>
/// It is an inference. It fails where an interface came and went within the window, in namespaces nobody could look into,
/// and where a network card's driver calls netif_rx itself (old and USB cards); receive packet steering it takes as input.
/// </remarks>
public sealed record BacklogAttribution
{
    /// <summary>The kernel function that processes a CPU's backlog; such a stack begins there.</summary>
    public const string Entry = "process_backlog";

    private BacklogAttribution()
    {
    }

    /// <summary>The one driver it can have been; null where there is none, or a choice.</summary>
    public string? Driver { get; private init; }

    /// <summary>The drivers it can have been, comma separated, where there is a choice; null where that is not known.</summary>
    public string? Choice { get; private init; }

    /// <summary>The evidence: interfaces that received packets and whose driver uses the backlog (drivers.tsv), or is unknown.</summary>
    public required IReadOnlyList<InterfaceGain> Candidates { get; init; }

    /// <param name="gains">Every interface of every namespace that could be looked into.</param>
    /// <param name="drops">Drops of packets that came through the backlog.</param>
    /// <param name="steering">Packets were steered between CPUs (RPS), so those of network cards come through the backlog as well.</param>
    /// <param name="senders">Network namespaces of the tasks whose system calls the drops happened in; null where that is not known of all.</param>
    public static BacklogAttribution Infer(
        IEnumerable<InterfaceGain> gains, long drops, bool steering, IReadOnlySet<long>? senders = null)
    {
        InterfaceGain[] candidates =
            [.. gains.Where(gain => Packets(gain, senders) > 0 && (gain.Driver is null || DriverNames.UsesBacklog(gain.Driver)))];
        bool enough = candidates.Sum(candidate => Packets(candidate, senders)) >= drops;
        string?[] drivers = [.. candidates.Select(candidate => candidate.Driver).Distinct()];
        return new BacklogAttribution
        {
            Candidates = candidates,
            Driver = enough && !steering && drivers is [{ } only] ? only : null,
            Choice = enough && !steering && drivers.Length > 1 && !drivers.Contains(null) ? string.Join(", ", drivers.Order()) : null,
        };
    }

    /// <summary>What the interface may have put into the backlog.</summary>
    private static long Packets(InterfaceGain gain, IReadOnlySet<long>? senders) =>
        senders is null ? gain.RxPackets : senders.Contains(gain.Netns) ? gain.TxPackets : 0;
}

/// <summary>What an interface received and sent while the window was open.</summary>
/// <param name="Netns">Inode of its network namespace.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Driver"><c>loopback</c>, <c>veth</c>, <c>e1000</c>; null where the host does not say.</param>
/// <param name="RxPackets">Growth of its rx_packets (/proc/net/dev).</param>
/// <param name="TxPackets">Growth of its tx_packets.</param>
public sealed record InterfaceGain(long Netns, string Name, string? Driver, long RxPackets, long TxPackets);
