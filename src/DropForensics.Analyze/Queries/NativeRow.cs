using System.Runtime.InteropServices;
using SQLitePCL;

namespace DropForensics.Analyze.Queries;

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
