namespace DropForensics.Core.Store;

/// <summary>
/// The capture file could not be written: the disk is full or failing. What was committed before is safe; the writer takes
/// back the rest with <see cref="CaptureWriter.Abandon"/>.
/// </summary>
/// <param name="path">The capture file.</param>
/// <param name="sqliteCode">SQLite's extended result code.</param>
/// <param name="reason">SQLite's own words.</param>
public sealed class CaptureWriteException(string path, int sqliteCode, string reason) : IOException($"cannot write {path}: {reason}")
{
    private const int Busy = 5;

    /// <summary>SQLite's extended result code; its low byte is the primary code.</summary>
    public int SqliteCode { get; } = sqliteCode;

    /// <summary>SQLite's own message.</summary>
    internal string Reason { get; } = reason;

    /// <summary>The file.</summary>
    internal string Path { get; } = path;

    /// <summary>Another process holds a lock on the file.</summary>
    internal bool IsBusy => (SqliteCode & 0xff) == Busy;
}
