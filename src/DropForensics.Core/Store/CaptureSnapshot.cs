namespace DropForensics.Core.Store;

/// <summary>
/// Copies a capture while its agent writes it. Copying the file and its -wal is not enough: if the agent moves part of the -wal into the file and
/// restarts it, the two copies may not match, whichever is copied first. SQLite's own readers avoid this.
/// </summary>
public static class CaptureSnapshot
{
    /// <summary>Makes one file with everything committed to another file so far.</summary>
    /// <param name="source">The capture file that is being written.</param>
    /// <param name="output">The file to make.</param>
    /// <param name="force">Replace a regular file of the caller's own.</param>
    /// <returns>Drops in it.</returns>
    /// <exception cref="UserError">The source is not a capture being written, or the output cannot be made; none is left then.</exception>
    public static long Take(string source, string output, bool force)
    {
        (source, output) = (Path.GetFullPath(source), Path.GetFullPath(output));
        try
        {
            using var from = new Database(OwnFiles.OfWriter(source));
            if (from.Number("PRAGMA application_id") != CaptureFile.ApplicationId || from.Number("PRAGMA user_version") != CaptureFile.Version)
                throw new UserError($"{source} is not a capture of this version", "Name the file that this program is writing.");
            using Database to = Database.Create(output, force);
            return Fill(to, from);
        }
        catch (UserError) when (OwnFiles.IsWhole(source))
        {
            throw new UserError($"no capture is writing {source} any more: it has ended, and the file is whole", "Copy the file itself.");
        }
        catch (CaptureWriteException error)
        {
            throw FileTrouble.Writing(error.Path, error);
        }
    }

    /// <summary>Makes a file of the rows that a reader shows, which need not be those of the file it opened.</summary>
    /// <param name="capture">The source of the rows.</param>
    /// <param name="output">The file to make; nothing may have that name.</param>
    /// <exception cref="UserError">The file cannot be made; none is left then.</exception>
    public static void Of(CaptureReader capture, string output)
    {
        try
        {
            using var from = new Database(capture.Connection.Handle!, capture.Path); // it is open
            using Database to = Database.Create(Path.GetFullPath(output), force: false);
            to.Execute("PRAGMA journal_mode = OFF"); // with a log, its page size could not be changed to the other's
            Copy(to, from);
        }
        catch (CaptureWriteException error)
        {
            throw FileTrouble.Writing(error.Path, error);
        }
    }

    /// <summary>Makes <paramref name="to"/>, which is empty, one complete file with everything committed to <paramref name="from"/>; removes it if that fails.</summary>
    /// <returns>Drops in it.</returns>
    internal static long Fill(Database to, Database from)
    {
        long drops = 0;
        Copy(to, from, () => drops = to.Number("SELECT count(*) FROM drop_event"));
        return drops;
    }

    private static void Copy(Database to, Database from, Action? afterCopy = null)
    {
        try
        {
            from.CopyTo(to);
            afterCopy?.Invoke();
            to.LeaveOneFile();
        }
        catch (CaptureWriteException)
        {
            to.Discard();
            throw;
        }
    }
}
