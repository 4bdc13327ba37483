using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Terminal;

/// <summary>
/// The answer on a terminal, or as plain text where the output goes elsewhere. Text from the capture is never markup here and
/// holds no control character (the queries see to that).
/// </summary>
internal static class TerminalReport
{
    private const int PlainWidth = 100;

    // The border's blanks and rules around four columns, and what each of the two columns of names wants to be readable.
    private const int BorderOfFour = 13;
    private const int BorderOfThree = 10;
    private const int NarrowestPair = 36;
    private const int NarrowestName = 8;

    /// <summary>Writes the summary.</summary>
    /// <param name="rows">Rows of each table.</param>
    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    /// <param name="width">Columns; null for the terminal's own, or 100 where there is none.</param>
    public static void Write(ReportModel model, int rows, TextWriter output, bool plain, int? width = null)
    {
        if (!plain)
        {
            WriteTo(model, rows, output, plain: false, width);
            return;
        }

        // Spectre fills every line up with blanks, which nobody wants in a file or a ticket.
        using var text = new StringWriter();
        WriteTo(model, rows, text, plain: true, width ?? PlainWidth);
        output.WriteLine(string.Join('\n', text.ToString().TrimEnd().Split('\n').Select(l => l.TrimEnd())).Replace("\n\n\n", "\n\n"));
    }

    private static void WriteTo(ReportModel model, int rows, TextWriter output, bool plain, int? width)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if (width is int columns)
        {
            console.Profile.Width = columns;
        }

        CaptureFacts facts = model.Facts;
        console.Write(new Text(Prose.Plain(model.Verdict.Headline) + "\n", new Style(decoration: Decoration.Bold)));
        if (facts.Capture.RedactedHeading is { } redacted)
        {
            console.Write(new Text(redacted + "\n"));
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

        var completeness = model.Verdict.Completeness;
        console.Write(new Paragraph($"{completeness.Word}: ", new Style(ColourOf(completeness.Word), decoration: Decoration.Bold))
            .Append(completeness.Sentence + "\n"));
        foreach (string evidence in completeness.Evidence)
        {
            console.Write(new Padder(new Text(Prose.Plain(evidence))).Padding(2, 0, 0, 0));
        }

        ILookup<bool, CounterFacts> counters = CounterWords.Telling(facts.Counters).ToLookup(CounterWords.Agrees);
        foreach (CounterFacts counter in counters[false].Take(rows))
        {
            console.Write(new Padder(new Text($"Counters {CounterWords.Sentence(counter, facts.Completeness.AtLeast > 0)}.")).Padding(2, 0, 0, 0));
        }

        if (counters[true].Any())
        {
            console.Write(new Padder(new Text($"{Count(counters[true].Count(), "counter")} of the host {(counters[true].Count() == 1 ? "agrees" : "agree")} with these {model.Subject.Many}.")).Padding(2, 0, 0, 0));
        }

        console.WriteLine();
        FindingLines.Write(model.Findings, console);

        foreach (Dimension dimension in Dimension.All)
        {
            if (dimension.Terminal is { } table && table.IsKnown?.Invoke(facts) != false)
            {
                Write(console, model.Subject.Head, dimension, table, facts, rows);
            }
        }
    }

    private static void Write(IAnsiConsole console, string head, Dimension dimension, TerminalTable heads, CaptureFacts facts, int rows)
    {
        IReadOnlyList<DimensionRow> all = dimension.Rows(facts);
        if (all.Count == 0)
        {
            return;
        }

        List<(string Drops, string Share, string Name, string Detail)> shown = all.Take(rows)
            .Select(r => (Count(r.Drops), Percent((double)r.Drops / facts.Drops), r.Name ?? "unknown", r.Detail ?? "")).ToList();
        int hidden = (dimension.Distinct?.Invoke(facts) ?? all.Count) - shown.Count;
        if (hidden > 0)
        {
            long rest = all.Skip(rows).Sum(r => r.Drops) + (heads.DropsOfUnlisted?.Invoke(facts) ?? 0);
            shown.Add((Count(rest), Percent((double)rest / facts.Drops), $"and {Count(hidden)} more", ""));
        }

        (string first, string second) = (heads.Head(facts), heads.DetailHead(facts));

        // Spectre makes a column that does not fit a single "…": names are cut before that, and stand over their details where
        // both do not fit side by side.
        int room = console.Profile.Width - Widest(head, shown.Select(l => l.Drops)) - Widest("Share", shown.Select(l => l.Share));
        bool narrow = room - BorderOfFour < NarrowestPair;
        int forDetail = narrow ? 0 : Math.Min((room - BorderOfFour) / 2, Widest(second, shown.SelectMany(l => l.Detail.Split(' '))));
        int forName = Math.Max(NarrowestName, room - (narrow ? BorderOfThree : BorderOfFour + forDetail));
        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn(new Text(head, Heading)).RightAligned().NoWrap())
            .AddColumn(new TableColumn(new Text("Share", Heading)).RightAligned().NoWrap())
            .AddColumn(new TableColumn(new Text(TextCut.Middle(first, forName), Heading)));
        if (!narrow)
        {
            table.Columns[2].NoWrap();
            table.AddColumn(new TableColumn(new Text(second, Heading)));
        }

        foreach ((string drops, string share, string name, string detail) in shown)
        {
            string cut = TextCut.Middle(name, forName);
            if (narrow)
            {
                table.AddRow(new Text(drops), new Text(share), new Text(detail.Length == 0 ? cut : cut + "\n" + Words(detail, forName)));
            }
            else
            {
                table.AddRow(new Text(drops), new Text(share), new Text(cut), new Text(Words(detail, forDetail)));
            }
        }

        console.Write(table);
    }

    private static int Widest(string head, IEnumerable<string> texts) => texts.Append(head).Max(t => t.Length);

    /// <summary>A text whose lines break between words, none of them longer than a line.</summary>
    private static string Words(string text, int width) => string.Join(' ', text.Split(' ').Select(w => TextCut.Middle(w, width)));

    private static Style Heading { get; } = new(decoration: Decoration.Dim);

    private static Color ColourOf(string word) => word switch
    {
        "complete" => Color.Green,
        "unproven" => Color.Yellow,
        _ => Color.Red,
    };
}

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
