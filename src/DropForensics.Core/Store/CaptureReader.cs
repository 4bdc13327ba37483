using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>Reads a capture and never writes to it. The file may be damaged or forged, so nothing in it is trusted.</summary>
public sealed class CaptureReader : IDisposable
{
    private const string Again = "Copy it again from where it was captured.";
    private const string OneOfMany = "Name one of the files in it: only reports and exports take the parts of a flight recorder as one capture.";
    private const string Origin = "Give a file that `capture` or `analyze import` wrote.";

    private const int MaxCpu = 8191; // CONFIG_NR_CPUS is at most one more, on any architecture

    private readonly IDisposable _file;
    private ReadBudget? _budget;

    static CaptureReader()
    {
        Batteries_V2.Init();

        // No connection is used by two threads at a time, so SQLite need not lock for every column. If SQLite was initialized before, this has no effect.
        _ = raw.sqlite3_config(raw.SQLITE_CONFIG_MULTITHREAD);
    }

    private CaptureReader(string path, IDisposable file, SqliteConnection connection) => (Path, _file, Connection) = (path, file, connection);

    /// <summary>Absolute path of the capture file.</summary>
    public string Path { get; }

    /// <summary>The schema version of the file, even if its rows were rebuilt since.</summary>
    public int Schema { get; private set; }

    /// <summary>The rows were rebuilt in the current schema; they are no longer the file's own.</summary>
    public bool IsRebuilt { get; private init; }

    /// <summary>Number of sites whose attribution comes from this version instead of the file; 0 if all rows were rebuilt.</summary>
    public int Reattributed { get; private init; }

    /// <summary>The rows are of an earlier schema: only the raw text is usable as it is.</summary>
    public bool IsEarlier => !IsRebuilt && Reattributed == 0 && Schema < CaptureFile.Version;

    /// <summary>Bytes of a page of the file.</summary>
    internal long PageSize => Pragma("page_size");

    /// <summary>For queries; it refuses to write.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>Opens a capture as it is; <see cref="IsEarlier"/> says whether its rows can be read.</summary>
    /// <exception cref="UserError">It does not exist, is not a capture, is still empty, is newer than this program, or is damaged.</exception>
    public static CaptureReader Open(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        CaptureReader? reader = null;
        try
        {
            CheckHeader(path);
            reader = Connect(path, new ReadableCopy(path));
            reader.Connection.Open();
            reader.Restrain(ReadableCopy.SizeOf(path));
            reader.CheckIdentity();
            return reader;
        }
        catch (Exception error)
        {
            reader?.Dispose();
            throw error switch
            {
                SqliteException sqlite => reader?.Damaged(sqlite) ?? Damaged(path, sqlite),
                IOException or UnauthorizedAccessException => FileTrouble.Reading(path, error, CaptureParts.IsFolder(path) ? OneOfMany : Origin),
                _ => error,
            };
        }
    }

    /// <summary>Reads a copy made from a capture, under the original's name and with the same care: its content comes from an untrusted file.</summary>
    /// <param name="original">Path of the capture.</param>
    /// <param name="schema">Its version.</param>
    /// <param name="copy">Closed with the reader.</param>
    /// <param name="reattributed">How many sites differ from the original's, if nothing else does; 0 if all rows were rebuilt.</param>
    internal static CaptureReader OfCopy(string original, int schema, NamelessFile copy, int reattributed = 0)
    {
        var reader = new CaptureReader(original, copy, copy.Connection) { Schema = schema, IsRebuilt = reattributed == 0, Reattributed = reattributed };
        reader.Restrain(copy.Pages * EmptyCapture.PageSize);
        UntrustedFile.AllowViews(copy.Connection.Handle!); // it is open
        return reader;
    }

    /// <summary>The error for a query that finds the capture damaged.</summary>
    public UserError Damaged(SqliteException error) => error.SqliteErrorCode switch
    {
        raw.SQLITE_INTERRUPT when _budget is { IsSpent: true } => new(
            $"{Path} leads in circles: reading it takes more steps than a file of its size can need", Again),
        raw.SQLITE_NOMEM => new($"{Path} needs more memory than a capture of its size can need", Again),
        raw.SQLITE_FULL => new( // it is never written to itself
            $"no room for the temporary file that sorting {Path} takes", "Make room there, or name another folder for it: TMPDIR=DIR (TMP on Windows)."),
        _ => Damaged(Path, error),
    };

    private static UserError Damaged(string path, SqliteException error) => IsOtherSchema(error)
        ? new($"{path} was made by another version of the schema: {error.Message}", "Read it with the version of `analyze` that belongs to what wrote it.")
        : new($"{path} is damaged: {error.Message}", $"{Again[..^1]}, after its -wal file if there is one.");

    // SQLITE_ERROR means that a statement does not fit the tables; damage has other codes.
    private static bool IsOtherSchema(SqliteException error) => error.SqliteErrorCode == raw.SQLITE_ERROR
        && (error.Message.Contains("no such column", StringComparison.Ordinal) || error.Message.Contains("no such table", StringComparison.Ordinal));

    /// <summary>The streams of trace text it holds.</summary>
    /// <exception cref="UserError">The CPU of one is invalid.</exception>
    public IReadOnlyList<RawStream> Streams()
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = "SELECT cpu, sum(lines), sum(size) FROM raw_chunk GROUP BY cpu ORDER BY cpu";
        using SqliteDataReader rows = command.ExecuteReader();
        var streams = new List<RawStream>();
        while (rows.Read())
        {
            long? cpu = rows.IsDBNull(0) ? null : rows.GetInt64(0);
            if (cpu is < 0 or > MaxCpu) throw IsDamagedBy(Path, $"it has raw text of a CPU {cpu}");
            streams.Add(new RawStream((int?)cpu, rows.GetInt64(1), rows.GetInt64(2)));
        }

