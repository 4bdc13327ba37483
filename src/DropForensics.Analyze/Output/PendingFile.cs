using DropForensics.Core;
using DropForensics.Core.Store;

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

    /// <summary>Path of the name it has until then; who does not <see cref="Open"/> it makes it himself.</summary>
    public string Part { get; }

    /// <summary>Makes it.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public FileStream Open() => _stream = new FileStream(Part, FileMode.CreateNew);

    /// <summary>Does what makes or writes it. Where that fails, the message has the name it was to have: nobody knows the other.</summary>
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

    /// <summary>Takes it away if it has no name yet, and what SQLite left beside it.</summary>
    public void Dispose()
    {
        Try(() => _stream?.Dispose());
        foreach (string suffix in CaptureFile.CompanionSuffixes.Prepend(""))
        {
            Try(() => File.Delete(Part + suffix));
        }
    }

    // Something else has failed already, and that is what is to be told.
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
