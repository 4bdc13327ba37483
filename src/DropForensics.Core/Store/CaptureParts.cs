namespace DropForensics.Core.Store;

/// <summary>
/// The files of a flight recorder: <c>NAME.db.parts</c> is a folder with captures that follow each other, 00000001.db, 00000002.db … Each begins at
/// the moment at which the one before it ends, so that together they are one capture.
/// </summary>
public static class CaptureParts
{
    /// <summary>What the folder's name ends with, after that of the capture file.</summary>
    public const string FolderSuffix = ".parts";

    private const string Extension = ".db";

    /// <summary>Whether a path is such a folder.</summary>
    public static bool IsFolder(string path) => Path.TrimEndingDirectorySeparator(path).EndsWith(FolderSuffix, StringComparison.Ordinal) && Directory.Exists(path);

    /// <summary>The file name of a part.</summary>
    /// <param name="number">From 1.</param>
    public static string NameOf(long number) => $"{number:D8}{Extension}";

    /// <summary><c>drops</c> of <c>…/drops.db</c> and of <c>…/drops.db.parts/</c>.</summary>
    public static string NameOfCapture(string path)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        return Path.GetFileNameWithoutExtension(name.EndsWith(FolderSuffix, StringComparison.Ordinal) ? name[..^FolderSuffix.Length] : name);
    }

    /// <summary>The parts in a folder, the oldest first.</summary>
    /// <exception cref="UserError">There are none.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        string[] found = [.. Directory.EnumerateFiles(Path.GetFullPath(folder), "*" + Extension).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new UserError($"{folder} has no captures in it", "Copy the folder again from where it was recorded.");
    }
}
