using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Guard;

/// <summary>
/// The agent's side of its guard: this executable once more, in a session of its own, which learns of this process' death by the end of a pipe,
/// and then puts the host back. It stands ready before anything is changed, and ends with this process.
/// </summary>
internal sealed unsafe class GuardPost : IDisposable
{
    /// <summary>The hidden command that this executable is started with.</summary>
    public const string Command = "guard";

    private const int PatienceMs = 5000;

    private readonly int _orders;
    private readonly int _answers;
    private readonly int _process;
    private readonly string? _whyNot;
    private bool _disposed;

    private GuardPost(int orders, int answers, int process, string? whyNot) => (_orders, _answers, _process, _whyNot) = (orders, answers, process, whyNot);

    /// <summary>Sends for a guard, which takes as long as a program takes to start: see <see cref="Await"/>.</summary>
    /// <param name="host">Where /proc is.</param>
    public static GuardPost Start(HostRoot host)
    {
        if (!OwnSession.TryPipe(out var ordersRead, out var ordersWrite)) return new(-1, -1, 0, Marshal.GetLastPInvokeErrorMessage());
        if (!OwnSession.TryPipe(out var answersRead, out var answersWrite))
        {
            var why = Marshal.GetLastPInvokeErrorMessage();
            foreach (var fd in new[] { ordersRead, ordersWrite }) _ = Libc.Close(fd);
            return new(-1, -1, 0, why);
        }

        var error = OwnSession.Start(host.At("/proc/self/exe"), CommandLine(), ordersRead, answersWrite, out var process);
        _ = Libc.Close(ordersRead);
        _ = Libc.Close(answersWrite);
        return new(ordersWrite, answersRead, process, error);
    }

    /// <summary>Waits until it is at its post. To be called once, before anything is made that it would have to undo.</summary>
    /// <returns>Why nobody stands guard; null as a rule.</returns>
    public string? Await()
    {
        if (_whyNot is not null) return _whyNot;
        var said = Answer(_answers);
        return said is [(byte)'\n', ..] ? null : said.Length > 0 ? Encoding.UTF8.GetString(said) : "it did not come to its post";
    }

    /// <summary>Tells it of a step that takes back what is about to be done.</summary>
    public void Expect(UndoStep step) => Tell(GuardMessage.Of(step));

    /// <summary>Tells it of the capture file that is about to be made.</summary>
    public void ExpectFile(string path) => Tell(new GuardMessage(GuardMessage.File, path, ""));

    /// <summary>Tells it that the file is made.</summary>
    public void FileIsMade(string path, long inode) =>
        Tell(new GuardMessage(GuardMessage.Made, path, inode.ToString(CultureInfo.InvariantCulture)));

    /// <summary>All is undone: dismisses it and sees it off.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Tell(new GuardMessage(GuardMessage.Done, "", ""));
        _ = Libc.Close(_orders);
        if (_process > 0)
        {
            while (Answer(_answers).Length > 0)
            {
            }

            OwnSession.Reap(_process);
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
                var written = Libc.Write(_orders, start + sent, bytes.Length - sent);
                if (written < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr) continue;
                if (written <= 0) return;
                sent += (int)written;
            }
        }
    }

    /// <summary>What it says next; empty at its end, or where it says nothing for a long time.</summary>
    private static byte[] Answer(int fd)
    {
        var wait = new Libc.PollFd { Fd = fd, Events = Libc.PollIn };
        if (Libc.Poll(&wait, 1, PatienceMs) <= 0) return [];
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
