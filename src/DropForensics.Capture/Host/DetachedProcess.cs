using System.Collections;
using System.Runtime.InteropServices;

namespace DropForensics.Capture.Host;

/// <summary>
/// Starts a program that survives this one: in a session of its own, without a terminal, and with only the given descriptors open. Uses
/// posix_spawn(3), because fork is not safe with a runtime's threads.
/// </summary>
internal static unsafe partial class DetachedProcess
{
    private const short SetSignalMask = 0x08, SetSession = 0x80;   // POSIX_SPAWN_SETSIGMASK, POSIX_SPAWN_SETSID
    private const int NoHang = 1;                                  // WNOHANG
    private const int Room = 1024;                                 // more than any libc's posix_spawnattr_t, sigset_t and file actions

    // SIGHUP, INT, QUIT, USR1, USR2, PIPE, ALRM, TERM, STKFLT, TSTP, TTIN, TTOU, XCPU, XFSZ, VTALRM, PROF, IO, PWR. Not those of a fault, and
    // not the realtime ones, which runtimes use for themselves.
    private static readonly int[] Blocked = [1, 2, 3, 10, 12, 13, 14, 15, 16, 20, 21, 22, 24, 25, 26, 27, 29, 30];

    /// <summary>A pipe whose ends no other program inherits.</summary>
    public static bool TryPipe(out int read, out int write)
    {
        int* ends = stackalloc int[2];
        bool made = Pipe2(ends, Libc.OCloExec) == 0;
        (read, write) = made ? (ends[0], ends[1]) : (-1, -1);
        return made;
    }

    /// <param name="path">The program.</param>
    /// <param name="arguments">Its own name first.</param>
    /// <param name="streams">Its standard input, output and error.</param>
    /// <param name="survives">With every terminating signal blocked; else with none.</param>
    /// <param name="process">Its pid; 0 if it could not be started.</param>
    /// <param name="variable">One more variable of its environment: <c>NAME=value</c>.</param>
    /// <returns>Why it could not be started; null if it was.</returns>
    public static string? Start(string path, string[] arguments, (int Input, int Output, int Error) streams, bool survives, out int process, string? variable = null)
    {
        byte* actions = stackalloc byte[Room], attributes = stackalloc byte[Room], signals = stackalloc byte[Room];
        new Span<byte>(signals, Room).Clear();
        foreach (int signal in survives ? Blocked : []) signals[(signal - 1) / 8] |= (byte)(1 << ((signal - 1) % 8));
        _ = FileActionsInit(actions);
        _ = AttributesInit(attributes);
        using var argumentList = new TextList(arguments);
        using var environmentList = new TextList(OwnEnvironmentAnd(variable));
        int pid = 0, error = AddDuplicate(actions, streams.Input, 0);
        if (error == 0) error = AddDuplicate(actions, streams.Output, 1);
        if (error == 0) error = AddDuplicate(actions, streams.Error, 2);
        if (error == 0) error = AddCloseFrom(actions, 3);
        if (error == 0) error = SetFlags(attributes, SetSession | SetSignalMask);
        if (error == 0) error = SetMask(attributes, signals);
        if (error == 0) error = Spawn(&pid, path, actions, attributes, argumentList.Pointer, environmentList.Pointer);
        _ = FileActionsDestroy(actions);
        _ = AttributesDestroy(attributes);
        process = pid;
        return error == 0 ? null : Marshal.GetPInvokeErrorMessage(error);
    }

    /// <summary>Reaps a child that has ended.</summary>
    /// <param name="process">Its pid.</param>
    /// <param name="wait">It is about to end: wait for that.</param>
    /// <returns>Its exit code; null if it has not ended, or was killed.</returns>
    public static int? Reap(int process, bool wait)
    {
        int status = -1;
        return WaitPid(process, &status, wait ? 0 : NoHang) == process && (status & 0x7f) == 0 ? (status >> 8) & 0xff : null;
    }

    /// <summary>The command that starts this program again; under .NET with the runtime's host.</summary>
    /// <param name="words">Its arguments.</param>
    public static string[] Again(params IEnumerable<string> words) =>
        Path.GetFileName(Environment.ProcessPath) == "dotnet"
            ? ["dotnet", Path.Combine(AppContext.BaseDirectory, "capture.dll"), .. words]
            : [Environment.GetCommandLineArgs()[0], .. words];

    private static List<string> OwnEnvironmentAnd(string? another)
    {
        // Not with LINQ, which is compiled again for every struct type: 100 KB here.
        var variables = new List<string>();
        if (another is not null) variables.Add(another);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) variables.Add($"{variable.Key}={variable.Value}");
        return variables;
    }

    /// <summary>A list of texts for C: each ends with a zero byte, the list with a null.</summary>
    private readonly struct TextList : IDisposable
    {
        private readonly nint[] _texts;
        private readonly GCHandle _pinned;

        public TextList(IReadOnlyList<string> texts)
        {
            _texts = new nint[texts.Count + 1];
            for (int i = 0; i < texts.Count; i++) _texts[i] = Marshal.StringToCoTaskMemUTF8(texts[i]);
            _pinned = GCHandle.Alloc(_texts, GCHandleType.Pinned);
        }

        public nint Pointer => _pinned.AddrOfPinnedObject();

        public void Dispose()
        {
            _pinned.Free();
            foreach (nint text in _texts) Marshal.FreeCoTaskMem(text);
        }
    }

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "waitpid")]
    private static partial int WaitPid(int process, int* status, int options);

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Spawn(int* process, string path, byte* actions, byte* attributes, nint arguments, nint environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int FileActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int FileActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int AddDuplicate(byte* actions, int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int AddCloseFrom(byte* actions, int firstFd);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int SetMask(byte* attributes, byte* signals);
}
