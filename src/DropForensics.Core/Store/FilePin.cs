using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace DropForensics.Core.Store;

/// <summary>
/// Keeps a file's inode number in use, so that no other file gets it even if this one is removed. Takes no lock, and closing it releases none (open(2), O_PATH).
/// </summary>
internal sealed partial class FilePin : IDisposable
{
    private const int PathOnly = 0x200000, CloseOnExec = 0x80000; // O_PATH, O_CLOEXEC

    private readonly SafeFileHandle? _handle;

    private FilePin(LinkStatus status, SafeFileHandle? handle) => (Status, _handle) = (status, handle);

    public LinkStatus Status { get; }

    /// <summary>Null where nothing has that name, or something else all the time.</summary>
    public static FilePin? Of(string path)
    {
        SafeFileHandle? handle = OperatingSystem.IsLinux() ? Open(path) : null;
        LinkStatus? status = LinkStatus.Of(path);
        bool isHeld = handle is null or { IsInvalid: true } || status is { IsRegularFile: false } || LinkStatus.OfOpen(handle)?.Identity == status?.Identity;
        if (status is { } found && isHeld) return new FilePin(found, handle);
        handle?.Dispose();
        return null;
    }

    public void Dispose() => _handle?.Dispose();

    [SupportedOSPlatform("linux")]
    private static SafeFileHandle Open(string path) => new(Open(path, PathOnly | CloseOnExec), ownsHandle: true);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
