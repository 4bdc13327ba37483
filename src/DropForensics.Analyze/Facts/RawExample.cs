namespace DropForensics.Analyze.Facts;

/// <summary>One drop as the kernel printed it, its stack with it.</summary>
/// <param name="Cpu">Whose stream holds it; null for a merged stream.</param>
/// <param name="Line">Number of its first line in that stream, from 1.</param>
/// <param name="Text">The lines, their invisible characters shown as escapes.</param>
public sealed record RawExample(int? Cpu, long Line, string Text)
{
    /// <summary>How many lines <see cref="Text"/> has.</summary>
    public int Lines => Text.Count(c => c == '\n') + 1;
}
