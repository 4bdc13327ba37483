using DropForensics.Analyze.Output;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// The files that one capture adds to a lake. They grow under hidden names and take their own together, in the order in which they were begun: whoever
/// reads the lake meanwhile sees a table without the capture or with all of its rows.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="name">What they are named after.</param>
internal sealed class LakeFiles(LakeFolder lake, string name) : IDisposable
{
    // The times of a capture are of as many days as its clock says, and only a forged one goes back and forth so often.
    private const int MostFiles = 1000;

    private readonly List<PendingFile> _files = [];
    private readonly Dictionary<string, int> _names = [];
    private Open? _open;

    /// <summary>Bytes written.</summary>
    public long Bytes { get; private set; }

    /// <summary>The table for rows of a time; that of another table or date is finished then.</summary>
    /// <param name="realNs">In ns since 1970; null: unknown.</param>
    /// <param name="named">What the file is named after, if not after the capture.</param>
    /// <exception cref="UserError">The file cannot be made.</exception>
    /// <exception cref="InvalidDataException">The capture's clock is forged.</exception>
    public ParquetTable At(LakeTable table, long? realNs, string? named = null)
    {
        long day = !table.IsByDate ? 0 : realNs is { } ns ? ns / TimeSpan.NanosecondsPerTick / TimeSpan.TicksPerDay : long.MinValue;
        if (_open is { } open && open.Of == table && open.Day == day) return open.Table;
        Finish();
        if (_files.Count == MostFiles) throw new InvalidDataException("its times go back and forth between days");
        string path = Path.Combine(lake.FolderOf(table, realNs), named ?? name);
        int nth = _names[path] = _names.GetValueOrDefault(path) + 1;
        var file = new PendingFile($"{path}{(nth > 1 ? $"-{nth}" : "")}{LakeFolder.Extension}");
        _files.Add(file);
        try
        {
            Directory.CreateDirectory(file.Folder);
            FileStream stream = file.Open();
            _open = new Open(table, day, file, stream, new ParquetTable(table, stream));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Creating(file.FullName, error);
        }

        return _open.Table;
    }

    /// <summary>Gives all files their names.</summary>
    public void Commit()
    {
        Finish();
        foreach (PendingFile file in _files) file.Commit(replace: true); // what a capture left that was added halfway
    }

    /// <summary>Deletes those that have no name yet.</summary>
    public void Dispose() => _files.ForEach(file => file.Dispose());

    private void Finish()
    {
        if (_open is not { } open) return;
        _open = null;
        Bytes += open.File.Named(() =>
        {
            open.Table.Finish();
            open.Stream.Flush();
            return open.Stream.Length;
        });
        open.Stream.Dispose();
    }

    private sealed record Open(LakeTable Of, long Day, PendingFile File, FileStream Stream, ParquetTable Table);
}
