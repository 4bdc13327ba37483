using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>An SQLite connection for writing, without a lock of its own: one thread at a time.</summary>
internal sealed partial class Database : IDisposable
{
    private const int BusyTimeoutMs = 5_000; // somebody may look at the file with the sqlite3 shell

    // SQLITE_OPEN_NOFOLLOW, which refuses a link in any component of the path: hence WithoutLinks. It means nothing to SQLite on Windows.
    private const int NoFollow = 0x01000000;

    private readonly string _path;

    static Database() => Batteries_V2.Init();

    /// <summary>Opens a file that is there. Its last component may not be a link, whoever put one there since it was made.</summary>
    public Database(string path)
    {
        _path = path;
        int code = raw.sqlite3_open_v2(
            OperatingSystem.IsWindows() ? path : WithoutLinks(path), out sqlite3 handle, raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | NoFollow, null);
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

    /// <summary>Puts everything into the one file and removes -wal and -shm; false where another process' lock keeps SQLite from it.</summary>
    public bool LeaveOneFile()
    {
        try
        {
            Execute("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;");
            return true;
        }
        catch (CaptureWriteException error) when (error.IsBusy)
        {
            return false;
        }
    }

    public void Dispose() => Handle.Dispose();

    /// <summary>The same file by a path whose directories are no links.</summary>
    [UnsupportedOSPlatform("windows")]
    private static unsafe string WithoutLinks(string path)
    {
        nint real = RealPath(Path.GetDirectoryName(path) is { Length: > 0 } directory ? directory : ".", 0);
        if (real == 0) return path;
        string resolved = Marshal.PtrToStringUTF8(real) ?? "";
        NativeMemory.Free((void*)real);
        return Path.Combine(resolved, Path.GetFileName(path));
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "realpath", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint RealPath(string path, nint buffer);
}
