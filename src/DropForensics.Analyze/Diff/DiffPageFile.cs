using DropForensics.Analyze.Output;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Diff;

/// <summary>
/// The page of a comparison: opened before the long work, under a temporary name, and given its own whole. It replaces nothing but an
/// earlier page of this program.
/// </summary>
internal sealed class DiffPageFile : IDisposable
{
    // Where a page names who made it, far before what a capture said.
    private const int Head = 4096;
    private const string Mark = "<meta name=\"generator\" content=\"DropForensics ";

    private readonly OutputFolder _folder;
    private readonly string _name;

    /// <exception cref="UserError">Something else stands there, or the file cannot be made.</exception>
    public DiffPageFile(string path)
    {
        path = Path.GetFullPath(path);
        if (Directory.Exists(path)) throw new UserError($"{path} is a directory", "Name a file with --out.");
        if (Path.Exists(path) && !IsPage(path)) throw new UserError($"{path} exists already and is no page of `analyze`", "Name another file with --out.");
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

    private static bool IsPage(string path)
    {
        try
        {
            // A pipe would keep us waiting for somebody to write into it.
            if (!RegularFile.Is(path)) return false;
            using var reader = new StreamReader(path);
            char[] head = new char[Head];
            int length = reader.ReadBlock(head);
            return new string(head, 0, length).Contains(Mark, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
