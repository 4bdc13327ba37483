using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>The end of a capture file: one file as a rule, whatever the disk and others did to it meanwhile.</summary>
internal static class FileEnding
{
    /// <summary>Brings the file to its end; without what there was no room for, if need be.</summary>
    /// <param name="writer">Of the file.</param>
    /// <param name="target">Its name.</param>
    /// <param name="row">What it says of itself.</param>
    /// <param name="first">What is to be done to it before.</param>
    /// <returns>Why it ends early, if it does; and how it was left.</returns>
    /// <exception cref="UserError">It was taken away and cannot be written anew.</exception>
    public static (Exception? Failure, FileEnd End) Finish(CaptureWriter writer, TargetFile target, CaptureRow row, Action first)
    {
        try
        {
            return (null, Finish(writer, target, first, row));
        }
        catch (Exception e) when (e is not UserError)
        {
            // Whatever it was: what is in the file already is worth its end.
            try
            {
                return (e, Finish(writer, target, writer.Abandon, row));
            }
            catch (CaptureWriteException)
            {
                return (e, FileEnd.WithJournal);
            }
        }
    }

    private static FileEnd Finish(CaptureWriter writer, TargetFile target, Action first, CaptureRow row)
    {
        first();
        writer.SetCapture(row);
        if (!target.IsGone) return writer.Finish() ? FileEnd.OneFile : FileEnd.WithJournal;
        if (target.IsReplaced) throw Lost(writer.Path, "and another file took its place");
        try
        {
            writer.FinishAnew();
            return FileEnd.WrittenAnew;
        }
        catch (UserError e)
        {
            throw Lost(writer.Path, $"and it cannot be written again: {e.Message}");
        }
    }

    private static UserError Lost(string file, string why) => new(
        $"{file} was removed while the capture ran, {why}; nothing of the capture is left; the host is restored",
        "Capture again into a directory that is not cleaned up automatically.", ExitCode.Failed);
}

/// <summary>How the capture file was left.</summary>
internal enum FileEnd
{
    /// <summary>One file, whole.</summary>
    OneFile,

    /// <summary>Part of it is still in the -wal beside it.</summary>
    WithJournal,

    /// <summary>A flight recorder's folder of parts, each whole.</summary>
    InParts,

    /// <summary>One file, whole, made anew: the first was taken away while it was written.</summary>
    WrittenAnew,
}

/// <summary>The capture file by its name, and whether that still names the same file: somebody may clear away what we write to.</summary>
/// <param name="path">Where it was made just now.</param>
internal sealed class TargetFile(string path)
{
    /// <summary>What ends a window whose file was taken away.</summary>
    public const string Removed = WindowEnds.FileRemoved;

    // Null where the file system has no inode numbers: then nobody can say.
    private readonly (ulong Device, long Inode)? _identity = Libc.IdentityOf(path);

    /// <summary>Its name names nothing any more, or another file.</summary>
    public bool IsGone => _identity is { } made && Libc.IdentityOf(path) != made;

    /// <summary>Its name names another file.</summary>
    public bool IsReplaced => IsGone && Libc.IdentityOf(path) is not null;
}
