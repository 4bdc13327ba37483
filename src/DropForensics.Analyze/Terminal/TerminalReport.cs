using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Report;
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

    /// <summary>Writes the summary.</summary>
    /// <param name="rows">Rows of each table.</param>
    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    public static void Write(ReportModel model, int rows, TextWriter output, bool plain)
    {
        if (!plain)
        {
            WriteTo(model, rows, output, plain: false);
            return;
        }

        // Spectre fills every line up with blanks, which nobody wants in a file or a ticket.
        using var text = new StringWriter();
        WriteTo(model, rows, text, plain: true);
        output.WriteLine(string.Join('\n', text.ToString().TrimEnd().Split('\n').Select(l => l.TrimEnd())).Replace("\n\n\n", "\n\n"));
    }

    private static void WriteTo(ReportModel model, int rows, TextWriter output, bool plain)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(output),
            Ansi = plain ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = plain ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = InteractionSupport.No,
        });
        if (plain)
        {
            console.Profile.Width = PlainWidth;
        }

        CaptureFacts facts = model.Facts;
        console.Write(new Text(Prose.Plain(model.Verdict.Headline) + "\n", new Style(decoration: Decoration.Bold)));
        if (model.Verdict.Cause is not null)
        {
            console.Write(new Text(Prose.Plain($"{model.Verdict.Cause} {model.Verdict.Way}").TrimEnd() + "\n"));
        }

        var completeness = model.Verdict.Completeness;
        console.Write(new Paragraph($"{completeness.Word}: ", new Style(ColourOf(completeness.Word), decoration: Decoration.Bold))
            .Append(completeness.Sentence + "\n"));
        foreach (string evidence in completeness.Evidence)
        {
            console.Write(new Padder(new Text(Prose.Plain(evidence))).Padding(2, 0, 0, 0));
        }

        console.WriteLine();

        Table(console, "Site", "Reason", facts.Drops, rows, facts.Sites.Select(s => (s.Function, (string?)ReportModel.ReasonName(s.Reason), s.Drops)));
        Table(console, "Driver", "How it is known", facts.Drops, rows, facts.Drivers.Select(d => ((string?)d.Name, (string?)d.Meaning, d.Drops)));
        Table(console, "Entry", "What it is", facts.Drops, rows, facts.Entries.Select(e => (e.Entry, e.Meaning, e.Drops)));
        Table(console, "Task on the CPU", "PID", facts.Drops, rows, facts.Processes.Select(p => ((string?)p.Comm, (string?)p.Pid.ToString(), p.Drops)));
    }

    private static void Table(
        IAnsiConsole console, string first, string second, long total, int rows, IEnumerable<(string? Name, string? Detail, long Drops)> lines)
    {
        List<(string? Name, string? Detail, long Drops)> all = lines.ToList();
        if (all.Count == 0)
        {
            return;
        }

        Table table = new Table { Border = TableBorder.Simple }
            .AddColumn(new TableColumn(new Text("Drops", Heading)).RightAligned().NoWrap())
            .AddColumn(new TableColumn(new Text("Share", Heading)).RightAligned().NoWrap())
            .AddColumn(new TableColumn(new Text(first, Heading)).NoWrap())
            .AddColumn(new TableColumn(new Text(second, Heading)));
        foreach ((string? name, string? detail, long drops) in all.Take(rows))
        {
            table.AddRow(new Text(Count(drops)), new Text(Percent((double)drops / total)), new Text(name ?? "unknown"), new Text(detail ?? ""));
        }

        if (all.Count > rows)
        {
            long rest = all.Skip(rows).Sum(l => l.Drops);
            table.AddRow(new Text(Count(rest)), new Text(Percent((double)rest / total)), new Text($"and {Count(all.Count - rows)} more"), new Text(""));
        }

        console.Write(table);
    }

    private static Style Heading { get; } = new(decoration: Decoration.Dim);

    private static Color ColourOf(string word) => word switch
    {
        "complete" => Color.Green,
        "unproven" => Color.Yellow,
        _ => Color.Red,
    };
}
