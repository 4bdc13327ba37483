using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Output;

/// <summary>
/// The folder a report goes into. Its files are opened before the long work, and take their names together (see <see cref="PendingFile"/>): a
/// report that fails leaves neither half a file nor a page that does not match its pictures.
/// </summary>
internal sealed class OutputFolder : IDisposable
{
    private readonly string _path;
    private readonly bool _force;
    private readonly List<string> _made = [];
    private bool _committed;
    private readonly List<(PendingFile File, FileStream Stream)> _files = [];

    /// <param name="path">Made where it is not there yet.</param>
    /// <param name="names">The files that will be written.</param>
    /// <param name="force">Whether files of these names that are not ours are replaced.</param>
    /// <exception cref="UserError">The folder cannot be made or written to, or holds a file of that name that is not ours (see <see cref="OwnOutput"/>).</exception>
    public OutputFolder(string path, IEnumerable<string> names, bool force = false)
    {
        (_path, _force) = (Path.GetFullPath(path), force);
        names = [.. names];
        foreach (string name in names) OwnOutput.MayGo(Path.Combine(_path, name), force);
        try
        {
            for (string? missing = _path; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
            {
                _made.Add(missing);
            }

            Directory.CreateDirectory(_path);
            foreach (string name in names)
            {
                var file = new PendingFile(Path.Combine(_path, name));
                _files.Add((file, file.Open()));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Dispose();
            throw File.Exists(_path)
                ? new UserError($"{_path} is a file, but the report needs a folder", "Choose another folder with --output.")
                : FileTrouble.Creating(Directory.Exists(_path) ? Path.Combine(_path, names.First()) : _path, error);
        }
    }

    /// <summary>Writes one of the files.</summary>
    public void Write(string name, Action<Stream> write)
    {
        (PendingFile file, FileStream stream) = _files.Single(f => Path.GetFileName(f.File.FullName) == name);
        file.Named(() =>
        {
            write(stream);
            stream.Flush();
            return name;
        });
    }

    /// <summary>Gives all files their names; their paths.</summary>
    public IReadOnlyList<string> Commit()
    {
        // Once more, as the work took its time.
        _files.ForEach(f => OwnOutput.MayGo(f.File.FullName, _force));
        List<string> written = _files.ConvertAll(f => f.File.Commit(replace: true));
        _committed = true;
        return written;
    }

    /// <summary>Takes away what was not committed, folders that were made for it among it.</summary>
    public void Dispose()
    {
        _files.ForEach(f => f.File.Dispose());

        // Innermost first; what somebody else has put something into stays.
        foreach (string folder in _committed ? [] : _made)
        {
            if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
            {
                break;
            }

            Directory.Delete(folder);
        }
    }
}
