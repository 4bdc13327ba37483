using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// An empty capture in a temporary file that only this connection can reach: SQLite makes it private (mode 0600) when memory does not do, in the folder
/// that TMPDIR names, and takes its name away at once (sqlite.org/inmemorydb.html, temporary databases; on Windows the system removes it when it is
/// closed). So nothing is left of it, however the program ends.
/// </summary>
internal sealed class NamelessFile : IDisposable
{
    private const int AllPages = -1;

    public NamelessFile()
    {
        Connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = "", Pooling = false }.ConnectionString);
        try
        {
            Connection.Open();

            // Where anything fails, the file is given up as a whole: no journal, no waiting for a disk.
            Execute($"PRAGMA page_size = {EmptyCapture.PageSize}; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {CaptureFile.Schema}");
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
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

    /// <summary>Makes it the same as another capture, page by page.</summary>
    /// <exception cref="SqliteException">That one is damaged, or there is no room.</exception>
    public void Fill(CaptureReader capture)
    {
        sqlite3 handle = Connection.Handle!; // it is open
        using sqlite3_backup backup = raw.sqlite3_backup_init(handle, "main", capture.Connection.Handle, "main");
        int code = raw.sqlite3_backup_step(backup, AllPages);
        if (code != raw.SQLITE_DONE) throw new SqliteException(raw.sqlite3_errstr(code).utf8_to_string(), code);
    }

    /// <summary>Runs statements.</summary>
    public void Execute(string sql)
    {
        sqlite3 handle = Connection.Handle!; // it is open
        SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(handle, sql), handle);
    }

    public void Dispose() => Connection.Dispose();
}
