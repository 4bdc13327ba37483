namespace DropForensics.Analyze.Facts;

/// <summary>The drops of one place.</summary>
/// <param name="Place">Where they are listed.</param>
/// <param name="Drops">One number a bin.</param>
public sealed record BinnedCell(BinnedPlace Place, int[] Drops);
