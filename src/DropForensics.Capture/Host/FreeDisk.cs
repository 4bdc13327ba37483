using DropForensics.Core;

namespace DropForensics.Capture.Host;

/// <summary>A host must not fill its disk for our sake.</summary>
internal static class FreeDisk
{
    /// <summary>Bytes that are left to others.</summary>
    public const long Floor = 64L << 20;

    /// <exception cref="UserError">It is short already.</exception>
    public static void Check(string file)
    {
        if (!IsShort(file)) return;
        throw new UserError(
            $"less than {Floor >> 20} MiB are free where {Printable.Of(file)} is to go, and a host must not run full for our sake",
            "Name an output file on a larger file system with -o.");
    }

    /// <summary>Whether the file system of <paramref name="file"/> has less than <see cref="Floor"/> free; false where it cannot say.</summary>
    public static bool IsShort(string file) => Of(file) < Floor;

    /// <summary>Bytes that are free for us on the file system of <paramref name="file"/>; null where it cannot say.</summary>
    public static long? Of(string file)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/").AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
