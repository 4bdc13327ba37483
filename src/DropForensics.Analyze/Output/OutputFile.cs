using DropForensics.Core;
using DropForensics.Core.Store;
using Microsoft.Win32.SafeHandles;

namespace DropForensics.Analyze.Output;

/// <summary>A file that is opened before the long work, so that a name that will not do fails at once (see <see cref="PendingFile"/>).</summary>
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

    /// <summary>Takes it away, if it has no name yet.</summary>
    public void Dispose() => _file.Dispose();
}

/// <summary>
/// Standard output as a stream that fails when its reader is gone. .NET's own console stream takes EPIPE for success, and a
/// large export would go on to nobody.
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

        // In a regular file a FileStream writes at places of its own and leaves the descriptor's where it was: what the shell
        // writes there next would come on top. There the console's stream is right, and no reader can go away.
        var stream = new FileStream(new SafeFileHandle(Descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    /// <summary>EPIPE, which .NET hands through as the error's number.</summary>
    public static bool IsBrokenPipe(IOException error) => !OperatingSystem.IsWindows() && error.HResult == BrokenPipe;
}
