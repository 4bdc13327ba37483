namespace DropForensics.Core.Store;

/// <summary>
/// A capture as SQLite may open it without a byte of the original changing: the file itself as immutable, or, where a
/// journal beside it holds part of the data (its writer runs or died), a private copy of both that SQLite recovers.
/// </summary>
internal sealed class ReadableCopy : IDisposable
{
    private const int Attempts = 3;

    // What a rollback journal ends with that names another file, which SQLite would look into and perhaps delete
    // (sqlite.org/fileformat2.html, super-journal). No capture has one: nothing is ever attached to it.
    private static ReadOnlySpan<byte> JournalMagic => [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

    private static readonly string[] Journals = ["-wal", "-journal"];

    private readonly DirectoryInfo? _directory;

    /// <exception cref="UserError">The capture is being written so fast that no copy of one moment can be had.</exception>
    public ReadableCopy(string path)
    {
        if (!HasJournal(path))
        {
            DataSource = UriOf(path, OperatingSystem.IsWindows());
            return;
        }

        _directory = Directory.CreateTempSubdirectory("dropforensics-"); // mode 0700
        string copy = Path.Combine(_directory.FullName, "capture.db");
        DataSource = copy;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // Copies taken on either side of a checkpoint do not fit together, so nothing may change meanwhile.
            (DateTime Time, long Length)[] before = Stamps(path);
            CheckOwners(path);
            Copy(path, copy);
            if (!before.SequenceEqual(Stamps(path))) continue;
            CheckOwners(path);
            if (!NamesAnotherFile(copy + "-journal")) return;
            Dispose();
            throw new UserError($"{path}-journal names another file, which no capture's does", "Remove that journal, and read the capture without it.");
        }

        Dispose();
        throw new UserError($"cannot read {path}: it is being written", "Wait until the capture has ended.");
    }

    /// <summary>Bytes of the file and its journals.</summary>
    public static long SizeOf(string path) => Stamps(path).Sum(stamp => stamp.Length);

    /// <summary>For the connection string.</summary>
    public string DataSource { get; }

    public bool IsPrivate => _directory is not null;

    public void Dispose() => _directory?.Delete(recursive: true);

    /// <summary>The name by which SQLite opens a file as immutable (sqlite.org/uri.html): <c>file:///C:/a%20b/c.db?immutable=1</c>.</summary>
    /// <param name="path">Absolute.</param>
    /// <param name="windows">Whether it is a path of Windows, with a drive or a server.</param>
    internal static string UriOf(string path, bool windows)
    {
        string slashed = windows ? path.Replace('\\', '/') : path;
        string root = windows && !slashed.StartsWith('/') ? "///" : "//";
        return $"file:{root}{string.Join('/', slashed.Split('/').Select(Uri.EscapeDataString))}?immutable=1";
    }

    private static bool HasJournal(string path) =>
        Journals.Any(suffix => new FileInfo(path + suffix) is { Exists: true, Length: > 0 });

    private static void Copy(string path, string copy)
    {
        File.Copy(path, copy, overwrite: true);
        foreach (string suffix in Journals)
        {
            if (File.Exists(path + suffix)) File.Copy(path + suffix, copy + suffix, overwrite: true);
            else File.Delete(copy + suffix);
        }
    }

    // In a directory such as /tmp another user may have put it there, with rows of her own.
    private void CheckOwners(string path)
    {
        uint? owner = LinkStatus.Of(path)?.Owner;
        foreach (string journal in Journals.Select(suffix => path + suffix))
        {
            if (LinkStatus.Of(journal) is not { } status || status.Owner == owner) continue;
            Dispose();
            throw new UserError(
                $"{journal} belongs to user {status.Owner}, and {path} to user {owner}: somebody else may have put it there",
                $"If it belongs to the capture, chown both files to one user; otherwise remove it.");
        }
    }

    private static bool NamesAnotherFile(string journal)
    {
        if (!File.Exists(journal)) return false;
        Span<byte> end = stackalloc byte[8];
        using FileStream file = File.OpenRead(journal);
        if (file.Length < end.Length) return false;
        file.Seek(-end.Length, SeekOrigin.End);
        file.ReadExactly(end);
        return end.SequenceEqual(JournalMagic);
    }

    private static (DateTime Time, long Length)[] Stamps(string path) =>
        [.. Journals.Prepend("").Select(suffix => new FileInfo(path + suffix)).Select(file => file.Exists ? (file.LastWriteTimeUtc, file.Length) : default)];
}
