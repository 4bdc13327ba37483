namespace DropForensics.Analyze.Diff;

/// <summary>What is asked for.</summary>
/// <param name="A">Path of the capture to compare with: before, or the good host.</param>
/// <param name="B">Path of the capture that is judged: after, or the bad host.</param>
/// <param name="Out">The page to write; null for none.</param>
/// <param name="Json">JSON on standard output in place of the tables.</param>
/// <param name="Top">Rows of each table of the terminal.</param>
/// <param name="FailAbovePercent">An increase by more than so much is exit code 4; null: none is looked for.</param>
internal sealed record DiffOptions(string A, string B, string? Out, bool Json, int Top, double? FailAbovePercent);
