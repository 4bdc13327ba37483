namespace DropForensics.Core.Store;

/// <summary>
/// The two bytes of an SQLite database by which a reader knows whether there is a write-ahead log: sqlite.org/fileformat2.html, 1.3, the versions for
/// writing and for reading.
/// </summary>
internal static class FormatVersion
{
    private const int Offset = 18;

    private static ReadOnlySpan<byte> WithoutLog => [1, 1];

    private static ReadOnlySpan<byte> WithLog => [2, 2];

    public static void SetWithLog(Span<byte> database) => WithLog.CopyTo(database[Offset..]);

    public static void SetWithoutLog(FileStream database)
    {
        database.Position = Offset;
        database.Write(WithoutLog);
        database.Flush(flushToDisk: true);
    }

    public static bool IsWithoutLog(FileStream database)
    {
        Span<byte> bytes = stackalloc byte[2];
        database.Position = Offset;
        return database.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length && bytes.SequenceEqual(WithoutLog);
    }
}
