using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Facts;

/// <summary>Drops while one task was on the CPU. In softirq it was merely interrupted: rarely the packet's owner.</summary>
public sealed record ProcessFacts(int Pid, int? Tgid, string Comm, long Drops, double Share);

/// <summary>What one CPU dropped and what its buffer lost.</summary>
/// <param name="Cpu">Its number.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
/// <param name="LostRecords">Ring records lost: the larger of what LOST lines and the ring's counters say.</param>
/// <param name="UncountedHoles">Holes whose size the kernel did not know.</param>
public sealed record CpuFacts(int Cpu, long Drops, double Share, long LostRecords, long UncountedHoles);

/// <summary>Drops of one skb->protocol.</summary>
/// <param name="EtherType">2048 for IPv4; null where the event does not carry it.</param>
/// <param name="Name"><c>IPv4</c>; null for a number without a common name.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
public sealed record ProtocolFacts([property: JsonPropertyName("ethertype")] int? EtherType, string? Name, long Drops, double Share);
