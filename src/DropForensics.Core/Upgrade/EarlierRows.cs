using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Upgrade;

/// <summary>A capture's rows by today's names: a table it does not have is empty, a column neither it nor a step knows is NULL.</summary>
internal sealed class EarlierRows(CaptureReader capture)
{
    private readonly Dictionary<string, HashSet<string>> _columns = [];
    private readonly int _schema = capture.IsRebuilt ? CaptureFile.Version : capture.Schema;

    /// <summary>Gives each row to <paramref name="each"/>, its columns in the order of <paramref name="columns"/>.</summary>
    /// <param name="table">One of today's.</param>
    /// <param name="columns">Of today's.</param>
    /// <param name="behind">What stands behind the table: a condition, an order; of columns that every version has.</param>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public void Read(string table, string[] columns, string behind, Action<EarlierRow> each)
    {
        HashSet<string> there = ColumnsOf(table);
        if (there.Count == 0) return;
        string list = string.Join(", ", columns.Select(column =>
            SchemaStep.Of(_schema, $"{table}.{column}") ?? (there.Contains(column) ? $"\"{column}\"" : "NULL")));
        Read($"SELECT {list} FROM {table} {behind}", each);
    }

    /// <summary>Whether a file has a column.</summary>
    public bool Has(string table, string column) => ColumnsOf(table).Contains(column);

    /// <summary>Rows of a statement over columns that every version has.</summary>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public void Read(string sql, Action<EarlierRow> each) => SqlRows.Read(capture.Connection, sql, row => each(new EarlierRow(row)));

    private HashSet<string> ColumnsOf(string table)
    {
        if (_columns.TryGetValue(table, out HashSet<string>? known)) return known;
        HashSet<string> found = [];
        Read($"SELECT name FROM pragma_table_info('{table}')", row => found.Add(row.Text(0) ?? ""));
        return _columns[table] = found;
    }
}

/// <summary>One row, whatever its columns hold: the tables of a forged file take any value anywhere.</summary>
internal readonly struct EarlierRow(sqlite3_stmt row)
{
    /// <summary>A column's number; null where it is NULL.</summary>
    public long? Number(int column) => SqlRows.Number(row, column);

    /// <summary>A column's text; null where it is NULL.</summary>
    public string? Text(int column) => SqlRows.Text(row, column);

    /// <summary>A column's bytes, of NULL none.</summary>
    public ReadOnlySpan<byte> Bytes(int column) => raw.sqlite3_column_blob(row, column);
}
