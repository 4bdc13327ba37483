using System.Globalization;
using System.Text;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.HostState;

/// <summary>
/// A table that the agent stored as text: a line of column names, then a line a row with tabs between the cells; <c>-</c> is a cell that is not known, and
/// a line that begins with <c>#</c> is a remark. A capture may come from anywhere: what does not fit is passed over.
/// </summary>
internal sealed class TsvText
{
    /// <summary>No agent writes more.</summary>
    private const int MostRows = 50_000;

    private readonly Dictionary<string, int> _columns = [];

    public TsvText(ReadOnlySpan<byte> text)
    {
        string[] lines = Encoding.UTF8.GetString(text).Split('\n');
        string[] heads = lines[0].Split('\t');
        for (int i = 0; i < heads.Length; i++) _columns.TryAdd(heads[i], i);
        Rows = [.. lines.Skip(1).Where(line => line.Length > 0 && line[0] != '#').Take(MostRows).Select(line => new TsvRow(_columns, line.Split('\t')))];
        Remarks = [.. lines.Skip(1).Where(line => line.StartsWith("# ", StringComparison.Ordinal)).Take(10).Select(line => Visible.Text(line[2..]))];
    }

    public IReadOnlyList<TsvRow> Rows { get; }

    /// <summary>What is missing, and why.</summary>
    public IReadOnlyList<string> Remarks { get; }
}

/// <summary>A row, its cells by their columns' names.</summary>
internal sealed class TsvRow(Dictionary<string, int> columns, string[] cells)
{
    /// <summary>With invisible characters as escapes; null where the cell is not known.</summary>
    public string? Text(string column) =>
        columns.TryGetValue(column, out int at) && at < cells.Length && cells[at] is { Length: > 0 } cell and not "-" ? Visible.Text(cell) : null;

    /// <summary>Null where the cell is no whole number.</summary>
    public long? Number(string column) => long.TryParse(Text(column), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
