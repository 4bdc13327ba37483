namespace DropForensics.Analyze.Facts;

/// <summary>How many raw lines were of one kind (table <c>line_count</c>).</summary>
public sealed record LineFacts(string Kind, long Lines)
{
    /// <summary>Whether lines of this kind could not be read.</summary>
    public bool IsUnparsed => Kind.StartsWith("unparsed_", StringComparison.Ordinal);
}
