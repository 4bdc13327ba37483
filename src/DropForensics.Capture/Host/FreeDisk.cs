using DropForensics.Core;

namespace DropForensics.Capture.Host;

/// <summary>
/// Free space on the file system of the capture file: a capture must not fill the host's disk. The content of the file's journal needs its space twice
/// before the journal is removed.
/// </summary>
/// <param name="Free">Bytes free.</param>
/// <param name="Total">Bytes of the file system.</param>
internal sealed record FreeDisk(long Free, long Total)
{
    /// <summary>The most that is kept free on a large file system, in bytes.</summary>
    public const long MostLeft = 64L << 20;

    // Space for the last rows of a capture, and for pages that are written more than once.
    private const long LastWords = 768L << 10;

    /// <summary>Bytes that are kept free: 64 MiB, or an eighth of a small file system.</summary>
    public long Left => Math.Min(MostLeft, Total / 8);

    /// <summary>Whether less would stay free.</summary>
    /// <param name="needed">Bytes that the capture file will still take.</param>
    public bool IsShort(long needed) => Free < Left + needed;

    /// <summary>Whether the space is only enough to finish the capture file.</summary>
    /// <param name="needed">Bytes that it will still need.</param>
    public bool IsUsedUp(long needed) => Free < LastWords + needed;

    /// <exception cref="UserError">There is too little space already.</exception>
    public static void Check(string file)
    {
        if (Of(file) is not { } disk || !disk.IsShort(needed: 0)) return;
        throw new UserError(
            $"no room for {Printable.Of(file)}: a capture keeps {Math.Max(disk.Left >> 20, 1)} MiB of its file system free, and less than that is free now",
            "Choose a file on a larger file system with --output, or free some space.");
    }

    /// <summary>The file system of an existing or future file; null if it does not report its size.</summary>
    public static FreeDisk? Of(string file)
    {
        try
        {
            var drive = new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/");
            return new FreeDisk(drive.AvailableFreeSpace, drive.TotalSize);
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
