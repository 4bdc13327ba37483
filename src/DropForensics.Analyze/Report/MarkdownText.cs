using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Sections;

namespace DropForensics.Analyze.Report;

/// <summary>Text in GitHub's Markdown. Names come from a capture, so nothing in them may become markup, a link or a mention.</summary>
internal static partial class MarkdownText
{
    private const char WordJoiner = '\u2060';

    /// <summary>A table's head and first rows.</summary>
    /// <param name="leftOut">Columns of this use are left out.</param>
    /// <param name="hasNotes">Whether cells have the lines that stand below them on the page.</param>
    public static void Table(StringBuilder text, ReportTable table, int rows, ColumnUse leftOut, bool hasNotes)
    {
        List<(int Index, Column Column)> columns = [.. table.Columns.Index().Where(c => c.Item.Use != leftOut)];
        text.Append($"| {string.Join(" | ", columns.Select(c => InTable(Escaped(c.Column.Head))))} |\n");
        text.Append($"|{string.Concat(columns.Select(c => c.Column.Kind is ColumnKind.Count or ColumnKind.Share or ColumnKind.Number or ColumnKind.Time ? "---:|" : "---|"))}\n");
        foreach (Row row in table.Rows.Take(rows))
        {
            text.Append($"| {string.Join(" | ", columns.Select(c => Of(row.Cells[c.Index], hasNotes)))} |\n");
        }
    }

    /// <summary>A cell of a table.</summary>
    private static string Of(Cell cell, bool hasNotes) => InTable(string.Join(" · ", new[] { cell is NameCell { Name: not null } or ReasonCell { Name: not null } ? Code(cell.Text) : Escaped(cell.Text) }
        .Concat(hasNotes ? cell.Notes.Concat(cell.NotesOfWhole).Select(Sentence) : []).Where(part => part.Length > 0)));

    // A table takes one backslash before a bar away before anything else is read, in code too.
    private static string InTable(string text) => text.Replace("|", "\\|", StringComparison.Ordinal).ReplaceLineEndings(" ");

    /// <summary>A sentence, the kernel's names in it as code.</summary>
    public static string Sentence(string prose) => string.Concat(Prose.Parts(prose).Select(part => part.IsName ? Code(part.Text) : Escaped(part.Text)));

    /// <summary>Text in which nothing is markup. A backslash does that; what GitHub makes of plain text, mentions, issues, links and formulas, needs something within.</summary>
    public static string Escaped(string text) => Linked().Replace(Markup().Replace(text, @"\$0"), $"$0{WordJoiner}");

    /// <summary>A code span whose fence is longer than any in the text.</summary>
    public static string Code(string text)
    {
        string fence = new('`', LongestFence(text) + 1);
        string pad = text.StartsWith('`') || text.EndsWith('`') ? " " : "";
        return fence + pad + text + pad + fence;
    }

    /// <summary>A block of a command, or of other text.</summary>
    public static string Fenced(string command, string language = "sh")
    {
        string fence = new('`', Math.Max(3, LongestFence(command) + 1));
        return $"{fence}{language}\n{command}\n{fence}";
    }

    /// <summary>With a capital letter.</summary>
    public static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static int LongestFence(string text) => Fence().Matches(text).Select(match => match.Length).DefaultIfEmpty().Max();

    [GeneratedRegex(@"[\\`*_\[\]<>|~#@&$!]")]
    private static partial Regex Markup();

    [GeneratedRegex(@"[@#](?=\w)|:(?=//)|\bwww(?=\.)")]
    private static partial Regex Linked();

    [GeneratedRegex("`+")]
    private static partial Regex Fence();
}
