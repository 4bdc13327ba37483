using System.Runtime.InteropServices;

namespace DropForensics.Core.Store;

/// <summary>Kind, owner and identity of what a path names, a link itself rather than what it points to.</summary>
internal readonly partial record struct LinkStatus(ushort Mode, uint Owner, long Inode, long Length)
{
    // statx(2), because its struct has one layout on all machines (include/uapi/linux/stat.h).
    private const int CurrentDirectory = -100;      // AT_FDCWD
    private const int NoFollow = 0x100;             // AT_SYMLINK_NOFOLLOW
    private const uint TypeOwnerInodeSize = 0x309;  // STATX_TYPE | STATX_UID | STATX_INO | STATX_SIZE
    private const int SizeOfStruct = 256;
    private const int OwnerOffset = 20;             // stx_uid
    private const int ModeOffset = 28;              // stx_mode
    private const int InodeOffset = 32;             // stx_ino
    private const int LengthOffset = 40;            // stx_size
    private const int NoSuchFile = 2;               // ENOENT

    public bool IsRegularFile => (Mode & 0xF000) == 0x8000; // S_ISREG

    /// <summary>It is the caller's own.</summary>
    public bool IsOwn => Owner == GetEffectiveUser();

    /// <summary>Null where nothing has that name.</summary>
    /// <exception cref="UserError">The directory may not be searched.</exception>
    public static LinkStatus? Of(string path)
    {
        Span<byte> status = stackalloc byte[SizeOfStruct];
        if (StatX(CurrentDirectory, path, NoFollow, TypeOwnerInodeSize, status) != 0)
        {
            if (Marshal.GetLastPInvokeError() == NoSuchFile) return null;
            throw new UserError($"cannot look at {path}: {Marshal.GetLastPInvokeErrorMessage()}", "Name a file in a directory you may search.");
        }

        return new LinkStatus(
            MemoryMarshal.Read<ushort>(status[ModeOffset..]), MemoryMarshal.Read<uint>(status[OwnerOffset..]),
            MemoryMarshal.Read<long>(status[InodeOffset..]), MemoryMarshal.Read<long>(status[LengthOffset..]));
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();
}
