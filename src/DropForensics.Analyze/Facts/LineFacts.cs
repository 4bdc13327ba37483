namespace DropForensics.Analyze.Facts;

/// <summary>How many raw lines were of one kind (table <c>line_count</c>).</summary>
public sealed record LineFacts(string Kind, long Lines)
{
    /// <summary>Whether lines of this kind could not be read.</summary>
    public bool IsUnparsed => Kind.StartsWith("unparsed_", StringComparison.Ordinal);
}

/// <summary>A line that did not parse.</summary>
/// <param name="Cpu">Whose stream holds it; null for a merged stream.</param>
/// <param name="Line">Its number in that stream, from 1.</param>
/// <param name="Kind">Why it did not parse.</param>
/// <param name="Text">Its beginning.</param>
public sealed record UnparsedSample(int? Cpu, long Line, string Kind, string Text);

/// <summary>One drop as the kernel printed it, its stack with it.</summary>
/// <param name="Cpu">Whose stream holds it; null for a merged stream.</param>
/// <param name="Line">Number of its first line in that stream, from 1.</param>
/// <param name="Text">The lines, their invisible characters shown as escapes.</param>
public sealed record RawExample(int? Cpu, long Line, string Text)
{
    /// <summary>How many lines <see cref="Text"/> has.</summary>
    public int Lines => Text.Count(c => c == '\n') + 1;
}
