using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// A capture in a temporary file that only this connection can reach: SQLite makes it private (mode 0600) when memory does not do, in the folder
/// that TMPDIR names, and takes its name away at once (sqlite.org/inmemorydb.html, temporary databases; on Windows the system removes it when it is
/// closed). So nothing is left of it, however the program ends.
/// </summary>
internal sealed class NamelessFile : IDisposable
{
    private const int AllPages = -1;

    /// <summary>An empty capture.</summary>
    public NamelessFile()
        : this(EmptyCapture.PageSize) => Fill(() => Execute(CaptureFile.Schema));

    private NamelessFile(long pageSize)
    {
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = "", Pooling = false }.ConnectionString);

        // Where anything fails, the file is given up as a whole: no journal, no waiting for a disk.
        Fill(() =>
        {
            Connection.Open();
            Execute($"PRAGMA page_size = {pageSize}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
        });
    }

    /// <summary>The same as another capture, page by page.</summary>
    /// <exception cref="SqliteException">That one is damaged, or there is no room.</exception>
    public static NamelessFile CopyOf(CaptureReader capture)
    {
        var copy = new NamelessFile(capture.PageSize);
        copy.Fill(() =>
        {
            using sqlite3_backup backup = raw.sqlite3_backup_init(copy.Connection.Handle, "main", capture.Connection.Handle, "main");
            int code = raw.sqlite3_backup_step(backup, AllPages);
            if (code != raw.SQLITE_DONE) throw new SqliteException(raw.sqlite3_errstr(code).utf8_to_string(), code);
        });
        return copy;
    }

    public SqliteConnection Connection { get; }

    /// <summary>How many pages it has so far.</summary>
    public long Pages
    {
        get
        {
            using SqliteCommand command = Connection.CreateCommand();
            command.CommandText = "PRAGMA page_count";
            return command.ExecuteScalar() is long pages ? pages : 0;
        }
    }

    /// <summary>Runs statements.</summary>
    public void Execute(string sql)
    {
        sqlite3 handle = Connection.Handle!; // it is open
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(handle, sql), handle);
    }

    public void Dispose() => Connection.Dispose();

    private void Fill(Action work)
    {
        try
        {
            work();
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }
}
