namespace DropForensics.Analyze.Facts;

/// <summary>A line that did not parse.</summary>
/// <param name="Cpu">Whose stream holds it; null for a merged stream.</param>
/// <param name="Line">Its number in that stream, from 1.</param>
/// <param name="Kind">Why it did not parse.</param>
/// <param name="Text">Its beginning.</param>
public sealed record UnparsedSample(int? Cpu, long Line, string Kind, string Text);
