namespace DropForensics.Core.Store;

/// <summary>
/// A database and the three files that SQLite opens beside it, all made by this program or its user. SQLite takes what it finds under those names:
/// in a directory such as /tmp another user could put one there first, keep it open, and read in it what is written, or have it played into the
/// database. So all three are there, empty, before the database is; and before anything is written it is checked that SQLite holds these very files.
/// The rollback journal is never used. It stays empty, and keeps its place from others as long as the database is open.
/// </summary>
internal sealed class OwnFiles
{
    // SQLite looks at it and lets it go; the others it keeps open.
    private const string Journal = "-journal";

    private readonly List<(string Suffix, FilePin Pin)> _pins = [];
    private readonly List<(string Suffix, FileIdentity Identity)> _companions = [];
    private FileIdentity _database;

    private OwnFiles(string path) => Path = path;

    public string Path { get; }

    /// <summary>Makes them, with an empty capture in the database.</summary>
    /// <param name="path">The database, absolute.</param>
    /// <param name="force">Replace a regular file of the caller's own.</param>
    /// <param name="made">Told the database's inode as soon as it is there, empty still.</param>
    /// <exception cref="UserError">One cannot be made; none is left then.</exception>
    public static OwnFiles Create(string path, bool force, Action<long>? made = null)
    {
        NewFile.Clear(path, force);
        var files = new OwnFiles(path);
        try
        {
            foreach (string suffix in CaptureFile.CompanionSuffixes) files.Add(suffix, NewFile.Make(path + suffix, named: path));
            files.Add("", NewFile.Make(path, EmptyCapture.Bytes, made));
            return files;
        }
        catch (UserError)
        {
            files.RemoveCompanions();
            throw;
        }
    }

    /// <summary>Those of a database whose writer died: what is missing is made, what belongs to somebody else goes.</summary>
    /// <exception cref="UserError">One cannot be made, or the database is not the caller's own.</exception>
    public static OwnFiles Claim(string path)
    {
        OwnFiles files = Existing(path);
        foreach (string suffix in CaptureFile.CompanionSuffixes)
        {
            if (FilePin.Of(path + suffix) is { } found)
            {
                if (found.Status is { IsRegularFile: true, IsOwn: true })
                {
                    files.Add(suffix, found);
                    continue;
                }

                found.Dispose();
            }

            NewFile.Remove(path + suffix);
            files.Add(suffix, NewFile.Make(path + suffix));
        }

        return files;
    }

    /// <summary>Whether a file is a capture that came to its end: there is no writer to copy from.</summary>
    public static bool IsWhole(string path) => LinkStatus.Of(path) is { IsRegularFile: true } && Existing(path).IsFinished();

    /// <summary>Those of a database that another process is writing.</summary>
    /// <exception cref="UserError">Nobody is, or a file is not the caller's own.</exception>
    public static OwnFiles OfWriter(string path)
    {
        OwnFiles files = Existing(path);
        foreach (string suffix in CaptureFile.CompanionSuffixes)
        {
            if (FilePin.Of(path + suffix) is { } found) files.AddOwn(suffix, found);
            else if (suffix != Journal) // which a capture of an earlier version does not have
                throw new UserError($"no capture is writing {path}: there is no {path}{suffix}", "Copy the file itself: it is whole.");
        }

        files._companions.Clear(); // theirs to remove
        return files;
    }

    /// <summary>To be called once, when SQLite has read the database, and before anything is written to it.</summary>
    /// <exception cref="UserError">SQLite opened a file that somebody else put in the place of one of these.</exception>
    public void CheckOpened()
    {
        // Only SQLite holds them from here on, so that what this process has open is what SQLite opened.
        (string Suffix, FileIdentity Identity)[] made = [.. _pins.Select(each => (each.Suffix, each.Pin.Status.Identity))];
        LetGo();
        HashSet<FileIdentity>? held = LinkStatus.OfAllOpen();
        foreach ((string suffix, FileIdentity identity) in made)
        {
            bool isHeld = held is null || suffix == Journal || held.Contains(identity);
            if (!isHeld || LinkStatus.Of(Path + suffix)?.Identity != identity)
                throw new UserError($"{Path}{suffix} was replaced while it was opened", "Name a file in a directory that only you may write to.");
        }
    }

