using DropForensics.Capture.Host;
using DropForensics.Core.Ledger;

namespace DropForensics.Capture.Recording;

/// <summary>The capture file by its name, and whether that still names the same file: somebody may clear away what we write to.</summary>
/// <param name="path">Where it was made just now.</param>
internal sealed class TargetFile(string path)
{
    /// <summary>What ends a window whose file was taken away.</summary>
    public const string Removed = WindowEnds.FileRemoved;

    // Null where the file system has no inode numbers: then nobody can say.
    private readonly (ulong Device, long Inode)? _identity = Libc.IdentityOf(path);

    /// <summary>Its name names nothing any more, or another file.</summary>
    public bool IsGone => _identity is { } made && Libc.IdentityOf(path) != made;

    /// <summary>Its name names another file.</summary>
    public bool IsReplaced => IsGone && Libc.IdentityOf(path) is not null;
}
