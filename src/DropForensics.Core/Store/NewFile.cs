namespace DropForensics.Core.Store;

/// <summary>
/// Creates the files of a capture. The agent runs as root and often writes to /tmp, where other users may have placed links: each file is new
/// (O_CREAT|O_EXCL, which follows no link), its mode 0600, and only a regular file of the
/// caller's own makes room for it.
/// </summary>
public static class NewFile
{
    /// <summary>Checks whether the file could be created, without changing anything.</summary>
    /// <exception cref="UserError">There is no such directory, or something stands in the file's place that may not go.</exception>
    internal static void Check(string path, bool force)
    {
        FileTrouble.RequireDirectoryOf(path);
        MayGo(path, force);
        if (force && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            throw new UserError($"{path}-wal lies beside it: a capture is writing that file, or died while it did", "Wait for its end, or remove both files yourself.");
        foreach (string suffix in CaptureFile.CompanionSuffixes) MayGo(path + suffix, force);
    }

    /// <summary>Removes what may go: see <see cref="Check"/>.</summary>
    /// <exception cref="UserError">Something stands in the file's place that may not go.</exception>
    internal static void Clear(string path, bool force)
    {
        Check(path, force);
        Remove(path);
        foreach (string suffix in CaptureFile.CompanionSuffixes) Remove(path + suffix);
    }

    /// <summary>Makes a file where none is.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="content">What it begins with.</param>
    /// <param name="made">Told its inode as soon as it is there, empty still.</param>
    /// <param name="named">The file that somebody asked for, where this one only goes with it: that is what a message names.</param>
    /// <exception cref="UserError">The file cannot be made, or something stands in its place.</exception>
    internal static FilePin Make(string path, ReadOnlySpan<byte> content = default, Action<long>? made = null, string? named = null)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(path, options);
            FileIdentity? identity = LinkStatus.OfOpen(file.SafeFileHandle)?.Identity;
            try
            {
                return Fill(file, path, identity, content, made);
            }
            catch (IOException)
            {
                // By now the name may be somebody else's.
                if (identity is null || LinkStatus.Of(path)?.Identity == identity) File.Delete(path);
                throw;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Creating(named ?? path, error);
        }
    }

    /// <summary>Says whether a file may be made in this place: nothing is there, or with <paramref name="force"/> a regular file of the caller's own.</summary>
    /// <exception cref="UserError">What is there may not go.</exception>
    public static void MayGo(string path, bool force)
    {
        if (LinkStatus.Of(path) is not { } status) return;
        if (!status.IsRegularFile && Directory.Exists(path)) throw FileTrouble.IsADirectory(path);
        if (!force)
            throw new UserError(
                $"{path} exists already", status is { IsRegularFile: true, IsOwn: true } ? "Choose another file with --output, or replace this one with --force." : "Choose another file with --output.");
        if (!status.IsRegularFile)
            throw new UserError($"{path} is not a regular file; --force replaces only regular files", "Choose another file with --output.");
        if (!status.IsOwn)
            throw new UserError($"{path} belongs to user {status.Owner}, and --force replaces only your own files", "Choose another file with --output.");
    }

    internal static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Replacing(path, error);
        }
    }

    private static FilePin Fill(FileStream file, string path, FileIdentity? identity, ReadOnlySpan<byte> content, Action<long>? made)
    {
        made?.Invoke(identity?.Inode ?? 0);
        file.Write(content);
        file.Flush();
        FilePin? pin = FilePin.Of(path);
        if (pin is not null && (identity is null || pin.Status.Identity == identity)) return pin;
        pin?.Dispose();
        throw new IOException("somebody removed it as soon as it was made");
    }
}
