namespace DropForensics.Capture.Host;

/// <summary>A host must not fill its disk for our sake.</summary>
internal static class FreeDisk
{
    /// <summary>Bytes that are left to others.</summary>
    public const long Floor = 64L << 20;

    /// <summary>Whether the file system of <paramref name="file"/> has less than <see cref="Floor"/> free; false where it cannot say.</summary>
    public static bool IsShort(string file)
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/").AvailableFreeSpace < Floor;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
