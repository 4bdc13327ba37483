using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// One stream's chunks in order, each checked as it comes. It never unpacks more than a chunk can hold, whatever the file claims. A column of the
/// wrong type is converted as SQLite does.
/// </summary>
public sealed class ChunkReader : IDisposable
{
    private readonly sqlite3 _handle;
    private readonly sqlite3_stmt _row;
    private readonly ReadBudget _budget;
    private byte[] _text = [];
    private int _length;
    private long _nextLine = 1;

    /// <param name="connection">Open.</param>
    /// <param name="cpu">Null for the merged stream.</param>
    /// <param name="budget">How much may be read of the file.</param>
    /// <exception cref="SqliteException">The file is damaged, here and in <see cref="Next"/>.</exception>
    internal ChunkReader(SqliteConnection connection, int? cpu, ReadBudget budget)
    {
        _budget = budget;
        _handle = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        int code = raw.sqlite3_prepare_v2(
            _handle,
            $"""
            SELECT id, first_line, lines, masked, codec, size, sha256, CASE WHEN length(data) <= {CaptureFile.MaxChunkBytes} THEN data END
              FROM raw_chunk WHERE cpu IS ?1 ORDER BY first_line, id
            """,
            out _row);
        SqliteException.ThrowExceptionForRC(code, _handle);
        if (cpu is { } number) raw.sqlite3_bind_int(_row, 1, number);
    }

    /// <summary>Primary key of the current chunk in table <c>raw_chunk</c>.</summary>
    public long Id { get; private set; }

    /// <summary>Number of the line it begins in, as stored.</summary>
    public long FirstLine { get; private set; }

    /// <summary>Lines that end in it, as stored.</summary>
    public long Lines { get; private set; }

    /// <summary>Packet bytes in it were zeroed before it was stored.</summary>
    public bool IsMasked { get; private set; }

    /// <summary>What is wrong with it; null if it is intact.</summary>
    public ChunkFault? Fault { get; private set; }

    /// <summary>Whether <see cref="Text"/> is what comes next in its stream, though its hash may be wrong.</summary>
    public bool HasText { get; private set; }

    /// <summary>Its text, valid until the next call of <see cref="Next"/>.</summary>
    public ReadOnlySpan<byte> Text => _text.AsSpan(0, _length);

    /// <summary>Moves to the next chunk; false after the last one.</summary>
    public bool Next()
    {
        int code = raw.sqlite3_step(_row);
        if (code == raw.SQLITE_DONE) return false;
        if (code != raw.SQLITE_ROW) SqliteException.ThrowExceptionForRC(code, _handle);
        (Id, FirstLine, Lines, IsMasked) = (Number(0), Number(1), Number(2), Number(3) != 0);
        HasText = false;
        _length = 0;
        Fault = Check();
        _nextLine = unchecked(FirstLine + Lines);
        return true;
    }

    /// <summary>Frees the statement; the connection stays open.</summary>
    public void Dispose() => _row.Dispose();

    private ChunkFault? Check()
    {
        if (FirstLine != _nextLine) return new("first_line", Digits(FirstLine), Digits(_nextLine), $"begins with line {FirstLine} instead of {_nextLine}");
        long size = Number(5);
        if (size is < 0 or > CaptureFile.MaxChunkBytes || raw.sqlite3_column_type(_row, 7) == raw.SQLITE_NULL)
            return new("size", Digits(size), $"at most {CaptureFile.MaxChunkBytes}", "is larger than any chunk can be");
        if (size > _text.Length) _text = new byte[size];

        byte[] data = raw.sqlite3_column_blob(_row, 7).ToArray();
        if (!_budget.TryTake(data.Length)) return new("data", $"{data.Length} bytes", "fewer", "lies on top of others: there is more text than the file has bytes");
        ReadOnlySpan<byte> stored = raw.sqlite3_column_blob(_row, 6);
        string codec = raw.sqlite3_column_text(_row, 4).utf8_to_string() ?? "";
        HasText = ChunkCodec.TryUnpack(codec, data, _text.AsSpan(0, (int)size));
        _length = HasText ? (int)size : 0;

        Span<byte> digest = stackalloc byte[Sha256.Size];
        Sha256.Hash(data, digest);
        if (!digest.SequenceEqual(stored))
            return new("sha256", Convert.ToHexStringLower(stored), Convert.ToHexStringLower(digest), "does not have the SHA-256 it was stored with");
        return HasText ? null : new("data", $"{size} bytes of {codec}", "something else", $"does not unpack to {size} bytes of {codec}");
    }

    private long Number(int column) => raw.sqlite3_column_int64(_row, column);

    private static string Digits(long number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>How a chunk of raw text differs from what was stored.</summary>
/// <param name="Column">The column of <c>raw_chunk</c> that says otherwise.</param>
/// <param name="Stored">What stands there.</param>
/// <param name="Found">What there is.</param>
/// <param name="What">The same in words, after "chunk N".</param>
public sealed record ChunkFault(string Column, string Stored, string Found, string What);
