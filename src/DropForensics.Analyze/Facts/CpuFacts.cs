namespace DropForensics.Analyze.Facts;

/// <summary>What one CPU dropped and what its buffer lost.</summary>
/// <param name="Cpu">Its number.</param>
/// <param name="Drops">How many.</param>
/// <param name="Share">Of all captured drops, 0 to 1.</param>
/// <param name="LostRecords">Ring records lost: the larger of what LOST lines and the ring's counters say.</param>
/// <param name="UncountedHoles">Holes whose size the kernel did not know.</param>
public sealed record CpuFacts(int Cpu, long Drops, double Share, long LostRecords, long UncountedHoles);
