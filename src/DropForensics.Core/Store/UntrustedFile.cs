using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// Restricts SQLite for a database of unknown origin (sqlite.org/security.html): none of its code runs, values and statements are no larger than a
/// capture needs, and memory is limited.
/// </summary>
internal static class UntrustedFile
{
    /// <summary>What SQLite may take of memory, in this process: a sort that needs more goes to a temporary file.</summary>
    public const long MostHeapBytes = 256L << 20;

    // sqlite3.h, SQLITE_DBCONFIG_…
    private const int EnableTrigger = 1003, EnableLoadExtension = 1005, Defensive = 1010, EnableView = 1015, TrustedSchema = 1017;

    // sqlite3.h, SQLITE_LIMIT_…, and the most that schema.sql or a query here needs, with room.
    private static readonly (int Limit, int Most)[] Limits =
    [
        (1, 100_000),  // bytes of a statement
        (2, 128),      // columns
        (3, 200),      // depth of an expression
        (4, 8),        // parts of a compound SELECT
        (5, 250_000),  // instructions of a program: PRAGMA integrity_check has one for all tables
        (6, 32),       // arguments of a function
        (7, 0),        // attached databases
        (8, 256),      // bytes of a LIKE or GLOB pattern
        (9, 64),       // parameters
        (10, 1),       // depth of triggers
        (11, 0),       // threads
    ];

    static UntrustedFile() => raw.sqlite3_hard_heap_limit64(MostHeapBytes);

    /// <summary>Before anything of the file is looked at.</summary>
    /// <param name="fileBytes">Its size: no value in it can be larger.</param>
    public static void Restrain(sqlite3 handle, long fileBytes)
    {
        raw.sqlite3_limit(handle, 0, (int)Math.Clamp(fileBytes, 1 << 20, CaptureFile.MaxValueBytes));
        foreach ((int limit, int most) in Limits) raw.sqlite3_limit(handle, limit, most);
        Set(handle, Defensive, true);
        foreach (int setting in (int[])[EnableTrigger, EnableLoadExtension, EnableView, TrustedSchema]) Set(handle, setting, false);
        raw.sqlite3_exec(handle, "PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0; PRAGMA query_only = 1;");
    }

    /// <summary>Lets the views run, once they are known to be ours.</summary>
    public static void AllowViews(sqlite3 handle) => Set(handle, EnableView, true);

    private static void Set(sqlite3 handle, int setting, bool on)
    {
        if (raw.sqlite3_db_config(handle, setting, on ? 1 : 0, out int now) != raw.SQLITE_OK || now != (on ? 1 : 0))
            throw new InvalidOperationException($"this SQLite does not know setting {setting}");
    }
}