        return streams;
    }

    /// <summary>The chunks of a stream.</summary>
    /// <param name="cpu">Null for the merged stream.</param>
    public ChunkReader Chunks(int? cpu) => new(Connection, cpu, _budget!); // made when it was opened

    /// <summary>Writes a stream's text as the kernel printed it, byte for byte.</summary>
    /// <param name="cpu">Null for the merged stream.</param>
    /// <exception cref="UserError">A chunk is missing or was changed; those before it are written.</exception>
    public void ReadRaw(int? cpu, Stream output) => ReadRaw(cpu, output.Write);

    /// <inheritdoc cref="ReadRaw(int?, Stream)"/>
    /// <param name="consume">Receives the text in pieces.</param>
    public void ReadRaw(int? cpu, Action<ReadOnlySpan<byte>> consume)
    {
        try
        {
            ReadChunks(cpu, consume);
        }
        catch (SqliteException error)
        {
            throw Damaged(error);
        }
    }

    /// <summary>Closes the file and removes any private copy of it.</summary>
    public void Dispose()
    {
        Connection.Dispose();
        _file.Dispose();
    }

    private static CaptureReader Connect(string path, ReadableCopy copy) => new(path, copy, new SqliteConnection(new SqliteConnectionStringBuilder
    {
        DataSource = copy.DataSource,
        Mode = copy.IsPrivate ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadOnly, // recovery writes to the copy
        Pooling = false,
    }.ConnectionString));

    private void ReadChunks(int? cpu, Action<ReadOnlySpan<byte>> consume)
    {
        using ChunkReader chunks = Chunks(cpu);
        while (chunks.Next())
        {
            if (chunks.Fault is { } fault) throw BadChunk(chunks.Id, fault.What);
            consume(chunks.Text);
        }
    }

    private UserError BadChunk(long chunk, string what) => IsDamagedBy(Path, $"chunk {chunk} of the raw text {what}");

    /// <summary>The error for content that no capture can have.</summary>
    /// <param name="path">The capture.</param>
    /// <param name="what">What is wrong with it.</param>
    internal static UserError IsDamagedBy(string path, string what) => new($"{path} is damaged: {what}", Again);

    // The first bytes say more about a wrong file than SQLite does.
    private static void CheckHeader(string path)
    {
        Span<byte> magic = stackalloc byte[16];
        using FileStream file = File.OpenRead(path);
        int length = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        if (!magic[..length].SequenceEqual("SQLite format 3\0"u8)) throw new UserError($"{path} is not a capture: it is not an SQLite database", Origin);
    }

    private void CheckIdentity()
    {
        long application = Pragma("application_id");
        if (application != CaptureFile.ApplicationId) throw new UserError($"{Path} is not a capture: it is another program's database", Origin);

        long version = Pragma("user_version");
        Schema = (int)version;
        if (version is < 1 or > CaptureFile.Version)
            throw new UserError(
                $"{Path} uses schema {version}; this program reads schemas up to {CaptureFile.Version}",
                WriterVersion() is { } writer ? $"Get a newer `analyze`: {writer}, the version that wrote it, or later." : "Get a newer `analyze`.");

        CheckSchema(version);
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM capture WHERE id = 1";
        if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0)
            throw new UserError(
                $"{Path} has no capture in it: its data is still in {System.IO.Path.GetFileName(Path)}-wal, or nothing was recorded",
                $"Copy {System.IO.Path.GetFileName(Path)}-wal and then this file again from where they were made. If the capture still runs, use capture snapshot.");
    }

    // Before anything in the file is read.
    private void Restrain(long bytes)
    {
        sqlite3 handle = Connection.Handle!; // it is open
        UntrustedFile.Restrain(handle, bytes);
        _budget = new ReadBudget(handle, bytes);
    }

    private void CheckSchema(long version)
    {
        if (version < CaptureFile.Version)
        {
            if (SchemaCheck.DifferenceOfEarlier(Connection) is { } earlier) throw NotAsCaptured(earlier);
            return;
        }

        if (SchemaCheck.Difference(Connection) is { } difference) throw NotAsCaptured(difference);
        UntrustedFile.AllowViews(Connection.Handle!); // it is open
    }

    private UserError NotAsCaptured(string difference) => new(
        $"{Path} is not as it was captured: {difference}", "Give the file that `capture` or `analyze import` wrote, with nothing added to it and nothing taken away.");

    /// <summary>The writer's version as named in a file of a newer schema; null if it names none.</summary>
    private string? WriterVersion()
    {
        try
        {
            using SqliteCommand command = Connection.CreateCommand();
            command.CommandText = "SELECT tool_version FROM capture WHERE id = 1";
            // Commit and build follow; they do not help to find a program.
            string number = command.ExecuteScalar() is string { Length: < 128 } text ? text.Split(' ')[0] : "";
            return number.Length is > 0 and < 32 && char.IsAsciiDigit(number[0]) && number.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') ? number : null;
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    private long Pragma(string name)
    {
        using SqliteCommand command = Connection.CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }
}

/// <summary>A stream of trace text a capture holds.</summary>
/// <param name="Cpu">The CPU whose trace_pipe it is; null for a merged one.</param>
/// <param name="Lines">Its lines.</param>
/// <param name="Bytes">Its size as text.</param>
public sealed record RawStream(int? Cpu, long Lines, long Bytes);
