using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Background;

/// <summary>
/// A capture that runs without a terminal, as the other commands see it: a folder below <c>/run</c> which root alone can read. It holds a <c>lock</c>, the
/// latest <c>status</c>, and what the capture prints (<c>result</c> and <c>log</c>). No number in a file is believed to be its process: the capture
/// holds the lock as long as it lives, and the kernel says who that is (fcntl(2), F_GETLK).
/// </summary>
internal sealed unsafe class BackgroundCapture
{
    private const string Parent = "/run/dropforensics";
    private const string Variable = "DROPFORENSICS_BACKGROUND";
    private const int ReadWrite = 2, GetLock = 5, SetLock = 6, Terminate = 15;
    private const short WriteLock = 1, NoLock = 2;

    private readonly string _folder;

    private BackgroundCapture(string folder) => _folder = folder;

    private string Lock => Path.Combine(_folder, "lock");

    private string Log => Path.Combine(_folder, "log");

    private string Result => Path.Combine(_folder, "result");

    private string StatusFile => Path.Combine(_folder, "status");

    /// <summary>What it said last of itself; null before it records.</summary>
    public BackgroundStatus? Status => HostRoot.TryReadFile(StatusFile) is { } bytes ? BackgroundStatus.Parse(Encoding.UTF8.GetString(bytes)) : null;

    /// <summary>Whether it runs, in whichever PID namespace.</summary>
    public bool IsRunning => Holder() is not null;

    /// <summary>What it printed as its result.</summary>
    public string ResultText => Encoding.UTF8.GetString(HostRoot.TryReadFile(Result) ?? []);

    /// <summary>What else it printed while it ran.</summary>
    public string LogText => Encoding.UTF8.GetString(HostRoot.TryReadFile(Log) ?? []);

    /// <summary>Those that were started on this host and have a status, in the order of their beginning.</summary>
    public static IReadOnlyList<BackgroundCapture> All(HostRoot host)
    {
        string parent = host.At(Parent);
        if (!Directory.Exists(parent)) return [];
        if (!Libc.IsRoot) throw new UserError("only root may see the captures in the background", "Run this as root.", ExitCode.Unable);
        return [.. Directory.GetDirectories(parent).Select(folder => new BackgroundCapture(folder)).Where(each => each.Status is not null).OrderBy(each => each.Status?.Begun, StringComparer.Ordinal)];
    }

    /// <summary>Starts this program again with these words, waits until it records, and prints meanwhile what it has to say.</summary>
    /// <param name="host">Where /run and /proc are.</param>
    /// <param name="words">The options of the capture.</param>
    /// <param name="exitCode">Its exit code, where it ended before it recorded.</param>
    /// <returns>The capture; null if it ended before it recorded.</returns>
    /// <exception cref="UserError">It cannot be started here.</exception>
    public static BackgroundCapture? Start(HostRoot host, IEnumerable<string> words, out int exitCode)
    {
        BackgroundCapture capture = Create(host);
        (int Input, int Output, int Error) streams = (Input: Libc.Open(host.At("/dev/null"), Libc.ORdOnly | Libc.OCloExec), Output: Libc.Open(capture.Result, ReadWrite | Libc.OCloExec), Error: -1);
        if (!DetachedProcess.TryPipe(out int said, out streams.Error)) throw Cannot(Marshal.GetLastPInvokeErrorMessage());
        string? error = DetachedProcess.Start(
            host.At("/proc/self/exe"), DetachedProcess.Again(words), streams, survives: false, out int process, $"{Variable}={capture._folder}");
        foreach (int fd in new[] { streams.Input, streams.Output, streams.Error }) _ = Libc.Close(fd);
        if (error is not null)
        {
            capture.Remove();
            throw Cannot(error);
        }

        bool records = Relay(said);
        _ = Libc.Close(said);
        exitCode = 0;
        if (records) return capture;
        exitCode = DetachedProcess.Reap(process, wait: true) ?? (int)ExitCode.Failed;
        Console.Out.Write(capture.ResultText);
        capture.Remove();
        return null;
    }

