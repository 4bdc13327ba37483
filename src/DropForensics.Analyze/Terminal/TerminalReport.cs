using DropForensics.Analyze.Counters;
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

        foreach (CounterFacts counter in CounterWords.Telling(facts.Counters).Take(rows))
        {
            console.Write(new Padder(new Text($"Counters {CounterWords.Sentence(counter, facts.Completeness.AtLeast > 0)}.")).Padding(2, 0, 0, 0));
        }

        console.WriteLine();
        FindingLines.Write(model.Findings, console);

        string head = model.Subject.Head;
        void Table(string first, string second, IEnumerable<(string? Name, string? Detail, long Drops)> lines, int unlisted = 0, long dropsOfUnlisted = 0) =>
            TerminalReport.Table(console, head, first, second, facts.Drops, rows, lines, unlisted, dropsOfUnlisted);

        Table(model.IsByFunction ? "Function" : "Site", model.IsByFunction ? "Driver" : "Reason",
            facts.Sites.Select(s => ((string?)FunctionWords.Short(s), (string?)(model.IsByFunction ? string.Join(", ", s.Drivers.Select(d => d.Name ?? "unknown")) : ReportModel.ReasonName(s.Reason)), s.Drops)));
        Table("Driver", "How it is known", facts.Drivers.Select(d => ((string?)d.Name, (string?)d.Meaning, d.Drops)));
        if (facts.WithInterface > 0)
        {
            Table("Interface", "What it is", facts.Interfaces.Select(i => (i.Name, (string?)(What(i) + From(i)), i.Drops)));
        }

        if (facts.WithFlow > 0)
        {
            // The facts list some of very many: the others count for the table's last row.
            Table("Flow", "What it is", facts.Flows.Select(f => ((string?)f.Ends, (string?)FlowWords.Detail(f), f.Drops)),
                facts.DistinctFlows - facts.Flows.Count, facts.WithFlow - facts.Flows.Sum(f => f.Drops));
        }

        Table("Entry", "What it is", facts.Entries.Select(e => (e.Entry, e.Meaning, e.Drops)));
        Table("Task on the CPU", "PID", facts.Processes.Select(p => ((string?)p.Comm, (string?)p.Pid.ToString(), p.Drops)));
    }

    private static void Table(
        IAnsiConsole console, string head, string first, string second, long total, int rows, IEnumerable<(string? Name, string? Detail, long Drops)> lines,
        int unlisted, long dropsOfUnlisted)
    {
        List<(string? Name, string? Detail, long Drops)> all = lines.ToList();
        if (all.Count == 0)
        {
            return;
        }

        List<(string Drops, string Share, string Name, string Detail)> shown = all.Take(rows)
            .Select(l => (Count(l.Drops), Percent((double)l.Drops / total), l.Name ?? "unknown", l.Detail ?? "")).ToList();
        int hidden = all.Count - shown.Count + unlisted;
        if (hidden > 0)
        {
            long rest = all.Skip(rows).Sum(l => l.Drops) + dropsOfUnlisted;
            shown.Add((Count(rest), Percent((double)rest / total), $"and {Count(hidden)} more", ""));
        }

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

    /// <summary><c>vxlan on eth0 (e1000), index 3 in namespace 4026532281</c></summary>
    private static string What(InterfaceFacts link)
    {
        if (link.Name is null)
        {
            return link.Meaning;
        }

        string lower = link.Lower.Count > 0 ? $" on {string.Join(" and ", link.Lower)}" : "";
        string below = link.Driver is not null && link.BaseDriver is { } driver && driver != link.Driver ? $" ({driver})" : "";
        return $"{link.Driver ?? link.BaseDriver ?? "driver unknown"}{lower}{below}, index {link.IfIndex} in namespace {link.Netns}";
    }

    /// <summary><c>, from eth1</c>: where its packets came in, if not through itself.</summary>
    private static string From(InterfaceFacts link) =>
        string.Join(" and ", link.Incoming.Select(i => i.Name).OfType<string>().Where(name => name != link.Name)) is { Length: > 0 } names ? $", packets from {names}" : "";

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
