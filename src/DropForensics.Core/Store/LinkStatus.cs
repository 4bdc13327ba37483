using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace DropForensics.Core.Store;

/// <summary>Kind, owner and identity of what a path names, a link itself rather than what it points to.</summary>
/// <param name="IsRegularFile">Neither link, directory, pipe nor device.</param>
/// <param name="IsOwn">It is the caller's own.</param>
/// <param name="Owner">User id of its owner; 0 where the system has none.</param>
/// <param name="Identity">By which it is known again.</param>
/// <param name="Length">Bytes.</param>
internal readonly partial record struct LinkStatus(bool IsRegularFile, bool IsOwn, uint Owner, FileIdentity Identity, long Length)
{
    // statx(2), because its struct has one layout on all machines (include/uapi/linux/stat.h).
    private const int CurrentDirectory = -100;      // AT_FDCWD
    private const int NoFollow = 0x100;             // AT_SYMLINK_NOFOLLOW
    private const int EmptyPath = 0x1000;           // AT_EMPTY_PATH
    private const uint TypeOwnerInodeSize = 0x309;  // STATX_TYPE | STATX_UID | STATX_INO | STATX_SIZE
    private const int SizeOfStruct = 256;
    private const int OwnerOffset = 20;             // stx_uid
    private const int ModeOffset = 28;              // stx_mode
    private const int InodeOffset = 32;             // stx_ino
    private const int LengthOffset = 40;            // stx_size
    private const int DeviceOffset = 136;           // stx_dev_major, stx_dev_minor
    private const int NoSuchFile = 2;               // ENOENT
    private const int Kind = 0xF000, Regular = 0x8000; // S_IFMT, S_IFREG

    /// <summary>Null where nothing has that name.</summary>
    /// <exception cref="UserError">The directory may not be searched.</exception>
    public static LinkStatus? Of(string path) => OperatingSystem.IsLinux() ? OnLinux(path) : Elsewhere(path);

    /// <summary>Of an open file; null where the system does not tell.</summary>
    public static LinkStatus? OfOpen(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux()) return null;
        Span<byte> status = stackalloc byte[SizeOfStruct];
        return StatX((int)file.DangerousGetHandle(), "", EmptyPath, TypeOwnerInodeSize, status) == 0 ? From(status) : null;
    }

    /// <summary>Which files this process has open; null where the system does not tell.</summary>
    public static HashSet<FileIdentity>? OfAllOpen()
    {
        const string Directory = "/proc/self/fd";
        if (!OperatingSystem.IsLinux() || !System.IO.Directory.Exists(Directory)) return null;
        HashSet<FileIdentity> open = [];
        Span<byte> status = stackalloc byte[SizeOfStruct];
        foreach (string entry in System.IO.Directory.EnumerateFileSystemEntries(Directory))
        {
            int descriptor = int.Parse(Path.GetFileName(entry.AsSpan()), CultureInfo.InvariantCulture);
            if (StatX(descriptor, "", EmptyPath, TypeOwnerInodeSize, status) == 0) open.Add(From(status).Identity);
        }

        return open;
    }

    /// <summary>
    /// By what .NET tells on every system. The analyzer runs there, on the machine of whoever reads a capture: whether a file is hers to replace
    /// is left to the system, and no file is known again by its inode.
    /// </summary>
    internal static LinkStatus? Elsewhere(string path)
    {
        try
        {
            FileAttributes attributes = File.GetAttributes(path);
            bool isRegular = (attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint | FileAttributes.Device)) == 0;
            return new LinkStatus(isRegular, IsOwn: true, Owner: 0, default, isRegular ? new FileInfo(path).Length : 0);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw FileTrouble.Looking(path, error);
        }
    }

    [SupportedOSPlatform("linux")]
    private static LinkStatus? OnLinux(string path)
    {
        Span<byte> status = stackalloc byte[SizeOfStruct];
        if (StatX(CurrentDirectory, path, NoFollow, TypeOwnerInodeSize, status) != 0)
        {
            return Marshal.GetLastPInvokeError() == NoSuchFile ? null : throw FileTrouble.Looking(path, FileTrouble.OfNumber(Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage()));
        }

        return From(status);
    }

    [SupportedOSPlatform("linux")]
    private static LinkStatus From(ReadOnlySpan<byte> status)
    {
        uint owner = MemoryMarshal.Read<uint>(status[OwnerOffset..]);
        var identity = new FileIdentity(MemoryMarshal.Read<ulong>(status[DeviceOffset..]), MemoryMarshal.Read<long>(status[InodeOffset..]));
        return new LinkStatus(
            (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & Kind) == Regular, owner == GetEffectiveUser(), owner,
            identity, MemoryMarshal.Read<long>(status[LengthOffset..]));
    }

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [SupportedOSPlatform("linux")]
    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}

/// <summary>By which a file is known again, whatever its name; both numbers are 0 where the system has none.</summary>
internal readonly record struct FileIdentity(ulong Device, long Inode);
