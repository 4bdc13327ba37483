using System.Text.Json;
using DropForensics.Analyze.Output;
using DropForensics.Core;
using DropForensics.Core.Store;
using Parquet;
using Parquet.Schema;

namespace DropForensics.Analyze.Lake;

/// <summary>
/// A lake: a folder with <c>lake.json</c>, which says what it is, and a folder for each table of <see cref="LakeSchema"/>. There is no catalogue: what
/// a table has is what its files have.
/// </summary>
internal sealed class LakeFolder
{
    /// <summary>Says what the folder is. Engines read the folders of the tables only.</summary>
    public const string Mark = "lake.json";

    /// <summary>The end of every file's name that holds rows.</summary>
    public const string Extension = ".parquet";

    /// <summary>Files that hold rows of several captures begin so.</summary>
    public const string Merged = "merged-";

    /// <summary>The folder of rows whose date is unknown, as Hive names it.</summary>
    private const string NoDate = "date=__HIVE_DEFAULT_PARTITION__";

    private const string Product = "DropForensics lake", Again = "Give the folder of a lake, or one that is empty or does not exist yet.";

    private LakeFolder(string path) => FullName = path;

    /// <summary>Its absolute path.</summary>
    public string FullName { get; }

    /// <summary>Opens a lake.</summary>
    /// <exception cref="UserError">It is not there, is no lake, or one of a later version.</exception>
    public static LakeFolder Open(string path)
    {
        path = Path.GetFullPath(path);
        string mark = Path.Combine(path, Mark);
        if (!File.Exists(mark)) throw new UserError($"{path} is no lake: it has no {Mark}", "Make one: analyze lake DIR CAPTURE.db…");
        try
        {
            using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(mark));
            JsonElement root = json.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out JsonElement format) || format.ToString() != Product
                || !root.TryGetProperty("version", out JsonElement number) || !number.TryGetInt32(out int version))
            {
                throw new UserError($"{mark} does not say that this is a lake", Again);
            }

            if (version != LakeSchema.Version)
            {
                throw new UserError($"{path} is a lake of version {version}; this program knows version {LakeSchema.Version}", "Use the `analyze` that made it, or make another lake of its captures.");
            }
        }
        catch (JsonException)
        {
            throw new UserError($"{mark} is damaged", $"Its text is: {Content()}");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Reading(mark, error, Again);
        }

        return new LakeFolder(path);
    }

    /// <summary>Opens a lake, or makes one where there is nothing.</summary>
    /// <exception cref="UserError">Something else is there, or it cannot be made.</exception>
    public static LakeFolder OpenOrMake(string path)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(Path.Combine(path, Mark))) return Open(path);
        if (File.Exists(path)) throw new UserError($"{path} is a file", Again);
        try
        {
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
            {
                throw new UserError($"{path} has other files in it and no {Mark}", Again);
            }

            Directory.CreateDirectory(path);
            using var mark = new PendingFile(Path.Combine(path, Mark));
            using (FileStream file = mark.Open()) file.Write(System.Text.Encoding.UTF8.GetBytes(Content() + "\n"));
            mark.Commit(replace: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Creating(path, error);
        }

        return new LakeFolder(path);
    }

    /// <summary>The folder of rows of a date.</summary>
    /// <param name="realNs">A time of that date in ns since 1970; null: unknown. Ignored where the table has no dates.</param>
    public string FolderOf(LakeTable table, long? realNs) =>
        table.IsByDate ? Path.Combine(FullName, table.Name, realNs is { } ns ? $"date={Date(ns)}" : NoDate) : Path.Combine(FullName, table.Name);

    /// <summary>The files of a table, in the order of their names; those of a folder for each date, or of one.</summary>
    public IEnumerable<IGrouping<string, string>> Files(LakeTable table)
    {
        string folder = Path.Combine(FullName, table.Name);
        if (!Directory.Exists(folder)) return [];
        return Directory.EnumerateFiles(folder, "*" + Extension, SearchOption.AllDirectories)
            .Where(file => Path.GetFileName(file)[0] != '.') // being written, or left by what was ended
            .Order(StringComparer.Ordinal).GroupBy(file => Path.GetDirectoryName(file) ?? folder);
    }

    /// <summary>
    /// What a column of texts has in all files of a table. A file of one key is named after it and not opened; <paramref name="isNamed"/> says whether the
    /// table's files are so.
    /// </summary>
    /// <exception cref="UserError">A file of the lake is damaged.</exception>
    public HashSet<string> Keys(LakeTable table, string column, bool isNamed)
    {
        HashSet<string> keys = [];
        foreach (string file in Files(table).SelectMany(files => files))
        {
            string name = Path.GetFileNameWithoutExtension(file);
            if (isNamed && !name.StartsWith(Merged, StringComparison.Ordinal)) keys.Add(name);
            else Read(file, reader => AddKeys(reader, column, keys));
        }

        return keys;
    }

    /// <summary>Reads one of its files.</summary>
    /// <exception cref="UserError">It is damaged.</exception>
    public static void Read(string file, Action<ParquetReader> read)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            ParquetReader reader = ParquetReader.CreateAsync(stream, leaveStreamOpen: true).GetAwaiter().GetResult();
            try
            {
                if (reader.CustomMetadata.GetValueOrDefault(LakeSchema.VersionKey) != $"{LakeSchema.Version}") throw new InvalidDataException("it is of another program or version");
                read(reader);
            }
            finally
            {
                reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
            }
        }
        catch (Exception error) when (error is not (UserError or OperationCanceledException or OutOfMemoryException))
        {
            throw new UserError($"{file}, of the lake, cannot be read: {error.Message.TrimEnd('.')}", "Delete it, and add the captures again whose rows it had.");
        }
    }

    private static void AddKeys(ParquetReader reader, string column, HashSet<string> keys)
    {
        DataField field = reader.Schema.DataFields.First(each => each.Name == column);
        foreach (ParquetRowGroupReader group in reader.RowGroups)
        {
            string?[] values = new string?[group.RowCount];
            group.ReadAsync(field, values.AsMemory()!).AsTask().GetAwaiter().GetResult();
            keys.UnionWith(values.OfType<string>());
        }
    }

    private static string Content() => $$"""{"format": "{{Product}}", "version": {{LakeSchema.Version}}}""";

    private static string Date(long realNs) => DateTime.UnixEpoch.AddTicks(realNs / 100).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
