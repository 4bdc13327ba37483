using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>The interfaces that dropped packets pointed to, the ones these are connected with, and how, as the host was last.</summary>
/// <param name="Interfaces">At most <see cref="Most"/>: each with drops, the most first, followed by those it is connected with.</param>
/// <param name="Links">What connects them.</param>
public sealed record InterfaceMap(IReadOnlyList<MappedInterface> Interfaces, IReadOnlyList<InterfaceLink> Links)
{
    public const int Most = 40;

    /// <summary>Interfaces with drops for which there is no room.</summary>
    public required int OthersWithDrops { get; init; }

    /// <summary>The drops of those.</summary>
    public required long DropsOfOthers { get; init; }

    /// <summary>Interfaces of the host without drops that are not here.</summary>
    public required int OthersWithoutDrops { get; init; }
}

/// <summary>An interface of the map.</summary>
/// <param name="Name">As it was last.</param>
/// <param name="IfIndex">Its index in its namespace.</param>
/// <param name="Netns">Inode of its network namespace.</param>
/// <param name="UsedBy">Who uses the namespace; null where the capture does not say.</param>
/// <param name="Kind"><c>veth</c>, <c>bridge</c>; of a device its driver. Null where unknown.</param>
/// <param name="State"><c>up</c>, <c>lowerlayerdown</c>; null where unknown.</param>
/// <param name="Drops">Drops of packets that pointed to it, under any name it had.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record MappedInterface(
    string Name, [property: JsonPropertyName("ifindex")] long IfIndex, long Netns, string? UsedBy, string? Kind, string? State, long Drops, double Share)
{
    /// <summary>A device, on which others stand.</summary>
    [JsonIgnore]
    public bool IsDevice { get; init; }
}

/// <summary>What connects two interfaces.</summary>
/// <param name="From">The upper one, by its place in the list.</param>
/// <param name="To">The lower one.</param>
/// <param name="Kind">How.</param>
public sealed record InterfaceLink(int From, int To, InterfaceLinkKind Kind);

[JsonConverter(typeof(JsonStringEnumConverter<InterfaceLinkKind>))]
public enum InterfaceLinkKind
{
    /// <summary>Two ends of one: what is sent into one comes out of the other.</summary>
    [JsonStringEnumMemberName("pair")]
    Pair,

    /// <summary>The lower one is a port of the upper one: a bridge, a bond.</summary>
    [JsonStringEnumMemberName("member")]
    Member,

    /// <summary>The upper one sends through the lower one: a VLAN, a tunnel.</summary>
    [JsonStringEnumMemberName("on")]
    On,
}
