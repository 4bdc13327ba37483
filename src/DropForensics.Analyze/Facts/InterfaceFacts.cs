using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets that pointed to one interface (<c>skb->dev</c>), or of those whose interface is unknown.</summary>
public sealed record InterfaceFacts
{
    /// <summary>Null where unknown, and with it all that follows.</summary>
    public required string? Name { get; init; }

    [JsonPropertyName("ifindex")]
    public required int? IfIndex { get; init; }

    /// <summary>Inode of its network namespace, as <c>stat -L /proc/PID/ns/net</c> shows it.</summary>
    public required long? Netns { get; init; }

    /// <summary>Its own driver; null if the host does not report it.</summary>
    public required string? Driver { get; init; }

    /// <summary>The driver of the lowest interface below it; null if unknown, or more than one.</summary>
    public required string? BaseDriver { get; init; }

    /// <summary>The interfaces below it (bond, VLAN, bridge): names, or <c>ifindex 3</c> of an unknown one.</summary>
    public required IReadOnlyList<string> Lower { get; init; }

    /// <summary>How it is known, or why not, in words.</summary>
    public required string Meaning { get; init; }

    /// <summary>The interfaces the packets had come in through (<c>skb->skb_iif</c>), the most frequent first, at most five; a name is
    /// null where the packet came from this host, or the probe does not show it.</summary>
    public required IReadOnlyList<NamedDrops> Incoming { get; init; }

    /// <summary>Packets it received while the window was open; null where its counter is not in the capture.</summary>
    public required long? Received { get; init; }

    /// <summary>The drops as a share of these, 0 to 1; null where that is unknown, or there were more: of packets that were on their way out.</summary>
    internal double? OfReceived => Received is { } received && Drops <= received && received > 0 ? (double)Drops / received : null;

    /// <summary>Reasons of the drops, the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Reasons { get; init; }

    public required long Drops { get; init; }

    /// <summary>Of all captured drops, 0 to 1.</summary>
    public required double Share { get; init; }
}

/// <summary>Drops of packets whose interface was in one network namespace.</summary>
/// <param name="Netns">Its inode, as <c>stat -L /proc/PID/ns/net</c> shows it; null where unknown.</param>
/// <param name="Interfaces">Its interfaces that packets pointed to, the most frequent first, at most five.</param>
/// <param name="Tasks">Some tasks of this namespace that a drop interrupted, by name: a hint at whose it is. At most five.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record NamespaceFacts(
    long? Netns, IReadOnlyList<NamedDrops> Interfaces, IReadOnlyList<string> Tasks, long Drops, double Share)
{
    /// <summary>Who uses it: the container, pod or unit of the processes in it, or the file that keeps it. Null where the capture does not say.</summary>
    public string? UsedBy { get; init; }
}

/// <summary>Interfaces as people read them.</summary>
internal static class InterfaceWords
{
    /// <summary>What it is, and where its packets came in if not through itself.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="own">The host's own namespace; null: not known.</param>
    public static string Detail(InterfaceFacts link, long? own) => What(link, own) + From(link);

    /// <summary><c>vxlan on eth0 (e1000), index 3 in namespace 4026532281</c></summary>
    private static string What(InterfaceFacts link, long? own)
    {
        if (link.Name is null)
        {
            return link.Meaning;
        }

        string lower = link.Lower.Count > 0 ? $" on {string.Join(" and ", link.Lower)}" : "";
        string below = link.Driver is not null && link.BaseDriver is { } driver && driver != link.Driver ? $" ({driver})" : "";
        return $"{link.Driver ?? link.BaseDriver ?? "driver unknown"}{lower}{below}, index {link.IfIndex} in {(link.Netns is not null && link.Netns == own ? "the host's own namespace" : $"namespace {link.Netns}")}";
    }

    /// <summary><c>, from eth1</c>: where its packets came in, if not through itself.</summary>
    private static string From(InterfaceFacts link) =>
        string.Join(" and ", link.Incoming.Select(i => i.Name).OfType<string>().Where(name => name != link.Name)) is { Length: > 0 } names ? $", packets from {names}" : "";
}

/// <summary>Drops while one task was on the CPU. In softirq it was only interrupted: it is rarely the packet's owner.</summary>
public sealed record ProcessFacts(int Pid, int? Tgid, string Comm, long Drops, double Share);

/// <summary>What one CPU dropped and what its buffer lost.</summary>
/// <param name="Cpu">Its number.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
/// <param name="LostRecords">Ring records lost: the larger of the sum of LOST lines and the ring's counters (the view <c>lost</c>).</param>
/// <param name="UncountedHoles">Holes whose size the kernel did not know.</param>
public sealed record CpuFacts(int Cpu, long Drops, double Share, long LostRecords, long UncountedHoles);

/// <summary>Drops of one skb->protocol.</summary>
/// <param name="EtherType">2048 for IPv4; null where the event does not carry it.</param>
/// <param name="Name"><c>IPv4</c>; null for a number without a common name.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ProtocolFacts([property: JsonPropertyName("ethertype")] int? EtherType, string? Name, long Drops, double Share);
