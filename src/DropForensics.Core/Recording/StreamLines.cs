using DropForensics.Core.Model;

namespace DropForensics.Core.Recording;

/// <summary>The lines of one stream, by kind.</summary>
/// <param name="Cpu">Whose; null for a merged one.</param>
/// <param name="Lines">How many of each kind.</param>
public sealed record StreamLines(int? Cpu, LineCounts Lines);
