using System.Runtime.InteropServices;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Queries;

/// <summary>Rows of integers alone, as the pass over the drops reads them.</summary>
internal static class DirectRows
{
    /// <summary>Gives the numbers of each row: for many rows of few integers, all of them given (see <see cref="NativeRow"/>).</summary>
    /// <exception cref="SqliteException">The statement does not fit the tables, or the file is damaged.</exception>
    public static void ReadNumbers(SqliteConnection connection, string sql, Action<ReadOnlySpan<long>> each)
    {
        long[] numbers = [];
        SqlRows.Read(connection, sql, row =>
        {
            if (numbers.Length == 0)
            {
                numbers = new long[raw.sqlite3_column_count(row)];
            }

            NativeRow.Read(row, numbers);
            each(numbers);
        });
    }
}

/// <summary>
/// The columns of a row, by SQLite's functions themselves: the binding counts the statement's references up and down for every column, which
/// over millions of rows costs more than reading them.
/// </summary>
internal static partial class NativeRow
{
    /// <summary>Fills <paramref name="numbers"/> with the first columns of the current row; NULL reads as 0.</summary>
    public static void Read(sqlite3_stmt row, Span<long> numbers)
    {
        nint statement = row.DangerousGetHandle(); // the caller steps it, so it is open
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = ColumnInt64(statement, i);
        }

        GC.KeepAlive(row);
    }

    /// <summary>Whether a column of a row holds an integer.</summary>
    /// <param name="statement">Of a statement that its owner keeps open.</param>
    public static bool IsNumber(nint statement, int column) => ColumnType(statement, column) == raw.SQLITE_INTEGER;

    /// <summary>A column's number; null where it is NULL.</summary>
    public static long? Number(nint statement, int column) => ColumnType(statement, column) == raw.SQLITE_NULL ? null : ColumnInt64(statement, column);

    /// <summary>A column as text, as it is stored; null where it is NULL.</summary>
    public static string? Text(nint statement, int column) =>
        ColumnType(statement, column) == raw.SQLITE_NULL ? null : Marshal.PtrToStringUTF8(ColumnText(statement, column));

    // They convert one value that is in memory, and never call back.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    private static partial long ColumnInt64(nint statement, int column);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_column_type"), SuppressGCTransition]
    private static partial int ColumnType(nint statement, int column);

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_column_text")]
    private static partial nint ColumnText(nint statement, int column);
}

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

/// <summary>Single flows by their id: a report lists two hundred of them.</summary>
/// <param name="connection">Open.</param>
internal sealed class FlowLookup(SqliteConnection connection) : IDisposable
{
    private static readonly VisibleTextHandler Visible = new();

    private readonly IdLookup _row = new(connection, """
        SELECT ethertype, vlan, ip_protocol, src, dst, sport, dport, type, code, later_fragment, tunnel, inner_ethertype, inner_vlan, inner_ip_protocol, inner_src, inner_dst,
               inner_sport, inner_dport, inner_type, inner_code
          FROM flow WHERE id = ?
        """);

    /// <summary>One flow.</summary>
    /// <exception cref="InvalidOperationException">There is none of this id.</exception>
    public FlowRow Of(long id)
    {
        if (!_row.Find(id)) throw new InvalidOperationException($"there is no flow {id}");
        return new FlowRow(
            id, _row.Number(0) ?? 0, _row.Number(1), _row.Number(2), Text(3) ?? "", Text(4) ?? "", _row.Number(5), _row.Number(6), _row.Number(7), _row.Number(8), _row.Number(9) ?? 0, Text(10),
            _row.Number(11), _row.Number(12), _row.Number(13), Text(14), Text(15), _row.Number(16), _row.Number(17), _row.Number(18), _row.Number(19));
    }

    /// <inheritdoc/>
    public void Dispose() => _row.Dispose();

    private string? Text(int column) => _row.Text(column) is { } text ? Visible.Parse(text) : null;
}
