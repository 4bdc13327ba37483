namespace DropForensics.Core.Ledger;

/// <summary>One place where something is missing.</summary>
/// <param name="Stage">One of <see cref="Stages"/>.</param>
/// <param name="Cpu">Where it is known to be one CPU's.</param>
/// <param name="Interface">Where it is an interface's.</param>
/// <param name="AtLeast">Drops that are missing here at least; null where nobody can say.</param>
public sealed record Gap(string Stage, int? Cpu, string? Interface, long? AtLeast);