    /// <summary>The one that this process is, and holds the lock of; null in the foreground.</summary>
    public static BackgroundCapture? OfThisProcess()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder) return null;
        var capture = new BackgroundCapture(folder);
        var whole = new Libc.FileLock { Kind = WriteLock };
        int fd = Libc.Open(capture.Lock, ReadWrite | Libc.OCloExec);   // Stays open: closing any descriptor of it would give up the lock.
        return fd >= 0 && Libc.FileControl(fd, SetLock, ref whole) == 0 ? capture : throw Cannot(Marshal.GetLastPInvokeErrorMessage());
    }

    /// <summary>Tells the command that started it that it records. From here on, messages go to the log.</summary>
    /// <param name="status">Its status at the beginning.</param>
    /// <returns>False: that command was broken off, or could not see the status, and would not know of it.</returns>
    public bool HandOver(BackgroundStatus status)
    {
        byte zero = 0;
        if (!Say(status) || Libc.Write(2, &zero, 1) != 1) return false;
        int log = Libc.Open(Log, ReadWrite | Libc.OCloExec);
        _ = Libc.Duplicate(log, 2);
        _ = Libc.Close(log);
        return true;
    }

    /// <summary>Says how it goes, or how it ended.</summary>
    /// <returns>False: it cannot be written, which changes nothing for the capture.</returns>
    public bool Say(BackgroundStatus status)
    {
        string next = StatusFile + ".new";
        try
        {
            File.WriteAllText(next, status.ToText());
            File.Move(next, StatusFile, overwrite: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Says that it has ended, if it ever recorded.</summary>
    public void End(ExitCode code)
    {
        if (Status is { } last) _ = Say(last with { ExitCode = (int)code });
    }

    /// <summary>Ends it as Ctrl-C does, and waits for its end.</summary>
    /// <exception cref="UserError">It is not to be reached from here.</exception>
    public void Stop()
    {
        while (Holder() is { } pid)
        {
            // It may have ended since, and its number be another's: asked once more, the kernel still names the number that is open here.
            int process = pid > 0 ? Libc.OpenProcess(pid) : -1;
            if (process < 0 && pid > 0 && Marshal.GetLastPInvokeError() == Libc.ESearch) continue;
            if (process < 0)
                throw new UserError($"the capture into {Printable.Of(Status?.File ?? _folder)} runs in another PID namespace", "Stop it there, in the container that it was started in.", ExitCode.Unable);
            try
            {
                if (Holder() != pid) continue;
                if (Libc.SignalProcess(process, Terminate) != 0)
                    throw new UserError($"the capture into {Printable.Of(Status?.File ?? _folder)} cannot be stopped: {Marshal.GetLastPInvokeErrorMessage()}", "Run this as root.", ExitCode.Unable);
                var end = new Libc.PollFd { Fd = process, Events = Libc.PollIn };
                while (Libc.Poll(&end, 1, -1) < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr)
                {
                }
            }
            finally
            {
                _ = Libc.Close(process);
            }
        }
    }

    /// <summary>Forgets it, unless another command has.</summary>
    public void Remove()
    {
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            return;
        }

        _ = Libc.RemoveDirectory(Path.GetDirectoryName(_folder)!);   // if it was the last one
    }

    /// <summary>The process that holds the lock; 0 if this PID namespace has no number for it, null if none does.</summary>
    private int? Holder()
    {
        int fd = Libc.Open(Lock, ReadWrite | Libc.OCloExec);
        if (fd < 0) return null;
        var whole = new Libc.FileLock { Kind = WriteLock };
        bool failed = Libc.FileControl(fd, GetLock, ref whole) != 0;
        _ = Libc.Close(fd);
        return failed || whole.Kind == NoLock ? null : Math.Max(whole.Process, 0);
    }

    private static BackgroundCapture Create(HostRoot host)
    {
        string folder = Path.Combine(host.At(Parent), RandomId.New().ToString("N")[..8]);
        try
        {
            Directory.CreateDirectory(folder);   // for root alone: Program sets the umask
            foreach (string name in (string[])["lock", "log", "result"]) File.WriteAllBytes(Path.Combine(folder, name), []);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Cannot(e.Message);
        }

        return new BackgroundCapture(folder);
    }

    /// <summary>Prints what the capture says until it records or ends.</summary>
    /// <returns>Whether it records.</returns>
    private static bool Relay(int said)
    {
        byte[] bytes = new byte[4096];
        fixed (byte* start = bytes)
        {
            while (true)
            {
                int read = (int)Libc.Read(said, start, bytes.Length);
                if (read < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr) continue;
                if (read <= 0) return false;
                int end = bytes.AsSpan(0, read).IndexOf((byte)0);
                Console.Error.Write(Encoding.UTF8.GetString(bytes, 0, end < 0 ? read : end));
                if (end >= 0) return true;
            }
        }
    }

    private static UserError Cannot(string why) =>
        new($"a capture cannot be started in the background: {why}", "Run it without 'start', for example under systemd-run.", ExitCode.Unable);
}

/// <summary>How a capture in the background goes.</summary>
/// <param name="File">The file it was asked for, as a full path.</param>
/// <param name="Begun">When it began to record: UTC, as 2026-11-30T16:00:00.000Z.</param>
/// <param name="Seconds">How long it has recorded.</param>
/// <param name="Drops">How many drops it has recorded.</param>
/// <param name="Rate">Of these in the last second.</param>
/// <param name="Lost">How many records it has lost.</param>
/// <param name="TopReason">The most frequent reason; null before the first drop.</param>
/// <param name="ExitCode">Its exit code; null while it runs, and if it was killed.</param>
/// <param name="IsEnding">Nothing more is recorded; what is in the kernel's buffers is stored.</param>
internal sealed record BackgroundStatus(
    string File, string Begun, long Seconds = 0, long Drops = 0, long Rate = 0, long Lost = 0, string? TopReason = null, int? ExitCode = null, bool IsEnding = false)
{
    private const char Unknown = '-';
    private const string Ending = "ending", Recording = "recording";
    private const long MostSeconds = 1_000_000_000;

    /// <summary>One line of numbers and words, and the path behind it, which may hold anything.</summary>
    public string ToText() => string.Create(CultureInfo.InvariantCulture, $"{Begun} {Seconds} {Drops} {Rate} {Lost} {TopReason?.Replace(' ', '_') ?? "-"} {ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "-"} {(IsEnding ? Ending : Recording)}\n{File}");

    /// <summary>Reads <see cref="ToText"/>; null if it is something else.</summary>
    public static BackgroundStatus? Parse(string text)
    {
        int newline = text.IndexOf('\n');
        string[] words = newline < 0 ? [] : text[..newline].Split(' ');
        if (words.Length != 8 || !long.TryParse(words[1], CultureInfo.InvariantCulture, out long seconds) || seconds is < 0 or > MostSeconds) return null;
        long[] numbers = new long[3];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (!long.TryParse(words[2 + i], CultureInfo.InvariantCulture, out numbers[i])) return null;
        }

        return new(
            text[(newline + 1)..], words[0], seconds, numbers[0], numbers[1], numbers[2], words[5] is [Unknown] ? null : words[5],
            int.TryParse(words[6], CultureInfo.InvariantCulture, out int code) ? code : null, words[7] == Ending);
    }
}
