namespace DropForensics.Core.Store;

/// <summary>
/// File errors in plain English with a remedy, instead of the framework's "Access to the path is denied". Every command that makes a file names it with --output.
/// </summary>
public static class FileTrouble
{
    // include/uapi/asm-generic/errno-base.h and errno.h; where macOS or Windows has another number, that too. The framework keeps it in HResult.
    private const int NotPermitted = 1, Io = 5, AccessDenied = 13, Exists = 17, NotDirectory = 20, TooManyOpen = 24, NoSpace = 28, ReadOnly = 30;
    private const int NameTooLong = 36, Loop = 40, Quota = 122;
    private const int MacNameTooLong = 63, MacLoop = 62, MacQuota = 69;
    private const int WindowsFull = unchecked((int)0x80070070), WindowsInUse = unchecked((int)0x80070020);
    private const int SqliteFull = 13; // https://www.sqlite.org/rescode.html#full

    private const string Elsewhere = "Choose another place with --output";
    private const string MoreRoom = "Free some space there, or choose a place on another file system with --output.";

    /// <summary>For a file that cannot be made.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="error">The refusal.</param>
    public static UserError Creating(string path, Exception error) => Refused("create", path, error);

    /// <summary>For a file that cannot be written to its end.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="error">The refusal.</param>
    public static UserError Writing(string path, Exception error) => Refused("write", path, error);

    /// <summary>For a file that cannot be removed to make room for another.</summary>
    internal static UserError Replacing(string path, Exception error) => Refused("replace", path, error);

    /// <summary>For a path that cannot be checked for an existing file.</summary>
    internal static UserError Looking(string path, Exception error) => Refused("use", path, error);

    /// <summary>For a file that cannot be opened to read it.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="error">The refusal.</param>
    /// <param name="expected">What to do where there is no such file, or another kind of thing.</param>
    public static UserError Reading(string path, Exception error, string expected)
    {
        (string why, string remedy) = error switch
        {
            _ when Directory.Exists(path) => ("it is a directory", expected),
            FileNotFoundException or DirectoryNotFoundException => ("there is no such file", expected),
            UnauthorizedAccessException => ("you have no permission to read it", "Run this as a user who may read it, or allow it with chmod."),
            _ => (Why(path, error).Text, expected),
        };
        return new UserError($"cannot open {path}: {why}", remedy);
    }

    /// <summary>For a file without a name, such as standard output.</summary>
    public static UserError Nameless(Exception error)
    {
        const string Room = "Free some space there, or send the result to another file system.";
        return NumberOf(error) switch
        {
            NoSpace or WindowsFull => new("cannot write the result: its file system is full", Room),
            Quota or MacQuota => new("cannot write the result: your disk quota is used up", Room),
            Io => new("the disk reports an error", "`dmesg` may show what is wrong with it."),
            _ => new(error.Message.TrimEnd('.'), "", ExitCode.Failed),
        };
    }

    /// <summary>Where the name of a file to make is a directory.</summary>
    internal static UserError IsADirectory(string path) => new($"{path} is a directory", "Choose a file in it with --output.");

    /// <summary>Makes sure that a file has a directory to go into.</summary>
    /// <param name="path">Its full name.</param>
    /// <exception cref="UserError">There is no such directory.</exception>
    public static void RequireDirectoryOf(string path)
    {
        string directory = Path.GetDirectoryName(path) ?? "/";
        if (Directory.Exists(directory)) return;
        string? file = directory;
        while (file is not null && !Path.Exists(file)) file = Path.GetDirectoryName(file);
        throw File.Exists(file)
            ? new UserError($"cannot create {path}: {file} is a file and not a directory", $"{Elsewhere}.")
            : new UserError($"cannot create {path}: there is no directory {directory}", "Create the directory first, or choose another place with --output.");
    }

    /// <summary>A refusal that has only its number, for <see cref="Creating"/> and its like.</summary>
    internal static IOException OfNumber(int number, string text) => new(text) { HResult = number };

    private static UserError Refused(string what, string path, Exception error)
    {
        (string why, string remedy) = Why(path, error);
        return new UserError($"cannot {what} {path}: {why}", remedy);
    }

    private static (string Text, string Remedy) Why(string path, Exception error)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";
        return NumberOf(error) switch
        {
            _ when Directory.Exists(path) => ("it is a directory", $"{Elsewhere}."),
            Exists => ("a file has this name", $"{Elsewhere}."),
            NoSpace or WindowsFull => ("its file system is full", MoreRoom),
            Quota or MacQuota => ("your disk quota is used up", MoreRoom),
            ReadOnly => ("its file system is read-only", "Choose a place on another file system with --output."),
            NotDirectory => ("a part of the path is a file and not a directory", $"{Elsewhere}."),
            NameTooLong or MacNameTooLong => ("the name is too long", "Choose a shorter one with --output."),
            Loop or MacLoop => ("its symbolic links form a loop", $"{Elsewhere}."),
            TooManyOpen => ("too many files are open", "Allow more in the shell that starts it, for instance: ulimit -n 65536"),
            Io => ("the disk reports an error", "Choose a place on another disk with --output. `dmesg` may show what is wrong with this one."),
            WindowsInUse => ("another program has it open", "Close it there, or choose another file with --output."),
            NotPermitted or AccessDenied => ($"you have no permission to write in {directory}", $"{Elsewhere}, or run this as a user who may write there."),
            _ => error switch
            {
                FileNotFoundException or DirectoryNotFoundException => ($"no file can be created in {directory}", $"{Elsewhere}."),
                CaptureWriteException sqlite => (sqlite.Reason, "Choose a place on another file system with --output."),
                _ => (error.Message, $"{Elsewhere}, on a file system with room."),
            },
        };
    }

    private static int NumberOf(Exception error) => error switch
    {
        CaptureWriteException sqlite => (sqlite.SqliteCode & 0xff) == SqliteFull ? NoSpace : 0,
        FileNotFoundException or DirectoryNotFoundException => 0,
        PathTooLongException => NameTooLong,
        UnauthorizedAccessException => AccessDenied,
        _ => error.HResult,
    };
}
