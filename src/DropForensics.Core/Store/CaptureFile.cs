namespace DropForensics.Core.Store;

/// <summary>What makes an SQLite database a capture: schema.sql, which also sets the two numbers below.</summary>
public static class CaptureFile
{
    /// <summary>PRAGMA application_id: <c>DroF</c> in ASCII, so that <c>file</c> and we tell a capture from other databases.</summary>
    public const int ApplicationId = 0x44726F46;

    /// <summary>PRAGMA user_version: the newest schema this code reads, and the one it writes.</summary>
    public const int Version = 4;

    /// <summary>No chunk of raw text is larger: a reader may refuse what claims to be.</summary>
    internal const int MaxChunkBytes = 4 << 20;

    /// <summary>Nor any other value: the largest are host files of the kernel, and far below it.</summary>
    internal const int MaxValueBytes = 64 << 20;

    internal const string TextCodec = "text";
    internal const string ZlibCodec = "text+zlib";

    /// <summary>What SQLite keeps beside a database that is being written, or was when its writer died.</summary>
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
