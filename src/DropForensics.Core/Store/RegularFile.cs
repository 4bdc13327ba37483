namespace DropForensics.Core.Store;

/// <summary>What may be opened without waiting for somebody: not a pipe, not a device, and no link to one.</summary>
public static class RegularFile
{
    /// <summary>Whether a regular file has that name, a link being none.</summary>
    /// <exception cref="UserError">Its directory cannot be searched.</exception>
    public static bool Is(string path) => LinkStatus.Of(path) is { IsRegularFile: true };
}
