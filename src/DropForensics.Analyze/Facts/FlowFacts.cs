namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets whose headers said the same.</summary>
public sealed record FlowFacts : PacketEnds
{
    /// <summary>A fragment other than the first: it has no ports.</summary>
    public required bool LaterFragment { get; init; }

    /// <summary><c>vxlan</c>, <c>gre</c> or <c>ipip</c> where it carries a packet that could be read.</summary>
    public required string? Tunnel { get; init; }

    /// <summary>The packet carried; null without a tunnel.</summary>
    public required PacketEnds? Inner { get; init; }

    /// <summary>The interface the packets pointed to, if it was one; null where unknown, or more than one.</summary>
    public required string? Interface { get; init; }

    /// <summary>How many interfaces, one that is unknown among them.</summary>
    public required int Interfaces { get; init; }

    /// <summary>Reasons of the drops, the most frequent first, at most five; a name is null where none was given.</summary>
    public required IReadOnlyList<NamedDrops> Reasons { get; init; }

    public required long Drops { get; init; }

    /// <summary>Of all captured drops, 0 to 1.</summary>
    public required double Share { get; init; }

    public required long FirstNs { get; init; }
    public required long LastNs { get; init; }
}
