namespace DropForensics.Core.Ledger;

/// <summary>Drops of one CPU.</summary>
/// <param name="Cpu">Its number; null for a merged stream.</param>
/// <param name="Drops">How many.</param>
public sealed record CpuDrops(int? Cpu, long Drops);
