using System.Text;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;
using static DropForensics.Analyze.Report.MarkdownText;

namespace DropForensics.Analyze.Report;

/// <summary>
/// The answer as a comment for a ticket, in GitHub's Markdown, which GitLab, Jira and others read as well. Names come from a capture, so nothing in
/// them may become markup, a link or a mention.
/// </summary>
internal static class MarkdownReport
{
    private const int RowsOfTable = 5;

    /// <param name="model">The report.</param>
    /// <param name="written">Files that were written: the pictures are named, so that they can be put in.</param>
    /// <param name="output">Takes the text.</param>
    public static void Write(ReportModel model, IReadOnlyList<string> written, TextWriter output)
    {
        var text = new StringBuilder();
        CaptureFacts facts = model.Facts;
        text.Append($"### {Sentence(model.Verdict.Headline)}\n\n");
        foreach (string? heading in (string?[])[facts.Capture.RedactedHeading, facts.Capture.EarlierHeading, model.Verdict.Note])
        {
            text.Append(heading is null ? "" : $"{Sentence(heading)}\n\n");
        }

        string counted = string.Join(' ', new[] { model.Verdict.Counted, model.Verdict.Cause, model.Verdict.Way }.OfType<string>());
        text.Append(counted.Length > 0 ? $"{Sentence(counted)}\n\n" : "");
        Completeness completeness = model.Verdict.Completeness;
        text.Append($"**{Capital(completeness.Word)}:** {Sentence(completeness.Sentence)} {string.Join(' ', completeness.Evidence.Select(Sentence))}\n\n");
        if (model.Next is { } next)
        {
            text.Append($"**Run next** ({Sentence(next.Shows)}):\n\n{Fenced(next.Command)}\n\n");
        }

        foreach (Finding other in model.OtherCauses)
        {
            text.Append($"- **{Capital(SeverityWord.Of(other.Severity))}:** {Sentence(other.Title)}\n");
        }

        text.Append(model.OtherCauses.Count > 0 ? "\n" : "");
        if (ReportSections.Of(model).FirstOrDefault(section => section.Id == "sites")?.Tables.FirstOrDefault(table => table.IsOnTerminal) is { } sites)
        {
            WriteTable(text, sites);
        }

        foreach (string name in written.Select(path => Path.GetFileName(path)).Where(name => name is "summary.png" or "timeline.png"))
        {
            text.Append($"![{Path.GetFileNameWithoutExtension(name)}]({name})\n\n");
        }

        text.Append($"<sub>{Source(model)}</sub>\n");
        output.Write(text.ToString());
    }

    // The columns that a terminal has; a bar says nothing here.
    private static void WriteTable(StringBuilder text, ReportTable table)
    {
        MarkdownText.Table(text, table, RowsOfTable, ColumnUse.Page, hasNotes: false);
        text.Append(table.Total > RowsOfTable ? $"\nand {Count(table.Total - RowsOfTable)} more.\n\n" : "\n");
    }

    private static string Source(ReportModel model)
    {
        CaptureInfo capture = model.Facts.Capture;
        string?[] parts =
        [
            capture.HostName is { } host ? $"host {Code(host)}" : null, capture.KernelRelease is { } kernel ? $"Linux {Code(kernel)}" : null,
            model.Facts.Window.StartUtc is { } start ? Utc(start) : null, $"probe {capture.Probe}", Code(capture.File), $"SHA-256 {Code(capture.Sha256)}",
            $"DropForensics {model.Version}",
        ];
        return string.Join(" · ", parts.OfType<string>());
    }
}
