namespace DropForensics.Analyze.Findings;

/// <summary>The answer in words: what was dropped, and whether anything is missing from it.</summary>
/// <param name="Headline">The first sentence: <c>1,204 packets dropped in 60 s.</c></param>
/// <param name="Detail">What most of them were; null where nothing was dropped.</param>
/// <param name="Completeness">Whether something is missing.</param>
public sealed record Verdict(string Headline, string? Detail, Completeness Completeness);
