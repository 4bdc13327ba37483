using System.Buffers;

namespace DropForensics.Analyze.Display;

/// <summary>
/// Text as a cell of a table that may be opened in a spreadsheet, which treats text that begins like a formula as one, and runs it: a
/// process may call itself <c>=HYPERLINK(…)</c>. Such text gets an apostrophe before it.
/// </summary>
internal static class CsvCell
{
    // A tab or line end before a formula is as dangerous; as control characters they are escapes here already. Spreadsheets
    // take the wide forms of East Asian text for the same signs.
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@＝＋－＠");

    // RFC 4180 asks for quotes around the first four; some readers split at the others, or strip them.
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n; \t");

    /// <summary>The cell: its control characters as escapes, in quotes where needed; empty text is <c>""</c>, which is not the same as none.</summary>
    public static string Of(string text)
    {
        string cell = Visible.Text(text);
        if (cell.Length > 0 && FormulaStarts.Contains(cell[0]))
        {
            cell = "'" + cell;
        }

        return cell.Length == 0 || cell.AsSpan().ContainsAny(Quoted) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }
}
