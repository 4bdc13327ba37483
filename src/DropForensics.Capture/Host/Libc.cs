using System.Runtime.InteropServices;

namespace DropForensics.Capture.Host;

/// <summary>
/// System calls that the framework does not offer. Numbers are those of Linux on x86-64 and arm64
/// (include/uapi/asm-generic); the static agent links them straight from its own libc.
/// </summary>
internal static unsafe partial class Libc
{
    public const int ORdOnly = 0, ONonBlock = 0x800, OCloExec = 0x80000;

    /// <summary>arm64 has its own number for it.</summary>
    public static int ODirectory => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;

    public const int ENoEntry = 2, ESearch = 3, EIntr = 4, EAgain = 11, EAcces = 13, EBusy = 16, ENoDev = 19, EInval = 22, EMFile = 24, ENoSpace = 28;
    public const short PollIn = 1, PollErr = 8;
    public const int ClockRealTime = 0, ClockMonotonic = 1, ClockThreadCpuTime = 3, ClockBootTime = 7;
    public const int CloneNewNet = 0x40000000;
    private const int RLimitNoFile = 7;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollFd
    {
        public int Fd;
        public short Events;
        public short Revents;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }

    /// <summary>A loaded executable or library: the beginning of struct dl_phdr_info (link.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LoadedObject
    {
        public ulong Base;
        public byte* Name;
        public ProgramHeader* Headers;
        public ushort HeaderCount;
    }

    /// <summary>Elf64_Phdr (elf.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct ProgramHeader
    {
        public uint Type;
        public uint Flags;
        public ulong Offset;
        public ulong Address;
        public ulong PhysicalAddress;
        public ulong FileSize;
        public ulong MemorySize;
        public ulong Alignment;
    }

    [LibraryImport("libc", EntryPoint = "dl_iterate_phdr")]
    public static partial int IterateLoadedObjects(delegate* unmanaged[Cdecl]<LoadedObject*, nint, LoadedObject*, int> visit, LoadedObject* data);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "open_by_handle_at", SetLastError = true)]
    public static partial int OpenByHandle(int mount, byte* handle, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "readlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint ReadLink(string path, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "opendir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint OpenDirectory(string path);

    /// <summary>struct dirent: inode, offset, size of the record (2 bytes), kind, and the name to its NUL.</summary>
    [LibraryImport("libc", EntryPoint = "readdir", SetLastError = true)]
    public static partial byte* ReadDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "closedir")]
    public static partial int CloseDirectory(nint directory);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int fd, int command);

    /// <summary>struct flock: a lock on a file as a whole.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct FileLock
    {
        public short Kind;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int FileControl(int fd, int command, ref FileLock file);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "execv", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Execute(string path, nint* arguments);

    [LibraryImport("libc", EntryPoint = "getrandom", SetLastError = true)]
    public static partial nint GetRandom(byte* buffer, nint count, uint flags);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentProcess();

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeDirectory(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(string path, string another);

    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetCreationMask(uint mask);

    [LibraryImport("libc", EntryPoint = "rmdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RemoveDirectory(string path);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* fds, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int ClockGetTime(int clock, out TimeSpec time);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNs(int fd, int kind);

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSockOpt(int fd, int level, int option, byte* value, uint* length);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int fd, byte* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int fd, byte* buffer, nint count, int flags);

    /// <summary>The system call bpf, of which libc has no function of its own.</summary>
    public static int Bpf(int command, void* attributes, int size) =>
        (int)SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 280 : 321, command, attributes, size, 0);

    /// <summary>The system call pidfd_open: a descriptor of a process, which never becomes another's. It is readable once the process has ended.</summary>
    public static int OpenProcess(int pid) => (int)SystemCall(434, pid, null, 0, 0);

    /// <summary>The system call pidfd_send_signal.</summary>
    public static int SignalProcess(int process, int signal) => (int)SystemCall(424, process, (void*)signal, 0, 0);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint first, void* second, nint third, nint fourth);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int fd, nuint request, void* argument);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* result);

    [LibraryImport("libc", EntryPoint = "faccessat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AccessAt(int directory, string path, int mode, int flags);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    private static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    private static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    public static bool IsRoot => GetEffectiveUser() == 0;

    /// <summary>Whether the kernel would allow us to write there; checks read-only mounts too, and opens nothing.</summary>
    public static bool MayWrite(string path)
    {
        const int WOk = 2, AtFdCwd = -100, AtEAccess = 0x200;
        return AccessAt(AtFdCwd, path, WOk, AtEAccess) == 0;
    }

    /// <summary>RLIMIT_NOFILE; null if the kernel does not report it.</summary>
    public static Limit? OpenFileLimit() => GetLimit(RLimitNoFile, out Limit limit) == 0 ? limit : null;

    /// <summary>Sets it, if allowed.</summary>
    public static void SetOpenFileLimit(ulong soft, ulong hard) => _ = SetLimit(RLimitNoFile, new Limit { Soft = soft, Hard = hard });

    /// <summary>The inode of an open file; null if the kernel does not report it.</summary>
    public static long? InodeOf(int fd)
    {
        const int AtEmptyPath = 0x1000, InodeOffset = 32, ResultSize = 256;
        const uint StatxIno = 0x100;
        byte* result = stackalloc byte[ResultSize];
        return Statx(fd, "", AtEmptyPath, StatxIno, result) == 0 ? *(long*)(result + InodeOffset) : null;
    }

    /// <summary>Device and inode of the file with this name, not following a link; null if there is none.</summary>
    public static (ulong Device, long Inode)? IdentityOf(string path)
    {
        const int CurrentDirectory = -100, NoFollow = 0x100, InodeOffset = 32, DeviceOffset = 136, ResultSize = 256;
        const uint StatxIno = 0x100;
        byte* result = stackalloc byte[ResultSize];
        return Statx(CurrentDirectory, path, NoFollow, StatxIno, result) == 0 ? (*(ulong*)(result + DeviceOffset), *(long*)(result + InodeOffset)) : null;
    }

    /// <summary>ns on one of the kernel's clocks.</summary>
    public static long ReadClockNs(int clock)
    {
        _ = ClockGetTime(clock, out TimeSpec time);
        return (time.Seconds * 1_000_000_000) + time.Nanoseconds;
    }
}
