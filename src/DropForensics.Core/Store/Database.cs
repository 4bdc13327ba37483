using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>An SQLite connection to a capture file that is being written, without a lock of its own: one thread at a time.</summary>
internal sealed partial class Database : IDisposable
{
    private const int BusyTimeoutMs = 5_000; // somebody may look at the file with the sqlite3 shell
    private const int AllPages = -1;

    // SQLITE_OPEN_NOFOLLOW, which refuses a link in any component of the path: hence WithoutLinks. It means nothing to SQLite on Windows.
    private const int NoFollow = 0x01000000;

    // None of a database that has no name: its file is SQLite's own.
    private readonly OwnFiles? _files;
    private readonly string _name;

    static Database() => Batteries_V2.Init();

    /// <summary>Opens a file that is there. Its last component may not be a link, whoever put one there since it was made.</summary>
    /// <exception cref="UserError">Somebody replaced one of the files meanwhile.</exception>
    /// <exception cref="CaptureWriteException">SQLite cannot open it.</exception>
    public Database(OwnFiles files)
    {
        (_files, _name) = (files, files.Path);
        int code = raw.sqlite3_open_v2(
            OperatingSystem.IsWindows() ? files.Path : WithoutLinks(files.Path), out sqlite3 handle,
            raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | NoFollow, null);
        Handle = handle;
        try
        {
            Check(code);
            Check(raw.sqlite3_extended_result_codes(handle, 1));
            Check(raw.sqlite3_busy_timeout(handle, BusyTimeoutMs));
            KeepFilesOnClose();
            _ = Number("PRAGMA schema_version"); // the first look at the file opens what lies beside it
            files.CheckOpened();
        }
        catch
        {
            Handle.Dispose();
            throw;
        }
    }

    /// <summary>Writes over a connection that stays its owner's, to a database without a name.</summary>
    /// <param name="name">What it is called in a message.</param>
    public Database(sqlite3 handle, string name) => (Handle, _name) = (handle, name);

    public sqlite3 Handle { get; }

    /// <summary>Bytes of the -wal.</summary>
    public long LogBytes => _files is not null && new FileInfo(_files.Path + "-wal") is { Exists: true, Length: var bytes } ? bytes : 0;

    /// <summary>Makes a new, private file with an empty capture in it, and opens that.</summary>
    /// <param name="path">The file, absolute; links are not followed.</param>
    /// <param name="force">Replace a regular file of the caller's own.</param>
    /// <param name="made">Told the file's inode as soon as it is there, empty still.</param>
    /// <exception cref="UserError">It cannot be made there; nothing is left then.</exception>
    public static Database Create(string path, bool force, Action<long>? made = null)
    {
        OwnFiles files = OwnFiles.Create(path, force, made);
        try
        {
            return new Database(files);
        }
        catch (Exception error) when (error is UserError or CaptureWriteException)
        {
            files.RemoveAll();
            if (error is UserError) throw;
            throw FileTrouble.Creating(path, error);
        }
    }

    /// <summary>False once SQLite has rolled back by itself, as it does when the disk is full.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(Handle) == 0;

    /// <summary>Runs every statement of a script.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Handle, sql));

    /// <summary>The first column of a query's first row.</summary>
    public long Number(string sql)
    {
        using Statement statement = Prepare(sql);
        return statement.ReadInt();
    }

    public Statement Prepare(string sql) => new(this, sql);

    /// <exception cref="CaptureWriteException"><paramref name="code"/> is no success.</exception>
    public void Check(int code)
    {
        if (code != raw.SQLITE_OK) throw new CaptureWriteException(_name, code, raw.sqlite3_errmsg(Handle).utf8_to_string());
    }

    /// <summary>Copies the state that was committed last, whatever is committed meanwhile, to a database that holds nothing yet.</summary>
    /// <exception cref="CaptureWriteException">One of the two cannot be read or written.</exception>
    public void CopyTo(Database other)
    {
        using sqlite3_backup backup = raw.sqlite3_backup_init(other.Handle, "main", Handle, "main");
        int code = raw.sqlite3_backup_step(backup, AllPages); // in one step: with two, a commit between them would begin it anew
        if (code != raw.SQLITE_DONE) throw new CaptureWriteException(other._name, code, raw.sqlite3_errstr(code).utf8_to_string());
    }

    /// <summary>Puts everything into the one file, closes it, and removes what lies beside it.</summary>
    /// <returns>False where another process still reads an earlier state, and part of the file stays in its -wal.</returns>
    public bool LeaveOneFile() => TryEmptyLog() && CloseAsOneFile();

    /// <summary>Moves everything from the -wal into the file; false where another process still reads an earlier state.</summary>
    public bool TryEmptyLog()
    {
        try
        {
            return Number("PRAGMA wal_checkpoint(TRUNCATE)") == 0;
        }
        catch (CaptureWriteException error) when (error.IsBusy)
        {
            return false;
        }
    }

    /// <summary>
    /// Closes it after <see cref="TryEmptyLog"/>, with no statement left, and removes what lies beside it. SQLite would do so by "PRAGMA journal_mode =
    /// DELETE", but after it has removed its own log it looks for one of that name once more, and what it finds then may be another user's.
    /// </summary>
    /// <returns>False where the file could not be marked as one without a log; the -wal stays then, empty.</returns>
    public bool CloseAsOneFile()
    {
        if (_files is null) return true;
        Handle.Dispose();
        return _files.LeaveOneFile();
    }

    /// <summary>Closes it, and removes it and what lies beside it.</summary>
    public void Discard()
    {
        if (_files is null) return;
        Handle.Dispose();
        _files.RemoveAll();
    }

    /// <summary>Removes what lies beside the file, which stays open: its name is to be another file's.</summary>
    public void RemoveCompanions() => _files?.RemoveCompanions();

    /// <summary>Closes it. What is not in the one file yet stays beside it.</summary>
    public void Dispose()
    {
        if (_files is null) return;
        Handle.Dispose();
        _files.RemoveJournal();
    }

    // Closing would else remove files by their names, which may be somebody else's by now.
    private void KeepFilesOnClose() => Check(raw.sqlite3_db_config(Handle, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _));

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
