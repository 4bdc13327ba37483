using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops that one function decided for one reason.</summary>
public sealed record SiteFacts
{
    /// <summary>The deciding function; null where neither a stack nor a location names one.</summary>
    public required string? Function { get; init; }

    public required string? Module { get; init; }

    /// <summary>Which rule named the function: <c>stack</c>, <c>location</c>, <c>caller</c>.</summary>
    public required string? FunctionRule { get; init; }

    public required string? Reason { get; init; }
    public required string? Subsystem { get; init; }
    public required long Drops { get; init; }

    /// <summary>Of all captured drops, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Where the packets were freed, as printed; the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Locations { get; init; }

    /// <summary>The drivers the packets came through, the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Drivers { get; init; }

    /// <summary>The interfaces the packets pointed to, the most frequent first, at most five; a name is null where the packet pointed to none.</summary>
    public required IReadOnlyList<NamedDrops> Interfaces { get; init; }

    /// <summary>The ways they took through the host, the most frequent first, at most five.</summary>
    public required IReadOnlyList<PathFacts> Paths { get; init; }

    /// <summary>Its packets by kind; together all of its drops.</summary>
    [JsonIgnore]
    internal IReadOnlyList<KindFacts> Kinds { get; init; } = [];

    /// <summary>What the packets were for (<c>UDP to port 9</c>), the most frequent first, at most five; of those without known headers, what their EtherType is, unless it is IP.</summary>
    public required IReadOnlyList<NamedDrops> Services { get; init; }

    /// <summary>The functions that handed the packets to the stack, the most frequent first, at most five.</summary>
    public required IReadOnlyList<NamedDrops> Entries { get; init; }

    /// <summary>Interface, driver and entry of the same drops together; the most frequent first, at most five.</summary>
    public required IReadOnlyList<WayFacts> Ways { get; init; }

    /// <summary>How many distinct stacks lead here.</summary>
    public required int Stacks { get; init; }

    public required long FirstNs { get; init; }
    public required long LastNs { get; init; }

    /// <summary>The first of these drops as the kernel printed it; null where the raw text is not in the capture.</summary>
    public RawExample? Example { get; init; }
}
