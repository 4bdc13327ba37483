namespace DropForensics.Analyze.Facts;

/// <summary>Drops of packets that took one way through the host.</summary>
/// <param name="From">The interface they had come in through, where it is not the one they pointed to, or they were to leave through the same; else null.</param>
/// <param name="Interface">The interface they pointed to; null where unknown.</param>
/// <param name="Direction">Which way they went.</param>
/// <param name="Drops">How many.</param>
public sealed record PathFacts(string? From, string? Interface, Direction Direction, long Drops);
