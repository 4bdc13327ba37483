using System.Runtime.InteropServices;
using SQLitePCL;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// The integers of a row, by SQLite's function itself: the binding counts the statement's references up and down for every column, which
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

    // It converts one value that is in memory, and never calls back.
    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_column_int64"), SuppressGCTransition]
    private static partial long ColumnInt64(nint statement, int column);
}
