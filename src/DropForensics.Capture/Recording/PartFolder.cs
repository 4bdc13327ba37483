using System.Runtime.InteropServices;
using DropForensics.Capture.Host;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Recording;

/// <summary>
/// The files of a flight recorder, in a folder of their own. It keeps the newest: what is older than asked for, or has no room, is removed a whole part at
/// a time.
/// </summary>
internal sealed class PartFolder
{
    private readonly TimeSpan _keep;
    private readonly long _mostBytes;
    private readonly List<Part> _parts = [];
    private long _made;

    private PartFolder(string folder, TimeSpan keep, long mostBytes) => (Path, _keep, _mostBytes) = (folder, keep, mostBytes);

    /// <summary>Absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>Those that are closed, the oldest first.</summary>
    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>The file of what a flight recorder saves before its end: <c>drops-2.db</c> for drops.db.</summary>
    /// <param name="output">The capture file.</param>
    /// <param name="number">From 1.</param>
    public static string SavedAs(string output, int number) => System.IO.Path.Combine(
        System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(output)) ?? "", $"{System.IO.Path.GetFileNameWithoutExtension(output)}-{number}{System.IO.Path.GetExtension(output)}");

    /// <summary>The folder of a capture file's parts.</summary>
    public static string Of(string output) => System.IO.Path.GetFullPath(output) + CaptureParts.FolderSuffix;

    /// <summary>Checks whether <see cref="Create"/> could make it; changes nothing.</summary>
    /// <exception cref="UserError">It is there already.</exception>
    public static void Check(string output)
    {
        string folder = Of(output);
        if (System.IO.Path.Exists(folder))
            throw new UserError($"{folder} exists", $"It holds an earlier capture, which `analyze {System.IO.Path.GetFileName(folder)}` reads; remove it, or name another file with -o.");
    }

    /// <summary>Makes the folder, for its owner alone.</summary>
    /// <param name="output">The capture file that the parts become.</param>
    /// <param name="keep">The newest drops to keep.</param>
    /// <param name="mostBytes">What all parts may take.</param>
    /// <exception cref="UserError">It cannot be made.</exception>
    public static PartFolder Create(string output, TimeSpan keep, long mostBytes) => new(Make(output), keep, mostBytes);

    private static string Make(string output)
    {
        Check(output);
        string folder = Of(output);
        if (Libc.MakeDirectory(folder, 0x1c0) != 0) // 0700; fails if somebody has just made it
            throw new UserError($"cannot make the folder {folder}: {Marshal.GetLastPInvokeErrorMessage()}", "Name a file in another folder with -o.");
        return folder;
    }

    /// <summary>The path of the next part.</summary>
    public string Next() => System.IO.Path.Combine(Path, CaptureParts.NameOf(++_made));

    /// <summary>Adds a part that is closed.</summary>
    public void Add(Part part) => _parts.Add(part);

    /// <summary>Removes the parts that are not asked for any more.</summary>
    /// <param name="nowNs">The end of the newest of them, on CLOCK_MONOTONIC.</param>
    /// <param name="openBytes">What those that are being written may take.</param>
    public void Trim(long nowNs, long openBytes)
    {
        long bytes = openBytes + _parts.Sum(part => part.Bytes);
        while (_parts is [var oldest, ..] && (oldest.ClosedNs < nowNs - (long)(_keep.TotalMilliseconds * 1_000_000) || bytes > _mostBytes))
        {
            File.Delete(oldest.Path);
            _parts.RemoveAt(0);
            bytes -= oldest.Bytes;
        }
    }

    /// <summary>Gives the parts a second name each, in a folder of their own: they stay there when they are removed here.</summary>
    /// <param name="output">The capture file whose folder of parts that is.</param>
    /// <returns>The folder.</returns>
    /// <exception cref="UserError">It cannot be made, or the file system has no second names.</exception>
    public string SaveAs(string output)
    {
        string folder = Make(output);
        foreach (Part part in _parts)
        {
            if (Libc.Link(part.Path, System.IO.Path.Combine(folder, System.IO.Path.GetFileName(part.Path))) != 0)
                throw new UserError($"cannot save {part.Path} in {folder}: {Marshal.GetLastPInvokeErrorMessage()}", "Name a file on another file system with -o.");
        }

        return folder;
    }

    /// <summary>Removes all parts and the folder.</summary>
    public void Remove()
    {
        foreach (Part part in _parts) File.Delete(part.Path);
        _parts.Clear();
        if (!Directory.EnumerateFileSystemEntries(Path).Any()) Directory.Delete(Path); // nobody else's files are touched
    }
}

/// <summary>One file of a flight recorder.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="OpenedNs">When its window began, on CLOCK_MONOTONIC.</param>
/// <param name="ClosedNs">When it ended.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Ledger">What it holds and misses.</param>
/// <param name="Sites">Its drops by site and reason.</param>
internal sealed record Part(string Path, long OpenedNs, long ClosedNs, long Bytes, CompletenessLedger Ledger, IReadOnlyCollection<Tally> Sites);
