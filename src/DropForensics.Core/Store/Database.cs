using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>An SQLite connection for writing, without a lock of its own: one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    private const int BusyTimeoutMs = 5_000; // somebody may look at the file with the sqlite3 shell

    private readonly string _path;

    static Database() => Batteries_V2.Init();

    public Database(string path)
    {
        _path = path;
        int code = raw.sqlite3_open_v2(path, out sqlite3 handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX, null);
        Handle = handle;
        Check(code);
        Check(raw.sqlite3_extended_result_codes(handle, 1));
        Check(raw.sqlite3_busy_timeout(handle, BusyTimeoutMs));
    }

    public sqlite3 Handle { get; }

    /// <summary>False once SQLite has rolled back by itself, as it does when the disk is full.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Runs every statement of a script.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    /// <summary>Closing would else remove a journal by its name, which may be somebody else's by now.</summary>
    public void KeepJournalOnClose() => Check(raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _));

    public Statement Prepare(string sql) => new(this, sql);

    /// <exception cref="CaptureWriteException"><paramref name="code"/> is no success.</exception>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new CaptureWriteException(_path, code, raw.sqlite3_errmsg(Handle).utf8_to_string());
    }

    public void Dispose() => Handle.Dispose();
}
