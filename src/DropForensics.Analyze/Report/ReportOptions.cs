namespace DropForensics.Analyze.Report;

/// <summary>What is asked for.</summary>
/// <param name="Capture">Path of the capture.</param>
/// <param name="Folder">Where page and pictures go.</param>
/// <param name="Json">JSON on standard output in place of the summary.</param>
/// <param name="Top">Rows of each table of the summary.</param>
/// <param name="Html">Whether to write the page.</param>
/// <param name="Png">Whether to write the pictures.</param>
internal sealed record ReportOptions(string Capture, string Folder, bool Json, int Top, bool Html, bool Png);
