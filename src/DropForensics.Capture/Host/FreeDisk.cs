using DropForensics.Core;

namespace DropForensics.Capture.Host;

/// <summary>
/// Room on the file system of the capture file: a host must not fill its disk for our sake. What lies in the file's journal needs the same room once
/// more before it goes.
/// </summary>
/// <param name="Free">Bytes free.</param>
/// <param name="Total">Bytes of the file system.</param>
internal sealed record FreeDisk(long Free, long Total)
{
    /// <summary>Of a large file system no more than this is left to others, in bytes.</summary>
    public const long MostLeft = 64L << 20;

    // What the last words of a capture need, and the pages that are written more than once.
    private const long LastWords = 768L << 10;

    /// <summary>Bytes that are left to others: 64 MiB, or an eighth of a small file system.</summary>
    public long Left => Math.Min(MostLeft, Total / 8);

    /// <summary>Less would be left to others.</summary>
    /// <param name="needed">Bytes that the capture file will still take.</param>
    public bool IsShort(long needed) => Free < Left + needed;

    /// <summary>A capture file can just be brought to a good end.</summary>
    /// <param name="needed">Bytes that it will still take.</param>
    public bool IsUsedUp(long needed) => Free < LastWords + needed;

    /// <exception cref="UserError">It is short already.</exception>
    public static void Check(string file)
    {
        if (Of(file) is not { } disk || !disk.IsShort(needed: 0)) return;
        throw new UserError(
            $"no room for {Printable.Of(file)}: a capture keeps {Math.Max(disk.Left >> 20, 1)} MiB of its file system free, and less than that is free now",
            "Choose a file on a larger file system with --output, or free some space.");
    }

    /// <summary>The file system that a file is on or will be; null where it cannot say.</summary>
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
