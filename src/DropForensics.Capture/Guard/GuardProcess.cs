using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Metrics;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Guard;

/// <summary>
/// The guard's side: waits for the end of the pipe that the agent holds. If the agent did not report that it has undone everything, it was
/// killed. Then the guard shuts the gates, runs the agent's undo journal, and makes the capture one complete file.
/// </summary>
internal static unsafe class GuardProcess
{
    // A part of a flight recorder is closed while the next one is written already.
    private const int MostOpen = 2;

    private static readonly TimeSpan MostWaitForAgent = TimeSpan.FromSeconds(1);

    /// <summary>Waits for the end of the agent. Standard input has its messages, standard output takes the answer.</summary>
    /// <param name="host">Where /proc and the cgroups are.</param>
    /// <param name="agent">The agent's pid, this process' parent as long as it lives.</param>
    public static void Run(HostRoot host, int agent)
    {
        KillProtection.Apply(host);
        byte ready = (byte)'\n';
        _ = Libc.Write(1, &ready, 1);

        IReadOnlyList<GuardMessage> messages = GuardMessage.Parse(ReadToEnd());
        if (messages.Any(message => message.Kind == GuardMessage.Done)) return;
        ShutGates(messages);
        AwaitEndOf(agent);
        Restore(messages);
    }

    /// <summary>Undoes what a dead agent had announced.</summary>
    internal static void Restore(IReadOnlyList<GuardMessage> messages)
    {
        ShutGates(messages);
        List<DeadRing> rings = ReadRings(messages, UndoStep.Ring);
        List<DeadRing> drops = ReadRings(messages, UndoStep.Drops);

        // In parallel: a process that holds one of them must not delay the other.
        var file = new Thread(() => CloseFile(messages, rings, drops)) { Name = "file" };
        file.Start();
        foreach (GuardMessage? message in messages.Reverse())
        {
            if (message.Step is { } step) Try(() => step.Play(TracefsWriter.Real));
            if (message.Kind == GuardMessage.Metrics) Try(() => MetricsFile.Remove(message.Path));
        }

        file.Join();
    }

    /// <summary>In the agent's order: the ring's gate, then those of the instances that count.</summary>
    private static void ShutGates(IReadOnlyList<GuardMessage> messages)
    {
        foreach (GuardMessage message in messages)
        {
            if (message.Step is { Kind: UndoKind.RemoveInstance } instance) Try(() => TracefsWriter.Real.Write(Path.Combine(instance.Path, "tracing_on"), "0"));
        }
    }

    /// <summary>Waits until the dead agent's files are closed: before that, its instance and its database cannot be cleaned up.</summary>
    private static void AwaitEndOf(int agent)
    {
        var waited = Stopwatch.StartNew();
        while (Libc.ParentProcess() == agent && waited.Elapsed < MostWaitForAgent) Thread.Sleep(1);
    }

    /// <summary>
    /// Records that were written to each ring and never read. disable_on_free has shrunk the rings meanwhile: the records it removed count as
    /// overrun (kernel/trace/ring_buffer.c, rb_remove_pages).
    /// </summary>
    private static List<DeadRing> ReadRings(IReadOnlyList<GuardMessage> messages, string use)
    {
        // An instance that a cleanup removed right after its creation is announced again.
        var rings = new List<DeadRing>();
        foreach (GuardMessage? message in messages.Distinct())
        {
            if (message.Step is not { Kind: UndoKind.RemoveInstance } instance || instance.Value != use) continue;
            Try(() =>
            {
                foreach (string directory in Directory.EnumerateDirectories(Path.Combine(instance.Path, "per_cpu"), "cpu*"))
                {
                    int cpu = int.Parse(Path.GetFileName(directory).AsSpan("cpu".Length), CultureInfo.InvariantCulture);
                    if (HostRoot.TryReadFile(Path.Combine(directory, "stats")) is { } text && RingStats.TryParse(text) is { } stats)
                        rings.Add(new DeadRing(cpu, text, stats.Written));
                }
            });
        }

        return rings;
    }

    private static void CloseFile(IReadOnlyList<GuardMessage> messages, List<DeadRing> rings, List<DeadRing> drops)
    {
        GuardMessage[] made = messages.Where(message => message.Kind == GuardMessage.Made).ToArray();
        bool isOneOfMany = made.Length > 1; // then the counts since the rings were made are not those of a file
        foreach (GuardMessage? file in made.TakeLast(MostOpen))
        {
            if (!long.TryParse(file.Value, CultureInfo.InvariantCulture, out long inode)) continue;
            Try(() => new DeadWriter(file.Path, inode).Close(isOneOfMany ? [] : rings, isOneOfMany ? [] : drops));
        }

        if (messages.LastOrDefault(message => message.Kind is GuardMessage.File or GuardMessage.Made) is { Kind: GuardMessage.File } begun)
            Try(() => new DeadWriter(begun.Path, inode: null).Close([], []));
    }

    /// <summary>A failure cannot be reported to anyone; 'capture cleanup' removes the rest.</summary>
    private static void Try(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or UserError)
        {
            // Continue with the next one.
        }
    }

    /// <summary>A flight recorder makes files for days: only the last ones matter. What was read of a message that is not whole yet stays.</summary>
    private static void Forget(MemoryStream all)
    {
        byte[] text = all.ToArray();
        IReadOnlyList<GuardMessage> messages = GuardMessage.Parse(text);
        int whole = messages.Sum(message => message.ToBytes().Length);
        GuardMessage[] files = messages.Where(message => message.Kind is GuardMessage.File or GuardMessage.Made).ToArray();
        all.SetLength(0);
        foreach (GuardMessage? message in messages.Where(message => Array.IndexOf(files, message) < 0).Concat(files.TakeLast(2 * MostOpen + 2))) all.Write(message.ToBytes());
        all.Write(text.AsSpan(whole));
    }

    private static byte[] ReadToEnd()
    {
        const int mostBytes = 256 * 1024;
        using var all = new MemoryStream();
        byte[] bytes = new byte[4096];
        fixed (byte* start = bytes)
        {
            while (true)
            {
                nint read = Libc.Read(0, start, bytes.Length);
                if (read < 0 && Marshal.GetLastPInvokeError() == Libc.EIntr) continue;
                if (read <= 0) return all.ToArray();
                all.Write(bytes, 0, (int)read);
                if (all.Length > mostBytes) Forget(all);
            }
        }
    }
}
