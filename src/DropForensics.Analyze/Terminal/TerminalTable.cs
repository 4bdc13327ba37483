using DropForensics.Analyze.Display;
using DropForensics.Analyze.Sections;
using Spectre.Console;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Terminal;

/// <summary>A table on a terminal: its numbers first, then the name of the row, then what else there is to say of it.</summary>
internal static class TerminalTable
{
    // The fewest columns in which the words are readable.
    private const int NarrowestPair = 36, NarrowestName = 8;

    /// <summary>Whether no row has a name: one sentence says that better than a table.</summary>
    public static bool TellsNothing(ReportTable table) => table.Rows.Count > 0 && table.Rows.All(row => row.Cells[0] is NameCell { Name: null }) && table.Columns[^1].Use == ColumnUse.Terminal;

    /// <summary>Writes the table; writes nothing if it has no row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="drops">Of all, the base of the shares.</param>
    /// <param name="rows">The number of rows shown; the others become one row.</param>
    /// <param name="console">Takes it.</param>
    public static void Write(ReportTable table, long drops, int rows, IAnsiConsole console)
    {
        if (table.Rows.Count == 0) return;
        List<int> columns = [.. Enumerable.Range(0, table.Columns.Count).Where(i => table.Columns[i].Use != ColumnUse.Page)];
        List<int> numbers = [.. columns.Where(i => table.Columns[i].Kind is ColumnKind.Count or ColumnKind.Share or ColumnKind.Time)];
        List<int> details = [.. columns.Skip(1).Except(numbers).Where(i => !table.Rows.All(row => row.Cells[i] is NameCell { Name: null }))];
        List<TerminalLine> lines = [.. table.Rows.Take(rows).Select(row => new TerminalLine(
            [.. numbers.Select(i => row.Cells[i].Text)], row.Cells[0].Text, string.Join(" · ", details.Select(i => row.Cells[i].Text).Where(text => text.Length > 0))))];
        if (Rest(table, numbers, drops, rows) is { } rest) lines.Add(rest);
        Draw(new TerminalLine([.. numbers.Select(i => table.Columns[i].Head)], table.Columns[0].Head, string.Join(" · ", details.Select(i => table.Columns[i].Head))), lines, console);
    }

    private static TerminalLine? Rest(ReportTable table, List<int> numbers, long drops, int rows)
    {
        long hidden = table.Total - Math.Min(rows, table.Rows.Count);
        if (hidden <= 0) return null;
        int count = numbers.FirstOrDefault(i => table.Columns[i].Kind == ColumnKind.Count, -1);
        long rest = count < 0 ? 0 : table.DropsNotListed + table.Rows.Skip(rows).Sum(row => (row.Cells[count] as CountCell)?.Count ?? 0);
        return new TerminalLine(
            [.. numbers.Select(i => i == count ? Count(rest) : table.Columns[i].Kind == ColumnKind.Share ? Percent(rest, drops) : "")], $"and {Count(hidden)} more", "");
    }

    /// <summary>
    /// Draws lines below their head. Spectre makes a column that does not fit a single "…": names are cut before that, and stand over their details where
    /// both do not fit side by side.
    /// </summary>
    public static void Draw(TerminalLine head, IReadOnlyList<TerminalLine> lines, IAnsiConsole console)
    {
        int words = head.Word is null ? 0 : 1;
        int room = console.Profile.Width - head.Cells.Select((text, i) => Math.Max(text.Length, lines.Max(line => line.Cells[i].Length))).Sum();
        bool isNarrow = head.Detail.Length > 0 && room - Border(head.Cells.Length + 2) < NarrowestPair;
        bool hasDetail = head.Detail.Length > 0 && !isNarrow;
        int wide = room - Border(head.Cells.Length + (hasDetail ? 2 : 1));
        int forDetail = hasDetail ? Math.Min(wide / 2, lines.SelectMany(line => line.Detail.Split(' ')).Append(head.Detail).Max(word => word.Length)) : 0;
        int forName = Math.Max(NarrowestName, wide - forDetail);
        Table table = new() { Border = TableBorder.Simple };
        foreach ((int i, string text) in head.Cells.Index())
        {
            TableColumn column = new TableColumn(new Text(text, TerminalOutput.Dim)).NoWrap();
            table.AddColumn(i < words ? column : column.RightAligned());
        }

        table.AddColumn(new TableColumn(new Text(TextCut.Middle(head.Name, forName), TerminalOutput.Dim)));
        if (hasDetail)
        {
            table.Columns[^1].NoWrap();
            table.AddColumn(new TableColumn(new Text(head.Detail, TerminalOutput.Dim)));
        }

        foreach ((TerminalLine line, (string name, string detail)) in lines.Zip(Cut(lines, forName, isNarrow ? forName : forDetail)))
        {
            table.AddRow([
                .. line.Cells.Select((text, i) => new Text(text, i < words ? line.Style : null)),
                new Text(isNarrow && line.Detail.Length > 0 ? name + "\n" + detail : name),
                .. hasDetail ? [new Text(detail)] : Array.Empty<Text>(),
            ]);
        }

        console.Write(table);
    }

    // Rows that would be the same after cutting are written in full, over several lines.
    private static IEnumerable<(string Name, string Detail)> Cut(IReadOnlyList<TerminalLine> lines, int forName, int forDetail)
    {
        List<(string Name, string Detail)> cut = [.. lines.Select(line => (TextCut.Middle(line.Name, forName), Words(line.Detail, forDetail)))];
        HashSet<(string, string)> alike = [.. cut.Zip(lines).GroupBy(c => c.First, c => (c.Second.Name, c.Second.Detail)).Where(g => g.Distinct().Count() > 1).Select(g => g.Key)];
        return cut.Zip(lines, (text, line) => alike.Contains(text) ? (Broken(line.Name, forName), string.Join(' ', line.Detail.Split(' ').Select(word => Broken(word, forDetail)))) : text);
    }

    private static string Broken(string text, int width) => width < 1 ? text : string.Join('\n', text.Chunk(width).Select(part => new string(part)));

    /// <summary>The blanks and rules around so many columns.</summary>
    private static int Border(int columns) => (3 * columns) + 1;

    /// <summary>A text whose lines break between words, none of them longer than a line.</summary>
    private static string Words(string text, int width) => string.Join(' ', text.Split(' ').Select(word => TextCut.Middle(word, width)));
}

/// <summary>A line of a table.</summary>
/// <param name="Numbers">In columns of their own.</param>
/// <param name="Name">What the numbers are of.</param>
/// <param name="Detail">What else there is to say of it.</param>
internal sealed record TerminalLine(string[] Numbers, string Name, string Detail)
{
    /// <summary>A word before the numbers; null where the table has none.</summary>
    public string? Word { get; init; }

    /// <summary>Of the word.</summary>
    public Style? Style { get; init; }

    /// <summary>All before the name.</summary>
    public string[] Cells => Word is null ? Numbers : [Word, .. Numbers];
}
