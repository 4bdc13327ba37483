using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Queries;

/// <summary>A statement that is run again and again for one id, and its rows. Text comes as it is stored, not made visible.</summary>
internal sealed class IdLookup : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly sqlite3_stmt _row;
    private readonly nint _statement;

    /// <param name="connection">Open.</param>
    /// <param name="sql">With one parameter, the id.</param>
    public IdLookup(SqliteConnection connection, string sql)
    {
        _handle = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_handle, sql, out _row), _handle);
        _statement = _row.DangerousGetHandle(); // open until it is disposed of, with this
    }

    /// <summary>Columns of a row.</summary>
    public int Columns => raw.sqlite3_column_count(_row);

    /// <summary>Goes to the first row of an id; false where there is none.</summary>
    public bool Find(long id)
    {
        raw.sqlite3_reset(_row);
        raw.sqlite3_bind_int64(_row, 1, id);
        return Next();
    }

    /// <summary>Goes to the next row; false behind the last.</summary>
    public bool Next()
    {
        int code = raw.sqlite3_step(_row);
        if (code is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            SqliteException.ThrowExceptionForRC(code, _handle);
        }

        return code == raw.SQLITE_ROW;
    }

    /// <summary>A column's name.</summary>
    public string Name(int column) => raw.sqlite3_column_name(_row, column).utf8_to_string();

    /// <summary>Whether a column holds an integer.</summary>
    public bool IsNumber(int column) => NativeRow.IsNumber(_statement, column);

    /// <summary>A column's number; null where it is NULL.</summary>
    public long? Number(int column) => NativeRow.Number(_statement, column);

    /// <summary>A column as text, a number in digits; null where it is NULL.</summary>
    public string? Text(int column) => NativeRow.Text(_statement, column);

    /// <inheritdoc/>
    public void Dispose() => _row.Dispose();
}
