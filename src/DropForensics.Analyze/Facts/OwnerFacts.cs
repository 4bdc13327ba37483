namespace DropForensics.Analyze.Facts;

/// <summary>
/// Drops of packets whose sockets one unit, container or other control group owns: the receiver's where the kernel names it, else the packet's
/// own, which is the sender's on its way out.
/// </summary>
/// <param name="Name"><c>nginx.service</c>, <c>containerd://0123456789ab, pod 4b1d8a52</c>, else the path of the control group; null where no socket is known.</param>
/// <param name="Paths">Its control groups; empty where they were gone before they could be looked up.</param>
/// <param name="Users">Numbers of the users that opened the sockets.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record OwnerFacts(string? Name, IReadOnlyList<string> Paths, IReadOnlyList<long> Users, long Drops, double Share)
{
    /// <summary>Systemd unit; null if there is none.</summary>
    public string? Unit { get; init; }

    /// <summary>Container by its engine and whole id.</summary>
    public string? Container { get; init; }

    /// <summary>Uid of a Kubernetes pod.</summary>
    public string? Pod { get; init; }

    /// <summary>More than 0: not one owner but so many, those with the fewest drops.</summary>
    public int Others { get; init; }
}
