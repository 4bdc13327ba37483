namespace DropForensics.Core.Store;

/// <summary>Identifies an SQLite database as a capture: schema.sql, which also sets the two numbers below.</summary>
public static class CaptureFile
{
    /// <summary>PRAGMA application_id: <c>DroF</c> in ASCII, so that <c>file</c> and this program can recognize a capture.</summary>
    public const int ApplicationId = 0x44726F46;

    /// <summary>PRAGMA user_version: the newest schema this code reads, and the one it writes.</summary>
    public const int Version = 5;

    /// <summary>The largest chunk of raw text: a reader may refuse a larger one.</summary>
    internal const int MaxChunkBytes = 4 << 20;

    /// <summary>The largest of any other value. The largest real ones are the host's kernel files, far below it.</summary>
    internal const int MaxValueBytes = 64 << 20;

    internal const string TextCodec = "text";
    internal const string ZlibCodec = "text+zlib";

    /// <summary>Suffixes of the files that SQLite keeps beside a database while it is written, or after its writer died.</summary>
    public static IReadOnlyList<string> CompanionSuffixes { get; } = ["-wal", "-shm", "-journal"];

    /// <summary>The schema as SQL text, the only DDL there is.</summary>
    public static string Schema { get; } = ReadSchema();

    private static string ReadSchema()
    {
        using Stream resource = typeof(CaptureFile).Assembly.GetManifestResourceStream("schema.sql")
            ?? throw new InvalidOperationException("schema.sql is not embedded");
        using var reader = new StreamReader(resource);
        return reader.ReadToEnd();
    }
}
