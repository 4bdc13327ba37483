using System.Runtime.InteropServices;
using SQLitePCL;

namespace DropForensics.Core.Store;

/// <summary>
/// An empty capture file as bytes, with the schema, the application id and the write-ahead log already set. A new file begins with these bytes, so SQLite
/// writes no rollback journal to make the schema, and need not switch to the write-ahead log.
/// </summary>
internal static class EmptyCapture
{
    public const int PageSize = 4096;

    private static readonly Lazy<byte[]> Made = new(Make);

    public static ReadOnlySpan<byte> Bytes => Made.Value;

    private static byte[] Make()
    {
        using sqlite3 memory = Open();
        Check(memory, raw.sqlite3_exec(memory, $"PRAGMA page_size = {PageSize}; BEGIN; {CaptureFile.Schema}; COMMIT;"));
        IntPtr serialized = raw.sqlite3_serialize(memory, "main", out long size, 0);
        if (serialized == IntPtr.Zero) throw new InvalidOperationException("SQLite cannot serialize an empty capture");
        byte[] bytes = new byte[size];
        Marshal.Copy(serialized, bytes, 0, bytes.Length);
        raw.sqlite3_free(serialized);
        FormatVersion.SetWithLog(bytes);
        return bytes;
    }

    private static sqlite3 Open()
    {
        Batteries_V2.Init();
        int code = raw.sqlite3_open(":memory:", out sqlite3 memory);
        Check(memory, code);
        return memory;
    }

    private static void Check(sqlite3 memory, int code)
    {
        if (code != raw.SQLITE_OK) throw new InvalidOperationException(raw.sqlite3_errmsg(memory).utf8_to_string());
    }
}
