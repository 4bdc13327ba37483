using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections;
using DropForensics.Core.Ledger;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Terminal;

/// <summary>
/// The answer on a terminal, or as plain text where the output goes elsewhere. Text from the capture is never markup here and
/// holds no control character (the queries see to that).
/// </summary>
internal static class TerminalReport
{
    /// <summary>Writes the summary.</summary>
    /// <param name="rows">Rows of each table.</param>
    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    /// <param name="width">Columns; null for the terminal's own, or 100 if there is none.</param>
    public static void Write(ReportModel model, int rows, TextWriter output, bool plain, int? width = null) =>
        TerminalOutput.Write(output, plain, width, console => WriteTo(console, model, rows));

    private static void WriteTo(IAnsiConsole console, ReportModel model, int rows)
    {
        CaptureFacts facts = model.Facts;
        IReadOnlyList<Section> sections = ReportSections.Of(model); // before anything is written: a damaged file may fail here
        console.Write(new Text(Prose.Plain(model.Verdict.Headline) + "\n", new Style(decoration: Decoration.Bold)));
        if (facts.Capture.RedactedHeading is { } redacted)
        {
            console.Write(new Text(redacted + "\n"));
        }

        if (facts.Capture.EarlierHeading is { } earlier)
        {
            console.Write(new Text(earlier + "\n"));
        }

        string more = string.Join(' ', new[] { model.Verdict.Counted, model.Verdict.Cause, model.Verdict.Way }.OfType<string>());
        if (more.Length > 0)
        {
            console.Write(new Text(Prose.Plain(more) + "\n"));
        }

        if (model.Verdict.Note is not null)
        {
            console.Write(new Text(Prose.Plain(model.Verdict.Note) + "\n"));
        }

        WriteCompleteness(console, model, rows);
        console.Write(new Text(model.Identity + "\n", TerminalOutput.Dim));
        FindingLines.Write(model, console);

        ILookup<bool, ReportTable> tables = sections.SelectMany(section => section.Tables).Where(table => table.IsOnTerminal).ToLookup(TerminalTable.TellsNothing);
        foreach (ReportTable table in tables[false])
        {
            TerminalTable.Write(table, facts.Drops, rows, console);
        }

        // If nothing was dropped, the reason is the same for every section.
        if (facts.Drops > 0 && string.Join("; ", Missing(sections, tables[true])) is { Length: > 0 } missing)
        {
            console.Write(new Text($"Not shown: {missing}.\n", TerminalOutput.Dim));
        }
    }

    private static IEnumerable<string> Missing(IReadOnlyList<Section> sections, IEnumerable<ReportTable> unknown) =>
    [
        .. sections.Where(section => section.WhyNot is not null).Select(section => $"{section.Short.ToLowerInvariant()} ({section.WhyNot})"),
        .. unknown.Select(table => $"{table.Columns[0].Head.ToLowerInvariant()} ({string.Join(", ", table.Rows.Select(row => row.Cells[^1].Text))})"),
    ];

    // A complete capture gets one line; an incomplete one gets all details.
    private static void WriteCompleteness(IAnsiConsole console, ReportModel model, int rows)
    {
        Completeness completeness = model.Verdict.Completeness;
        bool isWhole = completeness.Word == Completeness.Complete;
        ILookup<bool, CounterFacts> counters = CounterWords.Telling(model.Facts.Counters).ToLookup(CounterWords.Agrees);
        string agree = counters[true].Count() is > 0 and var count ? $" {Count(count, "counter")} of the host {(count == 1 ? "agrees" : "agree")} with these {model.Subject.Many}." : "";
        string proof = isWhole ? $" {Prose.Plain(completeness.Evidence[0])}{agree}" : "";
        console.Write(new Paragraph($"{completeness.Word}: ", new Style(ColourOf(completeness.Word), decoration: Decoration.Bold)).Append($"{completeness.Sentence}{proof}\n"));
        foreach (string evidence in isWhole ? new[] { model.EndedEarly }.OfType<string>() : completeness.Evidence)
        {
            console.Write(new Padder(new Text(Prose.Plain(evidence))).Padding(2, 0, 0, 0));
        }

        foreach (CounterFacts counter in counters[false].Take(rows))
        {
            console.Write(new Padder(new Text($"Counters {CounterWords.Sentence(counter, model.Facts.LacksDrops)}.")).Padding(2, 0, 0, 0));
        }

        if (!isWhole && agree.Length > 0)
        {
            console.Write(new Padder(new Text(agree.TrimStart())).Padding(2, 0, 0, 0));
        }
    }

    private static Color ColourOf(string word) => word switch
    {
        "complete" => Color.Green,
        "unproven" => Color.Yellow,
        _ => Color.Red,
    };
}

/// <summary>What to run next, and the other causes, on a terminal; the page and the JSON document have them all.</summary>
internal static class FindingLines
{
    public static void Write(ReportModel model, IAnsiConsole console)
    {
        if (model.Next is { } next)
        {
            console.WriteLine("Run next:");
            TerminalOutput.WriteUnwrapped(console, $"  {next.Command}");
        }

        console.WriteLine();
        foreach (Finding finding in model.OtherCauses)
        {
            console.Write(new Paragraph($"{SeverityWord.Of(finding.Severity)}: ", new Style(ColourOf(finding.Severity), decoration: Decoration.Bold)).Append(Prose.Plain(finding.Title) + "\n"));
            if (CheckFiller.First(finding.Checks) is { } check) TerminalOutput.WriteUnwrapped(console, $"  {check.Command}");
        }

        int more = model.MoreFindings;
        if (more > 0 && model.OtherCauses.Count > 0) console.WriteLine();
        if (more > 0) console.Write(new Text($"{Count(more, "more finding")} in report.html and with --json.\n"));
        if (more > 0 || model.OtherCauses.Count > 0) console.WriteLine();
    }

    private static Color ColourOf(Severity severity) => severity switch
    {
        Severity.Harmful => Color.Red,
        Severity.Depends => Color.Yellow,
        _ => Color.Grey,
    };
}

/// <summary>Writes for people: on a terminal, or as plain text where the output goes elsewhere.</summary>
internal static class TerminalOutput
{
    private const int PlainWidth = 100;

    /// <summary>Of column heads, and of what is said in passing.</summary>
    public static Style Dim { get; } = new(decoration: Decoration.Dim);

    /// <summary>A command is copied: a newline in the middle of it would run its beginning.</summary>
    public static void WriteUnwrapped(IAnsiConsole console, string line) => console.Profile.Out.Writer.Write(line + "\n");

    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    /// <param name="width">Columns; null for the terminal's own, or 100 if there is none.</param>
    /// <param name="write">Writes what there is to say.</param>
    public static void Write(TextWriter output, bool plain, int? width, Action<IAnsiConsole> write)
    {
        using var text = new StringWriter();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(plain ? text : output),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if ((plain ? width ?? PlainWidth : width) is { } columns) console.Profile.Width = columns;
        write(console);

        // Spectre pads every line with blanks, which do not belong in a file or a ticket.
        if (plain) output.WriteLine(string.Join('\n', text.ToString().TrimEnd().Split('\n').Select(line => line.TrimEnd())).Replace("\n\n\n", "\n\n"));
    }
}
