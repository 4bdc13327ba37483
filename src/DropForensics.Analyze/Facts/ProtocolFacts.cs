using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops of one skb->protocol.</summary>
/// <param name="EtherType">2048 for IPv4; null where the event does not carry it.</param>
/// <param name="Name"><c>IPv4</c>; null for a number without a common name.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ProtocolFacts([property: JsonPropertyName("ethertype")] int? EtherType, string? Name, long Drops, double Share);
