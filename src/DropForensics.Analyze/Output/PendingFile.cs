using DropForensics.Core;
using DropForensics.Core.Store;
using Microsoft.Win32.SafeHandles;

namespace DropForensics.Analyze.Output;

/// <summary>
/// A file that grows under a name of its own, beside the one it is to have, and takes that when it is whole: what fails leaves nothing, and
/// what it replaces is there until then.
/// </summary>
internal sealed class PendingFile : IDisposable
{
    private FileStream? _stream;

    /// <param name="path">The name it is to have.</param>
    public PendingFile(string path)
    {
        FullName = Path.GetFullPath(path);
        Folder = Path.GetDirectoryName(FullName) ?? "/";
        Part = Path.Combine(Folder, $".{Path.GetFileName(FullName)}.{Guid.NewGuid():n}");
    }

    /// <summary>Path of the name it is to have.</summary>
    public string FullName { get; }

    /// <summary>The folder it is in, before and after.</summary>
    public string Folder { get; }

    /// <summary>Path of the name it has until then; a caller that does not <see cref="Open"/> it makes the file itself.</summary>
    public string Part { get; }

    /// <summary>Makes it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public FileStream Open() => _stream = new FileStream(Part, FileMode.CreateNew);

    /// <summary>Does what makes or writes it. If that fails, the message has the final name: the other means nothing to users.</summary>
    /// <exception cref="UserError">As <paramref name="work"/> throws it, or because the file could not be made or written.</exception>
    public T Named<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (UserError error) when (IsNamedIn(error))
        {
            throw new UserError(Renamed(error), error.Remedy, error.ExitCode);
        }
        catch (Exception error) when ((error is IOException or UnauthorizedAccessException) && IsNamedIn(error))
        {
            throw FileTrouble.Writing(FullName, error);
        }
    }

    /// <summary>Gives it its name; the path of that.</summary>
    /// <param name="replace">Whether a file of that name may go.</param>
    public string Commit(bool replace) => Named(() =>
    {
        _stream?.Dispose();
        File.Move(Part, FullName, replace);
        return FullName;
    });

    /// <summary>Deletes it if it has no name yet, and what SQLite left beside it.</summary>
    public void Dispose()
    {
        Try(() => _stream?.Dispose());
        foreach (string suffix in CaptureFile.CompanionSuffixes.Prepend(""))
        {
            Try(() => File.Delete(Part + suffix));
        }
    }

    // Something else has failed already, and that is reported.
    private static void Try(Action work)
    {
        try
        {
            work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private bool IsNamedIn(Exception error) => error.Message.Contains(Part, StringComparison.Ordinal);

    private string Renamed(Exception error) => error.Message.Replace(Part, FullName, StringComparison.Ordinal);
}

/// <summary>A file that is opened before the long work, so that an unusable name fails at once (see <see cref="PendingFile"/>).</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly PendingFile _file;
    private readonly FileStream _stream;
    private readonly bool _force;

    /// <param name="path">Its name.</param>
    /// <param name="force">Whether a regular file of that name may go.</param>
    /// <exception cref="UserError">Something has that name that may not go, or no file can be made there.</exception>
    public OutputFile(string path, bool force)
    {
        (_file, _force) = (new PendingFile(path), force);
        FileTrouble.RequireDirectoryOf(_file.FullName);
        NewFile.MayGo(_file.FullName, force);
        try
        {
            _stream = _file.Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Creating(_file.FullName, error);
        }
    }

    /// <summary>Writes it.</summary>
    public T Write<T>(Func<Stream, T> write) => _file.Named(() => write(_stream));

    /// <summary>Gives it its name; its full path.</summary>
    public string Commit() => _file.Commit(_force);

    /// <summary>Deletes it, if it has no name yet.</summary>
    public void Dispose() => _file.Dispose();
}

/// <summary>
/// Standard output as a stream that fails when its reader is gone. .NET's own console stream takes EPIPE for success, and a
/// large export would go on without a reader.
/// </summary>
internal static class StandardOutput
{
    private const int Descriptor = 1;
    private const int BrokenPipe = 32; // errno EPIPE, on Linux and macOS

    public static Stream Open()
    {
        if (OperatingSystem.IsWindows())
        {
            return Console.OpenStandardOutput();
        }

        // In a regular file a FileStream writes at its own position and leaves the descriptor's unchanged: what the shell
        // writes there next would come on top. There the console's stream is right, and no reader can go away.
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    /// <summary>EPIPE, which .NET hands through as the error's number.</summary>
    public static bool IsBrokenPipe(IOException error) => !OperatingSystem.IsWindows() && error.HResult == BrokenPipe;
}
