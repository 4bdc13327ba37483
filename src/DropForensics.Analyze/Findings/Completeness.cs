namespace DropForensics.Analyze.Findings;

/// <summary>How much of what happened the capture holds.</summary>
/// <param name="Word"><c>complete</c>, <c>incomplete</c> or <c>unproven</c>: the severity word.</param>
/// <param name="Sentence">The same in a sentence.</param>
/// <param name="Evidence">What it rests on, a sentence each.</param>
public sealed record Completeness(string Word, string Sentence, IReadOnlyList<string> Evidence);
