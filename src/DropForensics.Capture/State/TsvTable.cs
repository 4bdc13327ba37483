using System.Text;

namespace DropForensics.Capture.State;

/// <summary>A table as text: a line of column names, a line a row with tabs between its cells, and remarks that begin with <c>#</c>.</summary>
/// <param name="most">Bytes of rows; further ones are counted and left out.</param>
/// <param name="columns">Their names.</param>
internal sealed class TsvTable(int most, params string[] columns)
{
    private readonly StringBuilder _text = new(string.Join('\t', columns) + "\n");
    private readonly List<string> _remarks = [];
    private int _left;

    /// <summary>Rows that were added, those left out among them.</summary>
    public int Rows { get; private set; }

    /// <summary>Whether further rows are left out.</summary>
    public bool IsFull => _text.Length >= most;

    /// <summary>Counts a row as left out, so that nobody need make its cells.</summary>
    public void LeaveOut() => (Rows, _left) = (Rows + 1, _left + 1);

    /// <summary>Adds a row. A cell that is null is written as <c>-</c>; tabs and other control characters become question marks.</summary>
    public void Add(params ReadOnlySpan<string?> cells)
    {
        if (IsFull)
        {
            LeaveOut();
            return;
        }

        Rows++;
        for (var i = 0; i < cells.Length; i++)
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
        var all = new StringBuilder().Append(_text);
        foreach (var remark in _remarks) all.Append("# ").Append(remark.ReplaceLineEndings(" ")).Append('\n');
        if (_left > 0) all.Append($"# {_left} more rows are left out\n");
        return Encoding.UTF8.GetBytes(all.ToString());
    }

    private void AppendCell(string? cell)
    {
        if (string.IsNullOrEmpty(cell))
        {
            _text.Append('-');
            return;
        }

        foreach (var c in cell) _text.Append(char.IsControl(c) ? '?' : c);
    }
}
