using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DropForensics.Analyze.Display;
using DropForensics.Core;
using DropForensics.Core.Store;
using Parquet;
using Parquet.Schema;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// Puts the small files of a lake together: engines read few large files faster than many small ones. The rows of one folder lie by host and time then,
/// and what asks for one host reads little of them.
/// </summary>
/// <param name="lake">The lake.</param>
/// <param name="progress">Receives progress; null: no one watches.</param>
/// <param name="stop">Stops between two files; what is merged stays, and the rest is as it was.</param>
internal sealed class LakeCompact(LakeFolder lake, ProgressLine? progress, CancellationToken stop)
{
    /// <summary>About how large files become; one of at least half of it is left alone.</summary>
    public const long TargetBytes = 128_000_000;

    // What a merged file replaces, from before it takes its name until they are gone. Held open, it keeps a second run out.
    private const string Journal = ".compact.json";

    /// <summary>Merges all that can be; how many files went, and how many came in their place.</summary>
    /// <exception cref="UserError">Another run is at it, or a file cannot be read or written.</exception>
    public (int Gone, int Made) Run()
    {
        string path = Path.Combine(lake.FullName, Journal);
        using FileStream journal = Lock(path);
        Recover(journal);
        int gone = 0, made = 0;
        foreach (LakeTable table in LakeSchema.All)
        {
            foreach (IGrouping<string, string> folder in lake.Files(table))
            {
                foreach (string[] files in Together(folder))
                {
                    stop.ThrowIfCancellationRequested();
                    progress?.Begin($"merging files of {table.Name}");
                    Merge(table, folder.Key, files, journal);
                    gone += files.Length;
                    made++;
                }
            }
        }

        journal.Dispose();
        File.Delete(path);
        return (gone, made);
    }

    /// <summary>Files that become one, in the order of their hosts and times.</summary>
    private static IEnumerable<string[]> Together(IEnumerable<string> files)
    {
        List<string> together = [];
        long bytes = 0;
        foreach ((string file, long size) in files.Select(file => (file, new FileInfo(file).Length)).Where(file => file.Length < TargetBytes / 2).OrderBy(file => Begin(file.file)))
        {
            if (bytes + size > TargetBytes && together.Count > 1)
            {
                yield return [.. together];
                together.Clear();
                bytes = 0;
            }

            together.Add(file);
            bytes += size;
        }

        if (together.Count > 1) yield return [.. together];
    }

    private void Merge(LakeTable table, string folder, string[] files, FileStream journal)
    {
        string name = LakeFolder.Merged + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', files.Select(Path.GetFileName)))))[..16];
        using var merged = new Output.PendingFile(Path.Combine(folder, name + LakeFolder.Extension));
        merged.Named(() =>
        {
            using FileStream stream = merged.Open();
            var output = new ParquetTable(table, stream);
            foreach (string file in files)
            {
                stop.ThrowIfCancellationRequested();
                LakeFolder.Read(file, reader =>
                {
                    foreach (ParquetRowGroupReader group in reader.RowGroups) output.Add(group);
                });
            }

            output.Finish();
            return 0;
        });

        // From here on it is done, whatever happens: whoever comes next deletes what is left.
        Note(journal, new Replaced(Relative(merged.FullName), Array.ConvertAll(files, Relative)));
        merged.Commit(replace: true);
        Array.ForEach(files, File.Delete);
        Note(journal, null);
    }

    // By rows' hosts and times, which a file's first group tells; the files of a capture are of one host.
    private static (string Host, long Time, string Name) Begin(string file)
    {
        (string Host, long Time, string Name) begin = ("", 0, Path.GetFileName(file));
        LakeFolder.Read(file, reader =>
        {
            if (reader.RowGroupCount == 0) return;
            ParquetRowGroupReader group = reader.RowGroups[0];
            if (Field(reader, LakeSchema.Host) is { } host) begin.Host = group.GetStatistics(host)?.MinValue?.ToString() ?? "";
            if ((Field(reader, LakeSchema.Time) ?? Field(reader, "window_begin")) is { } time && group.GetStatistics(time)?.MinValue is { } first)
                begin.Time = first is DateTime at ? at.Ticks : first as long? ?? 0;
        });
        return begin;
    }

    private static DataField? Field(ParquetReader reader, string name) => Array.Find(reader.Schema.DataFields, field => field.Name == name);

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(path))
        {
            throw new UserError($"the lake is being compacted by another program, which holds {path}", "Wait until that has ended.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Creating(path, error);
        }
    }

    // A run that was ended left both a merged file and what it replaces, or the latter alone.
    private void Recover(FileStream journal)
    {
        try
        {
            if (journal.Length > 0 && JsonSerializer.Deserialize<Replaced>(journal) is { Made: { } made, Files: { } files } && File.Exists(Absolute(made)))
            {
                foreach (string file in files.Select(Absolute)) File.Delete(file);
            }
        }
        catch (JsonException)
        {
            // It had not been written to its end, so the merged file had no name yet.
        }

        Note(journal, null);
    }

    // The lake may have been moved since.
    private string Relative(string file) => Path.GetRelativePath(lake.FullName, file);

    private string Absolute(string file) => Path.Combine(lake.FullName, file);

    private static void Note(FileStream journal, Replaced? replaced)
    {
        journal.SetLength(0);
        if (replaced is not null) JsonSerializer.Serialize(journal, replaced);
        journal.Flush(flushToDisk: true);
    }

    /// <summary>A file that takes the place of others.</summary>
    private sealed record Replaced(string Made, string[] Files);
}
