using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Guard;

/// <summary>
/// The agent's side of its guard. The guard is a second process of this executable, in a session of its own. The end of a pipe tells it that this
/// process died, and then it restores the host. It starts before anything is changed, and ends with this process.
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

    /// <summary>Starts a guard, which takes some time: see <see cref="Await"/>.</summary>
    /// <param name="host">Where /proc is.</param>
    public static GuardLink Start(HostRoot host)
    {
        if (!DetachedProcess.TryPipe(out int messagesRead, out int messagesWrite)) return new(-1, -1, 0, Marshal.GetLastPInvokeErrorMessage());
        if (!DetachedProcess.TryPipe(out int answersRead, out int answersWrite))
        {
            string why = Marshal.GetLastPInvokeErrorMessage();
            foreach (int fd in new[] { messagesRead, messagesWrite }) _ = Libc.Close(fd);
            return new(-1, -1, 0, why);
        }

        string? error = DetachedProcess.Start(
            host.At("/proc/self/exe"), DetachedProcess.Again(Command, Environment.ProcessId.ToString(CultureInfo.InvariantCulture)), (messagesRead, answersWrite, answersWrite), survives: true, out int process);
        _ = Libc.Close(messagesRead);
        _ = Libc.Close(answersWrite);
        return new(messagesWrite, answersRead, process, error);
    }

    /// <summary>Waits until it runs. Call it once, before making anything that it would have to undo.</summary>
    /// <returns>Why there is no guard; usually null.</returns>
    public string? Await()
    {
        if (_whyNot is not null) return _whyNot;
        byte[] said = Answer(_answers) ?? [];
        return said is [(byte)'\n', ..] ? null : said.Length > 0 ? Encoding.UTF8.GetString(said) : $"it did not start within {PatienceSeconds} s";
    }

    /// <summary>Announces the undo step of the next change.</summary>
    public void Expect(UndoStep step) => Tell(GuardMessage.Of(step));

    /// <summary>Announces the capture file that is about to be made.</summary>
    public void ExpectFile(string path) => Tell(new GuardMessage(GuardMessage.File, path, ""));

    /// <summary>Reports that the file was made.</summary>
    public void FileIsMade(string path, long inode) =>
        Tell(new GuardMessage(GuardMessage.Made, path, inode.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Announces the file of metrics that is about to be made.</summary>
    public void ExpectMetrics(string path) => Tell(new GuardMessage(GuardMessage.Metrics, path, ""));

    /// <summary>Reports that everything is undone, which ends the guard.</summary>
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

            // Its answers end when it exits: it must not outlive this process.
            _ = DetachedProcess.Reap(_process, wait: said is not null);
        }

        _ = Libc.Close(_answers);
    }

    /// <summary>Sends nothing to a guard that has ended; the kernel's own safeguards remain.</summary>
    private void Tell(GuardMessage message)
    {
        byte[] bytes = message.ToBytes();
        fixed (byte* start = bytes)
        {
            for (int sent = 0; sent < bytes.Length;)
            {
                nint written = Libc.Write(_messages, start + sent, bytes.Length - sent);
                if (written < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr) continue;
                if (written <= 0) return;
                sent += (int)written;
            }
        }
    }

    /// <summary>Its next answer; empty at its end, null after a long silence.</summary>
    private static byte[]? Answer(int fd)
    {
        var wait = new Libc.PollFd { Fd = fd, Events = Libc.PollIn };
        if (Libc.Poll(&wait, 1, PatienceSeconds * 1000) <= 0) return null;
        byte[] bytes = new byte[4096];
        fixed (byte* start = bytes) return bytes[..(int)Math.Max(0, Libc.Read(fd, start, bytes.Length))];
    }
}
