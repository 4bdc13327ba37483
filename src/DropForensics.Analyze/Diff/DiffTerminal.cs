using DropForensics.Analyze.Display;
using DropForensics.Analyze.Terminal;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>A comparison on a terminal, or as plain text where the output goes elsewhere.</summary>
internal static class DiffTerminal
{
    // The border's blanks around five columns.
    private const int Border = 16;
    private const int NarrowestName = 8;

    /// <param name="rows">Rows of each table.</param>
    /// <param name="plain">No colours, and a width that does not depend on a terminal.</param>
    public static void Write(DiffModel model, int rows, TextWriter output, bool plain) =>
        TerminalOutput.Write(output, plain, null, console => WriteTo(console, model, rows));

    private static void WriteTo(IAnsiConsole console, DiffModel model, int rows)
    {
        console.Write(new Text(Prose.Plain(model.Headline) + "\n", new Style(decoration: Decoration.Bold)));
        if (model.Increase is { } found) console.Write(new Text(Prose.Plain(found.Sentence) + "\n", new Style(found.Fails ? Color.Red : Color.Green)));
        foreach (DiffSide side in (DiffSide[])[model.A, model.B]) console.Write(new Text(DiffWords.Side(side) + "\n"));
        foreach (string limit in model.Limits) console.Write(new Padder(new Text(Prose.Plain(limit))).Padding(2, 0, 0, 0));
        console.WriteLine();
        foreach (DiffTable table in model.Tables.Where(t => t.Rows.Count > 0)) Write(console, table, rows);
        console.Write(new Text(DiffWords.Threshold, TerminalOutput.Dim));
        console.WriteLine();
    }

    private static void Write(IAnsiConsole console, DiffTable table, int rows)
    {
        List<(DiffRow Row, string[] Cells)> shown = table.Rows.Take(rows)
            .Select(r => (r, (string[])[ChangeWord.Of(r), r.A.Rate, r.B.Rate, DiffWords.Ratio(r)])).ToList();
        string[] heads = ["Change", "A", "B", "B by A"];
        int room = console.Profile.Width - Border - heads.Select((head, i) => shown.Max(s => Math.Max(head.Length, s.Cells[i].Length))).Sum();
        int forName = Math.Max(NarrowestName, room);
        var grid = new Table { Border = TableBorder.Simple };
        foreach (string head in heads)
        {
            TableColumn column = new TableColumn(new Text(head, TerminalOutput.Dim)).NoWrap();
            grid.AddColumn(head == heads[0] ? column : column.RightAligned());
        }

        grid.AddColumn(new TableColumn(new Text(table.Title, TerminalOutput.Dim)).NoWrap());
        foreach ((DiffRow row, string[] cells) in shown)
        {
            string name = row.Reason is null ? row.Name : $"{row.Name}, {row.Reason}";
            Style? style = row.Change switch { Change.New or Change.More => new Style(Color.Red), Change.Gone or Change.Less => new Style(Color.Green), _ => null };
            grid.AddRow([new Text(cells[0], style), .. cells.Skip(1).Select(c => new Text(c)), new Text(TextCut.Middle(name, forName))]);
        }

        if (table.Rows.Count > rows) grid.AddRow(new Text(""), new Text(""), new Text(""), new Text(""), new Text($"and {Count(table.Rows.Count - rows)} more"));
        console.Write(grid);
    }
}
