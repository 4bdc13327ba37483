namespace DropForensics.Core.Attribution;

/// <summary>
/// Infers which driver filled the CPUs' backlog. A stack that begins in <c>process_backlog</c> does not show which interface queued the packet
/// (<c>netif_rx</c>, net/core/dev.c), because that happened earlier. But we know the candidates: software interfaces use the backlog, and each counts
/// the packets it queues as received. If all interfaces that received anything share one driver and received enough packets for the drops, it was
/// that driver; otherwise the result is unknown. If every drop of a site happened in its sender's system call and each sender's network namespace is
/// known, only interfaces of those namespaces that sent anything count.
/// </summary>
/// <remarks>
/// This is an inference. It fails if an interface came and went within the window, if a namespace could not be read, or if a network card's driver
/// calls netif_rx itself (old and USB cards). Receive packet steering is an input.
/// </remarks>
public sealed record BacklogAttribution
{
    /// <summary>The kernel function that processes a CPU's backlog; such a stack begins there.</summary>
    public const string Entry = "process_backlog";

    private BacklogAttribution()
    {
    }

    /// <summary>The only possible driver; null if there is none or more than one.</summary>
    public string? Driver { get; private init; }

    /// <summary>The possible drivers, separated by commas, if there are several; null if unknown.</summary>
    public string? Choice { get; private init; }

    /// <summary>The evidence: interfaces that received packets and whose driver uses the backlog (drivers.tsv), or is unknown.</summary>
    public required IReadOnlyList<InterfaceGain> Candidates { get; init; }

    /// <param name="gains">Every interface of every namespace that could be read.</param>
    /// <param name="drops">Drops of packets taken from the backlog.</param>
    /// <param name="steering">Packets were steered between CPUs (RPS), so those of network cards come through the backlog as well.</param>
    /// <param name="senders">Network namespaces of the tasks whose system calls the drops happened in; null if it is unknown for one of them.</param>
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

    /// <summary>Packets the interface may have queued to the backlog.</summary>
    private static long Packets(InterfaceGain gain, IReadOnlySet<long>? senders) =>
        senders is null ? gain.RxPackets : senders.Contains(gain.Netns) ? gain.TxPackets : 0;
}

/// <summary>What an interface received and sent while the window was open.</summary>
/// <param name="Netns">Inode of its network namespace.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Driver"><c>loopback</c>, <c>veth</c>, <c>e1000</c>; null if the host does not report it.</param>
/// <param name="RxPackets">Growth of its rx_packets (/proc/net/dev).</param>
/// <param name="TxPackets">Growth of its tx_packets.</param>
public sealed record InterfaceGain(long Netns, string Name, string? Driver, long RxPackets, long TxPackets);
