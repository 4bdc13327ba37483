namespace DropForensics.Core.Store;

/// <summary>
/// A capture as SQLite may open it without a byte of the original changing: the file itself as immutable, or, where a
/// journal beside it holds part of the data (its writer runs or died), a private copy of both that SQLite recovers.
/// </summary>
internal sealed class ReadableCopy : IDisposable
{
    private const int Attempts = 3;
    private static readonly string[] Journals = ["-wal", "-journal"];

    private readonly DirectoryInfo? _directory;

    /// <exception cref="UserError">The capture is being written so fast that no copy of one moment can be had.</exception>
    public ReadableCopy(string path)
    {
        if (!HasJournal(path))
        {
            DataSource = $"file:{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}?immutable=1";
            return;
        }

        _directory = Directory.CreateTempSubdirectory("dropforensics-"); // mode 0700
        string copy = Path.Combine(_directory.FullName, "capture.db");
        DataSource = copy;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            // Copies taken on either side of a checkpoint do not fit together, so nothing may change meanwhile.
            (DateTime, long)[] before = Stamps(path);
            Copy(path, copy);
            if (before.SequenceEqual(Stamps(path))) return;
        }

        Dispose();
        throw new UserError($"cannot read {path}: it is being written", "Wait until the capture has ended.");
    }

    /// <summary>For the connection string.</summary>
    public string DataSource { get; }

    public bool IsPrivate => _directory is not null;

    public void Dispose() => _directory?.Delete(recursive: true);

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

    private static (DateTime, long)[] Stamps(string path) =>
        [.. Journals.Prepend("").Select(suffix => new FileInfo(path + suffix)).Select(file => file.Exists ? (file.LastWriteTimeUtc, file.Length) : default)];
}
