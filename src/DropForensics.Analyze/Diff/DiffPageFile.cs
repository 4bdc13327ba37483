using DropForensics.Analyze.Output;
using DropForensics.Core;

namespace DropForensics.Analyze.Diff;

/// <summary>
/// The page of a comparison: opened before the long work, under a temporary name, and given its own whole. It replaces nothing but an
/// earlier page of this program.
/// </summary>
internal sealed class DiffPageFile : IDisposable
{
    private readonly OutputFolder _folder;
    private readonly string _name;

    /// <exception cref="UserError">Something else stands there, or the file cannot be made.</exception>
    public DiffPageFile(string path)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path)) throw new UserError($"{path} is a directory", "Name a file with --out.");
        _name = Path.GetFileName(path);
        if (_name.Length == 0) throw new UserError($"{path} names no file", "Name a file with --out.");
        _folder = new OutputFolder(Path.GetDirectoryName(path) ?? "/", [_name]);
    }

    /// <summary>Writes the page and gives it its name; its path.</summary>
    public string Write(byte[] page)
    {
        _folder.Write(_name, stream => stream.Write(page));
        return _folder.Commit()[0];
    }

    public void Dispose() => _folder.Dispose();
}
