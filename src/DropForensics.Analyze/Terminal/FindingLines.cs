using DropForensics.Analyze.Display;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Report;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Terminal;

/// <summary>The most important findings on a terminal; the page and the JSON document have them all.</summary>
internal static class FindingLines
{
    private const int Top = 3;
    private const int ChecksShown = 2;

    public static void Write(IReadOnlyList<Finding> findings, IAnsiConsole console)
    {
        if (findings.Count == 0) return;
        foreach (Finding finding in findings.Take(Top))
        {
            console.Write(new Paragraph($"{SeverityWord.Of(finding.Severity)}: ", new Style(ColourOf(finding.Severity), decoration: Decoration.Bold)).Append(Prose.Plain(finding.Title) + "\n"));
            foreach (KnownCheck check in finding.Checks.Take(ChecksShown)) console.Write(new Padder(new Text($"$ {check.Command}", new Style(decoration: Decoration.Dim))).Padding(2, 0, 0, 0));
        }

        if (findings.Count > Top) console.Write(new Text($"{Count(findings.Count - Top, "more finding")} in report.html and with --json.\n"));
        console.WriteLine();
    }

    private static Color ColourOf(Severity severity) => severity switch
    {
        Severity.Harmful => Color.Red,
        Severity.Depends => Color.Yellow,
        _ => Color.Grey,
    };
}
