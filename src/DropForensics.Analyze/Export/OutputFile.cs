using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Export;

/// <summary>
/// A file that is opened before the long work, under a temporary name beside its own, and takes its own name when it is whole: what fails
/// leaves nothing, and what it replaces is there until then.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _force;

    /// <param name="path">Its name.</param>
    /// <param name="force">Whether a regular file of that name may go.</param>
    /// <exception cref="UserError">Something has that name that may not go, or no file can be made there.</exception>
    public OutputFile(string path, bool force)
    {
        _path = Path.GetFullPath(path);
        _force = force;
        NewFile.MayGo(_path, force);
        string folder = Path.GetDirectoryName(_path) ?? "/";
        _temporary = Path.Combine(folder, $".{Path.GetFileName(_path)}.{Guid.NewGuid():n}");
        try
        {
            Stream = new FileStream(_temporary, FileMode.CreateNew);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"cannot write to {folder}: {error.Message}", "Name a file in another folder with --output.");
        }
    }

    /// <summary>Takes what belongs into it.</summary>
    public FileStream Stream { get; }

    /// <summary>Gives it its name; its full path.</summary>
    public string Commit()
    {
        Stream.Dispose();
        File.Move(_temporary, _path, _force);
        return _path;
    }

    /// <summary>Takes it away, if it has no name yet.</summary>
    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(_temporary);
    }
}
