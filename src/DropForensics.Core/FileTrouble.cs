namespace DropForensics.Core;

/// <summary>What a system refused to do with a file, in plain English and with a remedy, where the framework has "Access to the path is denied".</summary>
public static class FileTrouble
{
    // include/uapi/asm-generic/errno-base.h and errno.h; where macOS or Windows has another number, that too. The framework keeps it in HResult.
    private const int Io = 5, NotDirectory = 20, IsDirectory = 21, TooManyOpen = 24, NoSpace = 28, ReadOnly = 30, NameTooLong = 36, Loop = 40, Quota = 122;
    private const int MacNameTooLong = 63, MacLoop = 62, MacQuota = 69;
    private const int WindowsFull = unchecked((int)0x80070070), WindowsInUse = unchecked((int)0x80070020);

    private const string Elsewhere = "Name a file in another directory.";

    /// <summary>For a file that cannot be made.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="error">The refusal.</param>
    public static UserError Creating(string path, Exception error)
    {
        (string why, string remedy) = Explain(path, error);
        return new UserError($"cannot create {path}: {why}", remedy);
    }

    /// <summary>For a file that cannot be opened or read.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="expected">What to do where there is no such file, or it is a directory.</param>
    public static UserError Reading(string path, Exception error, string expected)
    {
        if (Directory.Exists(path)) return new UserError($"cannot read {path}: it is a directory", expected);
        return error switch
        {
            FileNotFoundException or DirectoryNotFoundException => new($"cannot read {path}: there is no such file", expected),
            UnauthorizedAccessException => new($"cannot read {path}: you have no permission to read it", $"Run this as the file's owner or as root, or allow it: chmod u+r, chown."),
            _ => new UserError($"cannot read {path}: {Explain(path, error).Why}", expected),
        };
    }

    /// <summary>Why a file cannot be made or written, and what to do about it.</summary>
    public static (string Why, string Remedy) Explain(string path, Exception error)
    {
        if (error is UserError known) return (known.Message, known.Remedy);
        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        if (error is UnauthorizedAccessException && Directory.Exists(path)) return ("it is a directory", "Name a file.");
        return NumberOf(error) switch
        {
            NoSpace or WindowsFull => ("its file system is full", "Make room there, or name a file on another file system."),
            Quota or MacQuota => ("your disk quota is used up", "Make room there, or name a file on another file system."),
            ReadOnly => ("its file system is read-only", "Name a file on another file system."),
            NotDirectory => ("a part of the path is a file and not a directory", Elsewhere),
            IsDirectory => ("it is a directory", "Name a file."),
            NameTooLong or MacNameTooLong => ("the name is too long", "Name a file with a shorter name."),
            Loop or MacLoop => ("its links lead in a circle", Elsewhere),
            TooManyOpen => ("too many files are open", "Allow more in the shell that starts it, for instance: ulimit -n 65536"),
            Io => ("the disk reports an error", "Name a file on another disk; `dmesg` may show what is wrong with this one."),
            WindowsInUse => ("another program has it open", "Close it there, or name another file."),
            _ => error switch
            {
                PathTooLongException => ("the name is too long", "Name a file with a shorter name."),
                UnauthorizedAccessException => ($"you have no permission to write in {directory}", $"{Elsewhere[..^1]}, or run this as a user who may write there."),
                DirectoryNotFoundException => ($"there is no directory {directory}", $"Make it first, or name a file in a directory that exists."),
                FileNotFoundException => ($"no file can be made in {directory}", Elsewhere),
                _ => (error.Message, "Name a file in a directory you may write to, on a file system with room."),
            },
        };
    }

    private static int NumberOf(Exception error) => error switch
    {
        FileNotFoundException or DirectoryNotFoundException or PathTooLongException => 0,
        UnauthorizedAccessException { InnerException: IOException { HResult: ReadOnly or IsDirectory } inner } => inner.HResult,
        IOException => error.HResult,
        _ => 0,
    };
}
