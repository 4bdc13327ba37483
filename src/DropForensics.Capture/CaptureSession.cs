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
            using var witness = new Witness(tracefs, filter);
            return Record(writer, instance, witness, tracepoint, Describe(facts, instance, filter, trigger));
        }
        catch (UserError)
        {
            writer.Dispose();
            File.Delete(writer.Path);
            throw;
        }
    }

    private CaptureResult Record(CaptureWriter writer, TraceInstance instance, Witness witness, DropTracepoint tracepoint, CaptureRow row)
    {
        var recorder = new Recorder(writer, tracepoint.Reasons, pid => NetNamespaces.OfTask(host, pid));
        var artifacts = new HostArtifacts(host, writer);
        var progress = new Progress(options, Console.Error, !Console.IsErrorRedirected);
        using var queue = new BlockQueue(BlocksInFlight);
        using var stage = new RecordingStage(options, recorder, writer, queue, window, progress);
        ClockReading closed;
        InterfaceCounters before;
        using (var pipes = new PerCpuPipes(instance))
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, $"{DropTracepoint.Directory}/format", tracepoint.Format);
            before = artifacts.Store(ArtifactPhase.Before);
            StoreRingStats(ArtifactPhase.Before, instance, writer);
            var opened = HostClock.Read();
            recorder.OpenedNs = opened.MonoNs;
            row = row with { OpenedNs = opened.MonoNs };
            writer.AddClock(opened);
            writer.SetCapture(row);
            recorder.Commit();

            closed = ReadWindow(instance, witness, new PipeReader(pipes, queue), queue, stage, progress, opened.MonoNs);
        }

        if (stage.Failure is not null)
        {
            writer.Abandon();
        }
        else
        {
            StoreRingStats(ArtifactPhase.After, instance, writer);
            StoreRingLosses(instance, recorder);
        }

        row = row with { ClosedNs = closed.MonoNs, Ended = window.EndedBy, WitnessDrops = witness.Count() };
        witness.Dispose();
        instance.Dispose();   // The host first, then the file.

        writer.SetCapture(row);
        if (stage.Failure is null) recorder.AttributeBacklog(artifacts.Store(ArtifactPhase.After).GainsSince(before), PacketSteering.IsOn(host));
        writer.Finish();
        return new CaptureResult(writer.Path, row, instance.CpuCount, recorder.Totals, [.. instance.Leftovers, .. witness.Leftovers], stage.Failure);
    }

    /// <summary>From the opening of the gate until every record in the rings has been stored.</summary>
    private ClockReading ReadWindow(
        TraceInstance instance, Witness witness, PipeReader reader, BlockQueue queue, RecordingStage stage, Progress progress, long openedNs)
    {
        stage.Start();
        try
        {
            witness.OpenGate();
            instance.OpenGate();
            progress.Start();
            reader.Run(openedNs + ((long)(options.Duration.TotalMilliseconds * 1_000_000)), window.Ended, stage.Failed);
            instance.ShutGate();
            witness.ShutGate();
            var closed = HostClock.Read();
            reader.Drain(stage.Failed);
            return closed;
        }
        catch (OperationCanceledException) when (stage.Failed.IsCancellationRequested)
        {
            instance.ShutGate();   // The stage says why it failed.
            return HostClock.Read();
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
        Uuid = RandomId.New().ToString(),
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
        BufferKibPerCpu = instance.BufferKiBPerCpu,
        WindowNs = (long)(options.Duration.TotalMilliseconds * 1_000_000),
    };

    private static void StoreRingStats(ArtifactPhase phase, TraceInstance instance, CaptureWriter writer)
    {
        foreach (var cpu in instance.Cpus()) writer.AddArtifact(phase, 0, $"per_cpu/cpu{cpu}/stats", instance.Stats(cpu));
    }

    /// <summary>What the rings themselves count as lost; ours are new, so they began at zero.</summary>
    private static void StoreRingLosses(TraceInstance instance, Recorder recorder)
    {
        foreach (var cpu in instance.Cpus())
        {
            if (RingStats.Parse(instance.Stats(cpu)).Lost is > 0 and var lost) recorder.AddRingLoss(cpu, lost);
        }

        recorder.Commit();
    }
}
