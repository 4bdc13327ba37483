using System.Text;
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
    private readonly List<string> _createdFolders = [];
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
        foreach (string name in names) OwnOutput.RequireReplaceable(Path.Combine(_path, name), force);
        try
        {
            for (string? missing = _path; missing is not null && !Directory.Exists(missing); missing = Path.GetDirectoryName(missing))
            {
                _createdFolders.Add(missing);
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
                ? new UserError($"{_path} is a file, but a folder is needed there", "Choose another folder with --output.")
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
        // Again, because the work took time.
        _files.ForEach(f => OwnOutput.RequireReplaceable(f.File.FullName, _force));
        List<string> written = _files.ConvertAll(f => f.File.Commit(replace: true));
        _committed = true;
        return written;
    }

    /// <summary>Deletes what was not committed, including folders that were made for it.</summary>
    public void Dispose()
    {
        _files.ForEach(f => f.File.Dispose());

        // Innermost first; a folder with other files in it stays.
        foreach (string folder in _committed ? [] : _createdFolders)
        {
            if (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).Any())
            {
                break;
            }

            Directory.Delete(folder);
        }
    }
}

/// <summary>
/// The marks by which this program knows its own pages and pictures again. A report replaces an earlier report, and never a file that someone
/// else put there.
/// </summary>
internal static class OwnOutput
{
    // A page names who made it far before anything that a capture brought along; a picture directly after its first chunk.
    private const int PageHead = 4096;
    private const int PictureHead = 33;
    private const string PageMark = "<meta name=\"generator\" content=\"DropForensics ";

    /// <summary>A PNG chunk: text, keyword "Software" (W3C PNG specification, third edition, 11.3.3).</summary>
    private static ReadOnlySpan<byte> PictureMark => "\0\0\0\u0016tEXtSoftware\0DropForensics"u8;

    /// <summary>CRC-32 of <see cref="PictureMark"/> without its length.</summary>
    private static ReadOnlySpan<byte> PictureMarkCrc => [0x2e, 0x7c, 0x59, 0xb7];

    /// <summary>A picture with the mark in it.</summary>
    /// <param name="png">A whole PNG without it.</param>
    public static byte[] Marked(ReadOnlySpan<byte> png) => [.. png[..PictureHead], .. PictureMark, .. PictureMarkCrc, .. png[PictureHead..]];

    /// <summary>Makes sure that nothing would be lost: there is no file of that name, or it is a page or picture of this program.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether a file that is not ours may be replaced as well; a directory never is.</param>
    /// <exception cref="UserError">Something else has that name.</exception>
    public static void RequireReplaceable(string path, bool force)
    {
        if (Directory.Exists(path)) throw new UserError($"cannot write {path}: it is a directory", "Choose another folder with --output.");
        if (!File.Exists(path) && new FileInfo(path).LinkTarget is null) return;
        if (force || IsPage(path) || IsPicture(path)) return;
        throw new UserError($"{path} exists and was not made by `analyze`", "Choose another name or folder with --output, or replace the file with --force.");
    }

    private static bool IsPage(string path) => Encoding.UTF8.GetString(Head(path, PageHead)).Contains(PageMark, StringComparison.Ordinal);

    private static bool IsPicture(string path)
    {
        int length = PictureHead + PictureMark.Length;
        byte[] head = Head(path, length);
        return head.Length == length && head.AsSpan(PictureHead).SequenceEqual(PictureMark);
    }

    private static byte[] Head(string path, int most)
    {
        try
        {
            // Opening a pipe would wait for a writer.
            if (!RegularFile.Is(path)) return [];
            using FileStream file = File.OpenRead(path);
            byte[] head = new byte[most];
            return head[..file.ReadAtLeast(head, most, throwOnEndOfStream: false)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
