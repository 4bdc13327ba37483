using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Recording;
using DropForensics.Core;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture;

/// <summary>
/// One capture from preflight to result. The order is the promise: the output file first, so that a bad path fails at once; then the
/// instance with its gate shut; the gate open last. At the end the gate shut first, the rings drained, the host restored, and
/// only then the file finished.
/// </summary>
internal sealed class CaptureSession(CaptureOptions options, HostRoot host, Window window)
{
    private const int BlocksInFlight = 64;   // 4 MiB

    /// <exception cref="UserError">This host can't, with the remedy; nothing is left behind.</exception>
    public CaptureResult Run()
    {
        var tracefs = TracefsMount.Find(host);
        var tracepoint = DropTracepoint.Read(tracefs);
        var filter = tracepoint.FilterFor(options.OnlyReasons, options.ExceptReasons);
        var facts = HostFacts.Read(host);

        using var writer = CaptureWriter.Create(options.Output, options.Force);
        try
        {
            using var instance = TraceInstance.Create(tracefs, Math.Max(4, options.Buffer / 1024 / facts.CpuCount));
            var trigger = instance.Arm(filter, options.Stacks ? $"stacktrace:{options.MaxDrops}" : null);
            var row = Describe(facts, instance, filter, trigger);
            return Record(writer, instance, tracepoint, row);
        }
        catch (UserError)
        {
            writer.Abandon();
            throw;
        }
    }

    private CaptureResult Record(CaptureWriter writer, TraceInstance instance, DropTracepoint tracepoint, CaptureRow row)
    {
        var progress = new Progress(options, Console.Error, !Console.IsErrorRedirected);
        var recorder = new Recorder(writer, tracepoint.Reasons);
        using var queue = new BlockQueue(BlocksInFlight);
        using var stage = new RecordingStage(options, recorder, writer, queue, window, progress);
        var pipes = new List<PerCpuPipe>();
        try
        {
            pipes.AddRange(instance.Cpus().Select(cpu => PerCpuPipe.Open(instance, cpu)));
            var artifacts = new HostArtifacts(host, writer, instance);
            artifacts.Store(ArtifactPhase.Before);
            writer.AddArtifact(ArtifactPhase.Before, 0, $"{DropTracepoint.Directory}/format", tracepoint.Format);
            Announce(row);

            var opened = HostClock.Read();
            row = row with { OpenedNs = opened.MonoNs };
            recorder.OpenedNs = opened.MonoNs;
            writer.AddClock(opened);
            writer.SetCapture(row);
            recorder.Commit();

            ReadWindow(instance, new PipeReader(pipes, queue), queue, stage, progress, opened.MonoNs);
            var closed = HostClock.Read();
            var stats = new RingLosses(instance);
            stats.Store(writer, recorder);
            pipes.ForEach(pipe => pipe.Dispose());
            instance.Dispose();

            artifacts.Store(ArtifactPhase.After);
            row = row with { ClosedNs = closed.MonoNs, Ended = window.EndedBy };
            writer.SetCapture(row);
            writer.Finish();
            return CaptureResult.From(options, row, recorder.Totals, instance.Leftovers, stage.Failure);
        }
        finally
        {
            pipes.ForEach(pipe => pipe.Dispose());
        }
    }

    /// <summary>From the opening of the gate until every record in the rings has been stored.</summary>
    private void ReadWindow(
        TraceInstance instance, PipeReader reader, BlockQueue queue, RecordingStage stage, Progress progress, long openedNs)
    {
        stage.Start();
        try
        {
            progress.Start();
            instance.OpenGate();
            reader.Run(openedNs + ((long)(options.Duration.TotalMilliseconds * 1_000_000)), window.Ended, stage.Failed);
            instance.ShutGate();
            reader.Drain(stage.Failed);
        }
        catch (OperationCanceledException) when (stage.Failed.IsCancellationRequested)
        {
            instance.ShutGate();   // The stage says why it failed.
        }
        finally
        {
            queue.Finish();
            stage.Join();
            progress.Stop();
        }
    }

    private CaptureRow Describe(HostFacts facts, TraceInstance instance, string filter, string? trigger) => new()
    {
        Uuid = Guid.NewGuid().ToString(),
        Tool = "capture",
        ToolVersion = ProductVersion.Text,
        CommandLine = options.CommandLine,
        HostName = facts.HostName,
        KernelRelease = facts.KernelRelease,
        KernelVersion = facts.KernelVersion,
        Machine = facts.Machine,
        BootId = facts.BootId,
        TimeZone = facts.TimeZone,
        CpusOnline = facts.CpusOnline,
        Probe = "tracepoint",
        ProbeWhy = "the kernel has skb:kfree_skb, which every freed packet passes",
        Event = "skb:kfree_skb",
        Filter = filter,
        Trigger = trigger,
        TraceOptions = instance.Options,
        TraceClock = "mono",
        BufferKiBPerCpu = instance.BufferKiBPerCpu,
        WindowNs = (long)(options.Duration.TotalMilliseconds * 1_000_000),
    };

    private void Announce(CaptureRow row)
    {
        if (options.Quiet) return;
        Console.Error.WriteLine(
            $"Recording {row.Event} for {options.Duration.TotalSeconds:0.###} s into {options.Output} (Ctrl-C ends it in good order)."
            + " To copy the file before the end, copy it and its -wal together.");
    }
}
