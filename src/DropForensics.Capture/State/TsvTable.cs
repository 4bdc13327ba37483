using System.Text;

namespace DropForensics.Capture.State;

/// <summary>A table as text: a line of column names, a line a row with tabs between its cells, and remarks that begin with <c>#</c>.</summary>
/// <param name="mostCharacters">Once the text is this long, further rows are counted but not stored.</param>
/// <param name="columns">Their names.</param>
internal sealed class TsvTable(int mostCharacters, params string[] columns)
{
    private readonly StringBuilder _text = new(string.Join('\t', columns) + "\n");
    private readonly List<string> _remarks = [];
    private int _omitted;

    /// <summary>Rows that were added, those left out among them.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether further rows are left out.</summary>
    public bool IsFull => _text.Length >= mostCharacters;

    /// <summary>Counts a row that is not stored. If the table is full, this saves making the cells.</summary>
    public void LeaveOut()
    {
        Rows++;
        _omitted++;
    }

    /// <summary>Adds a row. A cell that is null or empty is written as <c>-</c>; tabs and other control characters become question marks.</summary>
    public void Add(params ReadOnlySpan<string?> cells)
    {
        if (IsFull)
        {
            LeaveOut();
            return;
        }

        Rows++;
        for (int i = 0; i < cells.Length; i++)
        {
            if (i > 0) _text.Append('\t');
            AppendCell(cells[i]);
        }

        _text.Append('\n');
    }

    /// <summary>Something a reader must know of the table: a remark at its end.</summary>
    public void Remark(string text) => _remarks.Add(text);

    /// <summary>The whole text, UTF-8.</summary>
    public byte[] Bytes()
    {
        StringBuilder all = new StringBuilder().Append(_text);
        foreach (string remark in _remarks) all.Append("# ").Append(remark.ReplaceLineEndings(" ")).Append('\n');
        if (_omitted > 0) all.Append($"# {_omitted} more rows are left out\n");
        return Encoding.UTF8.GetBytes(all.ToString());
    }

    private void AppendCell(string? cell)
    {
        if (string.IsNullOrEmpty(cell))
        {
            _text.Append('-');
            return;
        }

        foreach (char c in cell) _text.Append(char.IsControl(c) ? '?' : c);
    }
}
