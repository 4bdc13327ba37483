using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Guard;

/// <summary>
/// The agent's side of its guard: this executable once more, in a session of its own, which learns of this process' death by the end of a pipe,
/// and then restores the host. It runs before anything is changed, and ends with this process.
/// </summary>
internal sealed unsafe class GuardLink : IDisposable
{
    /// <summary>The hidden command that this executable is started with.</summary>
    public const string Command = "guard";

    private const int PatienceSeconds = 5;

    private readonly int _messages;
    private readonly int _answers;
    private readonly int _process;
    private readonly string? _whyNot;
    private bool _disposed;

    private GuardLink(int messages, int answers, int process, string? whyNot) => (_messages, _answers, _process, _whyNot) = (messages, answers, process, whyNot);

    /// <summary>Starts a guard, which takes as long as a program takes to start: see <see cref="Await"/>.</summary>
    /// <param name="host">Where /proc is.</param>
    public static GuardLink Start(HostRoot host)
    {
        if (!DetachedProcess.TryPipe(out var messagesRead, out var messagesWrite)) return new(-1, -1, 0, Marshal.GetLastPInvokeErrorMessage());
        if (!DetachedProcess.TryPipe(out var answersRead, out var answersWrite))
        {
            var why = Marshal.GetLastPInvokeErrorMessage();
            foreach (var fd in new[] { messagesRead, messagesWrite }) _ = Libc.Close(fd);
            return new(-1, -1, 0, why);
        }

        var error = DetachedProcess.Start(host.At("/proc/self/exe"), CommandLine(), messagesRead, answersWrite, out var process);
        _ = Libc.Close(messagesRead);
        _ = Libc.Close(answersWrite);
        return new(messagesWrite, answersRead, process, error);
    }

    /// <summary>Waits until it runs. Call it once, before anything is made that it would have to undo.</summary>
    /// <returns>Why there is no guard; null as a rule.</returns>
    public string? Await()
    {
        if (_whyNot is not null) return _whyNot;
        var said = Answer(_answers) ?? [];
        return said is [(byte)'\n', ..] ? null : said.Length > 0 ? Encoding.UTF8.GetString(said) : $"it did not start within {PatienceSeconds} s";
    }

    /// <summary>Tells it of a step that takes back what is about to be done.</summary>
    public void Expect(UndoStep step) => Tell(GuardMessage.Of(step));

    /// <summary>Tells it of the capture file that is about to be made.</summary>
    public void ExpectFile(string path) => Tell(new GuardMessage(GuardMessage.File, path, ""));

    /// <summary>Tells it that the file is made.</summary>
    public void FileIsMade(string path, long inode) =>
        Tell(new GuardMessage(GuardMessage.Made, path, inode.ToString(CultureInfo.InvariantCulture)));

    /// <summary>All is undone: ends it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Tell(new GuardMessage(GuardMessage.Done, "", ""));
        _ = Libc.Close(_messages);
        if (_process > 0)
        {
            byte[]? said;
            do said = Answer(_answers);
            while (said is { Length: > 0 });

            // At the end of its answers it is ending: nobody shall find it once this process is gone.
            DetachedProcess.Reap(_process, wait: said is not null);
        }

        _ = Libc.Close(_answers);
    }

    /// <summary>A guard that is gone is told nothing; the other nets are still there.</summary>
    private void Tell(GuardMessage message)
    {
        var bytes = message.ToBytes();
        fixed (byte* start = bytes)
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                var written = Libc.Write(_messages, start + sent, bytes.Length - sent);
                if (written < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr) continue;
                if (written <= 0) return;
                sent += (int)written;
            }
        }
    }

    /// <summary>What it says next; empty at its end, null where it says nothing for a long time.</summary>
    private static byte[]? Answer(int fd)
    {
        var wait = new Libc.PollFd { Fd = fd, Events = Libc.PollIn };
        if (Libc.Poll(&wait, 1, PatienceSeconds * 1000) <= 0) return null;
        var bytes = new byte[4096];
        fixed (byte* start = bytes) return bytes[..(int)Math.Max(0, Libc.Read(fd, start, bytes.Length))];
    }

    /// <summary>This very program, by the runtime's host where it is not native.</summary>
    private static string[] CommandLine()
    {
        var self = Environment.GetCommandLineArgs()[0];
        var parent = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var byHost = Path.GetFileName(Environment.ProcessPath) == "dotnet";
        return byHost ? ["dotnet", Path.Combine(AppContext.BaseDirectory, "capture.dll"), Command, parent] : [self, Command, parent];
    }
}
