namespace DropForensics.Analyze.Charts;

/// <summary>How a text looks.</summary>
/// <param name="Size">The em, in logical pixels.</param>
/// <param name="Semibold">Weight 600 instead of 400.</param>
/// <param name="Mono">Fixed width, for names as the kernel spells them; else prose.</param>
public sealed record TextFace(double Size, bool Semibold = false, bool Mono = false);
