using System.Runtime.InteropServices;

namespace DropForensics.Core.Store;

/// <summary>
/// Makes the empty file a capture goes into. The agent runs as root and often writes to /tmp, where others may have laid
/// links: the file is new (O_CREAT|O_EXCL, which follows no link), its mode 0600, and only a regular file of the
/// caller's own makes room for it. SQLite copies the mode to -wal and -shm and opens these with O_NOFOLLOW.
/// </summary>
internal static partial class NewFile
{
    /// <summary>Says whether the file could be made, and touches nothing.</summary>
    /// <exception cref="UserError">There is no such directory, or something stands in the file's place that may not go.</exception>
    public static void Check(string path, bool force)
    {
        string directory = Path.GetDirectoryName(path) ?? "/";
        if (!Directory.Exists(directory))
            throw new UserError($"cannot create {path}: {directory} is no directory", "Name an existing directory.");

        MayGo(path, force);
        if (force && new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
            throw new UserError($"{path}-wal lies beside it: a capture is writing that file, or died while it did", "Wait for its end, or remove both files yourself.");
        foreach (string suffix in CaptureFile.CompanionSuffixes) MayGo(path + suffix, force);
    }

    /// <exception cref="UserError">The file cannot be made, or something stands in its place.</exception>
    public static void Create(string path, bool force)
    {
        Check(path, force);
        Remove(path);
        foreach (string suffix in CaptureFile.CompanionSuffixes) Remove(path + suffix);
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            new FileStream(path, options).Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"cannot create {path}: {error.Message}", "Name a file in a directory you may write to, on a file system with room.");
        }
    }

    private static void MayGo(string path, bool force)
    {
        if (LinkStatus.Of(path) is not { } status) return;
        if (!force)
            throw new UserError($"{path} exists already", "Name another file, or replace this one with --force.");
        if (!status.IsRegularFile)
            throw new UserError($"{path} is not a regular file, and --force replaces nothing else", "Name another file.");
        if (status.Owner != GetEffectiveUser())
            throw new UserError($"{path} belongs to user {status.Owner}, and --force replaces only your own files", "Name another file.");
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserError($"cannot replace {path}: {error.Message}", "Name another file.");
        }
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    /// <summary>Kind and owner of what a path names, a link itself rather than what it points to.</summary>
    internal readonly partial record struct LinkStatus(ushort Mode, uint Owner)
    {
        // statx(2), because its struct has one layout on all machines (include/uapi/linux/stat.h).
        private const int CurrentDirectory = -100; // AT_FDCWD
        private const int NoFollow = 0x100;        // AT_SYMLINK_NOFOLLOW
        private const uint TypeAndOwner = 0x9;     // STATX_TYPE | STATX_UID
        private const int SizeOfStruct = 256;
        private const int OwnerOffset = 20;        // stx_uid
        private const int ModeOffset = 28;         // stx_mode
        private const int NoSuchFile = 2;          // ENOENT

        public bool IsRegularFile => (Mode & 0xF000) == 0x8000; // S_ISREG

        /// <summary>Null where nothing has that name.</summary>
        public static LinkStatus? Of(string path)
        {
            Span<byte> status = stackalloc byte[SizeOfStruct];
            if (StatX(CurrentDirectory, path, NoFollow, TypeAndOwner, status) != 0)
            {
                if (Marshal.GetLastPInvokeError() == NoSuchFile) return null;
                throw new UserError($"cannot look at {path}: {Marshal.GetLastPInvokeErrorMessage()}", "Name a file in a directory you may search.");
            }

            ushort mode = MemoryMarshal.Read<ushort>(status[ModeOffset..]);
            uint owner = MemoryMarshal.Read<uint>(status[OwnerOffset..]);
            return new LinkStatus(mode, owner);
        }

        [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        private static partial int StatX(int directory, string path, int flags, uint mask, Span<byte> status);
    }
}