    /// <summary>Whether the writer came as far as <see cref="LeaveOneFile"/>. To be asked before the database is opened.</summary>
    public bool IsFinished()
    {
        using FileStream? file = TryOpen(FileAccess.Read);
        return file is not null && FormatVersion.IsWithoutLog(file);
    }

    /// <summary>After the database was closed with an empty log: marks it as one that has no log, and removes the others.</summary>
    /// <returns>False where the mark could not be set; then the others stay.</returns>
    public bool LeaveOneFile()
    {
        try
        {
            using (FileStream? file = TryOpen(FileAccess.ReadWrite))
            {
                if (file is null) return false;
                FormatVersion.SetWithoutLog(file);
            }

            RemoveCompanions();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UserError)
        {
            return false;
        }
    }

    /// <summary>Removes the three, and of these only what is still ours: not another file of that name, and no journal that somebody used.</summary>
    public void RemoveCompanions()
    {
        LetGo();
        RemoveJournal();
        foreach ((string suffix, FileIdentity identity) in Enumerable.Reverse(_companions)) Remove(Path + suffix, identity); // the -wal last
        _companions.Clear();
    }

    /// <summary>Only the journal, where the others hold part of the capture.</summary>
    public void RemoveJournal()
    {
        foreach ((string suffix, FileIdentity identity) in _companions)
        {
            if (suffix == Journal && IsEmpty(Path + suffix)) Remove(Path + suffix, identity);
        }

        _companions.RemoveAll(companion => companion.Suffix == Journal);
    }

    /// <summary>Removes the database as well.</summary>
    public void RemoveAll()
    {
        RemoveCompanions();
        Remove(Path, _database);
    }

    private static bool IsEmpty(string path)
    {
        try
        {
            return LinkStatus.Of(path) is { Length: 0 };
        }
        catch (UserError)
        {
            return false; // the file system does not answer any more
        }
    }

    private static OwnFiles Existing(string path)
    {
        var files = new OwnFiles(path);
        files.AddOwn("", FilePin.Of(path) ?? throw new UserError($"there is no {path}", "Name the file of a capture."));
        return files;
    }

    // What cannot be removed (a read-only file system, an append-only directory) stays: by now it is empty, or holds what was not kept anyway.
    private static void Remove(string path, FileIdentity identity)
    {
        try
        {
            if (LinkStatus.Of(path)?.Identity == identity) File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or UserError)
        {
        }
    }

    private void AddOwn(string suffix, FilePin pin)
    {
        if (pin.Status is { IsRegularFile: true, IsOwn: true })
        {
            Add(suffix, pin);
            return;
        }

        pin.Dispose();
        throw pin.Status.IsRegularFile
            ? new UserError($"{Path}{suffix} belongs to user {pin.Status.Owner}", "Run this as the user who captures.")
            : new UserError($"{Path}{suffix} is not a regular file", "Name the file of a capture, and no link to it.");
    }

    private void Add(string suffix, FilePin pin)
    {
        _pins.Add((suffix, pin));
        if (suffix == "") _database = pin.Status.Identity;
        else _companions.Add((suffix, pin.Status.Identity));
    }

    private void LetGo()
    {
        foreach ((_, FilePin pin) in _pins) pin.Dispose();
        _pins.Clear();
    }

    // Never while this process has the database open by SQLite: closing a file gives up every lock the process has on it (fcntl(2)).
    private FileStream? TryOpen(FileAccess access)
    {
        if (LinkStatus.Of(Path)?.Identity != _database) return null;
        var file = new FileStream(Path, FileMode.Open, access, FileShare.ReadWrite | FileShare.Delete);
        if ((LinkStatus.OfOpen(file.SafeFileHandle)?.Identity ?? _database) == _database) return file;
        file.Dispose();
        return null;
    }
}
