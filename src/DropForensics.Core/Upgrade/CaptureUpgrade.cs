using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Core.Upgrade;

/// <summary>
/// Opens a capture of any version, as this version reads it; the file itself is never written to. Of an earlier schema it makes a private copy in
/// today's: the raw text goes through today's decoder and attribution, as when it was recorded; what the text cannot tell goes over as it is. Of
/// today's schema with another attribution it makes a copy in which that is today's (<see cref="Reattribution"/>).
/// </summary>
public static class CaptureUpgrade
{
    /// <summary>Opens a capture.</summary>
    /// <param name="path">The capture; or the folder of a flight recorder's parts, which are read as one.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="upgrading">Called before the long work that an earlier schema and a folder of parts are.</param>
    /// <exception cref="UserError">As <see cref="CaptureReader.Open"/>; or an earlier file's text is damaged, or there is no room for the copy.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static CaptureReader Open(string path, CancellationToken stop, Action? upgrading = null)
    {
        if (CaptureParts.IsFolder(path))
        {
            upgrading?.Invoke();
            return Rebuild(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)), CaptureParts.In(path), stop);
        }

        CaptureReader capture = CaptureReader.Open(path);
        Reattribution? attribution;
        try
        {
            attribution = capture.IsEarlier ? null : Reattribution.Of(capture);
            if (attribution is { Sites: 0 }) return capture;
        }
        catch (SqliteException error)
        {
            UserError damaged = capture.Damaged(error);
            capture.Dispose();
            throw damaged;
        }

        if (attribution is null) upgrading?.Invoke();
        using (capture) return attribution is null ? Rebuild(capture.Path, [capture.Path], stop) : Attribute(capture, attribution);
    }

    private static CaptureReader Attribute(CaptureReader capture, Reattribution attribution)
    {
        NamelessFile? copy = null;
        try
        {
            copy = NamelessFile.CopyOf(capture);
            attribution.Apply(copy);
            return CaptureReader.OfCopy(capture.Path, capture.Schema, copy, attribution.Sites);
        }
        catch (Exception error)
        {
            copy?.Dispose();
            throw error switch
            {
                SqliteException { SqliteErrorCode: raw.SQLITE_FULL } => NoRoom(capture.Path),
                SqliteException sqlite => capture.Damaged(sqlite),
                _ => error,
            };
        }
    }

    private static CaptureReader Rebuild(string path, IReadOnlyList<string> parts, CancellationToken stop)
    {
        var copy = new NamelessFile();
        try
        {
            int schema;
            using (CaptureWriter writer = CaptureWriter.Into(copy, $"the temporary copy of {path}"))
            {
                RebuiltCapture.Fill(writer, parts, stop, out schema);
                writer.Finish();
            }

            copy.Execute("PRAGMA temp_store = DEFAULT"); // a reader's sorts may take more than memory
            return CaptureReader.OfCopy(path, schema, copy);
        }
        catch (Exception error)
        {
            copy.Dispose();
            throw error is CaptureWriteException write ? CannotCopy(path, write) : error;
        }
    }

    private static UserError CannotCopy(string path, CaptureWriteException error) => (error.SqliteCode & 0xff) switch
    {
        raw.SQLITE_FULL => NoRoom(path),
        raw.SQLITE_CONSTRAINT => CaptureReader.IsDamagedBy(path, error.Message),
        _ => new(error.Message, "Name another folder for temporary files: TMPDIR=DIR (TMP on Windows)."),
    };

    private static UserError NoRoom(string path) => new(
        $"no room for the temporary copy of {path} in today's schema", "Make room there, or name another folder for it: TMPDIR=DIR (TMP on Windows).");
}
