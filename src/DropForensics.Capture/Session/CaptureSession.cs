using DropForensics.Capture.Background;
using DropForensics.Capture.Guard;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Metrics;
using DropForensics.Capture.Network;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Capture.Scripts;
using DropForensics.Capture.State;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Session;

/// <summary>
/// One capture from preflight to result. The order is the promise: all that can fail comes before the event is armed; the gate opens
/// last. At the end the gate is shut and the event disarmed by a thread that waits for nothing but time and signals; then the rings are
/// drained, the instance is removed, and only then the file is finished. <see cref="Plan"/> takes the same way and changes nothing.
/// </summary>
/// <remarks>The file is long because the order of a capture is to be read in one place.</remarks>
internal sealed class CaptureSession(CaptureOptions options, HostRoot host, Window window, BackgroundCapture? background = null)
{
    private const int BlocksInFlight = 32;   // 2 MiB

    private bool _gateWasOpen;
    private FreezePoint? _freezePoint;
    private HostView? _after;
    private Governor? _governor;

    /// <exception cref="UserError">This host can't, with the remedy; nothing is left behind.</exception>
    public CaptureResult Run()
    {
        string tracefs = TracefsMount.Find(host);
        var facts = HostFacts.Read(host);
        DescriptorLimit.Require(PerCpuPipes.Count(tracefs));
        CheckOutput();

        // It runs before anything of ours is made, and ends when all is as before. It starts while this host's types are read.
        using var guard = GuardLink.Start(host);
        var early = new EarlyReading(host, options.HostState ? () => HostState.Read(host) : null);
        var btf = HostBtf.Load(host);
        new Leftovers(host, tracefs).RemoveAndSay();
        if (guard.Await() is { } whyNot)
            Console.Error.WriteLine($"capture: no guard is running ({Printable.Of(whyNot)}); if this process is killed, run 'capture cleanup'");
        using var kernel = new ArmedKernel(tracefs, new TracefsWriter(announce: guard.Expect));
        (ProbePlan? plan, RingPages? pages) = Prepare(kernel, tracefs, facts, btf, options.Transport);
        long? maxRate = options.MaxRate switch
        {
            null => RecordingCost.DefaultMaxRate(kernel.Ring.Cost, facts.CpuCount, kernel.TakesStacks),
            0 => (long?)null,
            var asked => asked,
        };
        PartFolder? folder = options.KeepLast is { } keep ? PartFolder.Create(options.Output, keep, options.MaxSize) : null;
        var maker = new SegmentMaker(options, host, facts, guard, kernel, plan, maxRate);
        Segment? segment = null;
        try
        {
            segment = maker.Make(folder?.Next() ?? options.Output);
            HostFile[] files = [.. maker.FilesToReadBy(tracefs, btf.Reasons)];
            var sockets = new SocketTables(host);
            HostView seen = HostView.Read(host, sockets.ReadHere).With(sockets.Files(early.Holders)).With(early.State);
            segment.Begin(files, kernel.Counts(), seen);
            if (InterfaceNames.Missing(options.Interface, seen.Namespaces) is { } missing) Console.Error.WriteLine($"capture: {missing} It is recorded if it appears.");
            TriggerWatch? triggers = TriggerWatch.Of(options, plan, host, window, kernelSeesDrops: _freezePoint is not null);
            FreezeWatch? freeze = !options.Freeze ? null : new FreezeWatch(
                kernel, () => HostView.Read(host, sockets.ReadHere).With(sockets.Files(early.Holders)).With(early.State),
                (part, note) => part.BeginAnew(files, note.Clock.MonoNs, note.Counts, note.Seen));
            Rotation? rotation = folder is null ? null : new Rotation(kernel, folder, maker.Make, files, maker.Look, options);
            rotation?.CheckSize(segment.Writer.SizeBytes);
            using MetricsFile? metrics = MetricsFile.Make(options.Metrics, kernel, plan, guard.ExpectMetrics);
            return Record(kernel, plan, pages, segment, rotation, freeze, triggers, metrics, maxRate, early.State);
        }
        catch (Exception e) when (!_gateWasOpen)
        {
            segment?.Writer.Discard();
            folder?.Remove();
            if (e is CaptureWriteException) throw FileTrouble.Writing(options.Output, e);
            throw;
        }
    }

    /// <summary>What <see cref="Run"/> would change, in order, by the same code over a writer that takes notes.</summary>
    /// <exception cref="UserError">This host can't, with the remedy.</exception>
    public CapturePlan Plan()
    {
        string tracefs = TracefsMount.Find(host);
        var facts = HostFacts.Read(host);
        CheckOutput();
        var noted = new List<TracefsChange>();
        using var kernel = new ArmedKernel(tracefs, new TracefsWriter(note: noted.Add));

        // A probe that is not defined has no format, so whether its pages could be read cannot be seen: not an error here.
        (ProbePlan? plan, RingPages _) = Prepare(
            kernel, tracefs, facts, HostBtf.Load(host), options.Transport == TransportKind.Pages ? TransportKind.Auto : options.Transport);
        kernel.OpenPipes(withPages: false).Dispose();
        kernel.Arm();
        kernel.OpenGates();
        TracefsChange[] arming = Take();
        kernel.ShutGates();
        kernel.Disarm();
        TracefsChange[] disarming = Take();
        kernel.Dispose();
        return new CapturePlan(
            options, $"{facts.HostName}, {facts.Machine}, Linux {facts.KernelRelease} {facts.KernelVersion}", plan, kernel.Ring.Path, arming, disarming, Take(),
            [.. new Leftovers(host, tracefs).Look().Where(each => each.State == LeftoverState.Idle).Select(each => $"{each.Kind} {each.Name}")],
            HostRoot.TryReadFile(Path.Combine(tracefs, "buffer_size_kb")) is { } size ? System.Text.Encoding.ASCII.GetString(size).Trim() : null);

        TracefsChange[] Take()
        {
            TracefsChange[] taken = [.. noted];
            noted.Clear();
            return taken;
        }
    }

    private void CheckOutput()
    {
        CaptureWriter.Check(options.Output, options.Force);
        for (int i = 1; i < options.Repeat; i++) PartFolder.Check(PartFolder.SavedAs(options.Output, i));
        if (options.KeepLast is not null) PartFolder.Check(options.Output);
        FreeDisk.Check(options.Output);
        if (options.Metrics is { } metrics) MetricsFile.Check(metrics, options.Force);
    }

    /// <summary>Chooses the probe and sets up all that is needed to arm it: the ring, the events, how the ring is read, and what counts.</summary>
    private (ProbePlan Plan, RingPages Pages) Prepare(ArmedKernel kernel, string tracefs, HostFacts facts, HostBtf btf, TransportKind transport)
    {
        var parts = new KernelParts(host);
        var selector = new ProbeSelector(tracefs, btf, options, parts, kernel.Name);
        selector.Check();
        if (options.Latency) LatencyCounter.Require(tracefs);
        IReadOnlyList<ArmedEvent> others = OtherEvents.Plan(tracefs, options.Events, options.EventSets, options.Follow);
        kernel.MakeRing(options.BufferKiBPerCpu(facts.CpuCount), measureCost: options.MaxRate is null);
        ProbePlan plan = selector.Select(candidate =>
        {
            if (kernel.IsPlanning) parts.Require(candidate);
            kernel.Define([.. candidate.Events, .. others]);
        });
        plan = plan with { Events = [.. plan.Events, .. others], Follow = options.Follow };

        // All events must name a packet alike: a probe prints its address, and a tracepoint a hash of it, unless that would cost the reason.
        if (options.Follow is not null && (plan.Drops.Kind != ProbeKind.Tracepoint || !RingPages.PrintsLocationAsPointer(kernel.Ring.FormatOf(DropTracepoint.Directory))))
            kernel.Ring.ShowPointers();
        var pages = RingPages.Prepare(host, tracefs, kernel.Ring, plan.Events, transport);
        kernel.MakeCounters();
        if (options.Latency) kernel.CountLatency();
        if (options.Freeze) kernel.Freezing = (_freezePoint = FreezePoint.Of(options, plan, facts.KernelRelease))?.Freezing;
        return (plan, pages);
    }

    private CaptureResult Record(
        ArmedKernel kernel, ProbePlan plan, RingPages pages, Segment first, Rotation? rotation, FreezeWatch? freeze, TriggerWatch? triggers, MetricsFile? metrics, long? maxRate,
        IReadOnlyList<(long Netns, HostFile File)> stateBefore)
    {
        using var progress = new Progress(options, plan, Console.Error, !Console.IsErrorRedirected, background, abandoned: () => window.End("a start that was broken off"));
        var queue = new BlockQueue(BlocksInFlight);
        using var stage = new RecordingStage(options, first, pages, queue, window, progress, rotation, triggers, metrics);
        Exception? readFailure;
        WindowEnd end;
        using (PerCpuPipes pipes = kernel.OpenPipes(pages.CanBeRead))
        using (var reader = new PipeReader(LanesOf(pipes, pages), pages, queue, stage.Failed))
        {
            stage.Mark = reader.Mark;
            stage.TellSpans = kernel.TellSpansSoFar;
            try
            {
                end = Watch(kernel, first, rotation, freeze, triggers, reader, stage, progress, metrics, maxRate);
                readFailure = reader.Failure;
            }
            catch (Exception e) when (_gateWasOpen)
            {
                // Nothing but the disk may cost what was recorded: the file gets its end, and says that something went wrong.
                end = new WindowEnd(HostClock.Read().MonoNs, WindowEnds.AgentError, Disturbance: null);
                readFailure = e;
            }
        }

        using Segment segment = stage.Segment;
        segment.Row = segment.Row with
        {
            ClosedNs = Math.Max(freeze is { Ring.ByKernel: true } && segment.Recorder.LastDropNs > 0 ? segment.Recorder.LastDropNs : end.ClosedNs, segment.Row.OpenedNs ?? 0), // a part may begin while the window ends
            Ended = end.Cause,
            Disturbance = end.Disturbance,
            Transport = pages.Used,
            ProbeWhy = SegmentMaker.WhyOf(plan, pages.WhyNot),
        };
        KernelCounts counts = kernel.Counts();
        if (freeze is not null) (counts, segment.Frozen) = (freeze.AtEnd(counts, stage.Skipped), freeze.Ring);
        segment.Latency = kernel.Latency(plan.ReasonName);
        kernel.EndSpans(counts, end.ClosedNs);
        stage.TakeSpans();
        HostView seen = _after ?? HostView.Read(host);
        kernel.Dispose();   // The host first, then the file.
        if (options.HostState) seen = seen.With(HostState.Read(host, rotation is null ? stateBefore : null));
        IReadOnlyList<ReliefRow> relief = [.. (_governor?.Steps ?? []).Select(step => rotation?.Within(step, segment) ?? step)];
        CaptureResult result = segment.Finish(new SegmentEnd(counts, seen, PacketSteering.IsOn(host), relief, stage.Failure, readFailure));
        if (rotation is not null) result = rotation.End(result);
        return result with { Leftovers = kernel.Leftovers };
    }

    /// <summary>How a window ended.</summary>
    private sealed record WindowEnd(long ClosedNs, string Cause, string? Disturbance);

    /// <summary>From the arming of the event until every record in the rings has been stored.</summary>
    private WindowEnd Watch(
        ArmedKernel kernel, Segment segment, Rotation? rotation, FreezeWatch? freeze, TriggerWatch? triggers, PipeReader reader, RecordingStage stage, Progress progress, MetricsFile? metrics, long? maxRate)
    {
        kernel.Arm();
        ClockReading opened = HostClock.Read();
        segment.Recorder.OpenedNs = opened.MonoNs;
        segment.Row = segment.Row with { OpenedNs = opened.MonoNs };
        rotation?.OpenedNs = opened.MonoNs;
        kernel.TellSpans(opened.MonoNs, () => HostClock.Read().MonoNs, stage.Add);
        var sampler = new Sampler(maxRate ?? 0, kernel.CountEvents, kernel.MoveGate, Random.Shared.NextDouble);
        Governor governor = _governor = new Governor(
            maxRate, kernel.CountEvents, opened.MonoNs, kernel.TakesStacks ? kernel.GiveUpStacks : null,
            options.EndsOnOverload || options.Freeze ? null : rate => sampler.Begin(HostClock.Read().MonoNs, rate), () => window.End(Governor.EndedBy))
        {
            OnStep = step =>
            {
                if (step.Step == ReliefRow.Stacks) stage.StacksEndAt(opened.MonoNs + step.TNs, step);
                stage.Add(step);
                if (step.Step == ReliefRow.Sample && !options.Quiet)
                    Console.Error.WriteLine($"\ncapture: {step.Rate:N0} drops a second, and --max-rate is {maxRate:N0}: from here on a sample is recorded; each drop is still counted");
            },
        };
        try
        {
            kernel.OpenGates();
            _gateWasOpen = true;
            if (freeze is null)
            {
                stage.Start(opened);
                reader.Start();
            }
            else
            {
                segment.Opened(opened);
            }

            progress.Start();
            metrics?.Start();
            int saved = 0;
            long secondNs = opened.MonoNs + Window.SecondNs;
            string endedBy = window.Wait(
                options.WindowNs is { } windowNs ? opened.MonoNs + windowNs : long.MaxValue,
                nowNs =>
                {
                    if (nowNs >= secondNs)
                    {
                        governor.Look(nowNs);
                        triggers?.LookAtHost(nowNs, governor.Counted);
                        if (freeze is not null) progress.Report(segment.Recorder.Totals, kernel.DropsSoFar().Counted ?? 0, 0);
                        secondNs = HostClock.Read().MonoNs + Window.SecondNs;
                    }

                    long freezeNs = freeze?.Look(nowNs, () => window.End(_freezePoint?.Cause ?? "freeze")) ?? long.MaxValue;
                    return Math.Min(Math.Min(secondNs, freezeNs), sampler.Step(nowNs));
                },
                cause =>
                {
                    if (rotation is null || ++saved >= options.Repeat) return false;
                    if (!options.Quiet) Console.Error.WriteLine($"\ncapture: {Printable.Of(cause)}: saving the drops until here");
                    stage.Save(new SaveOrder(saved, cause));
                    return true;
                },
                freeze is null ? Window.SecondNs : FreezeWatch.LookNs);
            if (freeze?.SeeGate() == true) endedBy = _freezePoint?.Cause ?? endedBy; // something else may have ended the window before anybody saw it
            string? disturbance = kernel.Disturbance();
            kernel.ShutGates();
            long closed = HostClock.Read().MonoNs;
            kernel.Disarm();

            // At once: what the counters gained is to be held against what was traced.
            var sockets = new SocketTables(host);
            _after = HostView.Read(host, sockets.ReadHere);
            _after = _after.With(sockets.Files(SocketHolders.Read(host)));
            return new WindowEnd(closed, endedBy, disturbance);
        }
        finally
        {
            try
            {
                kernel.ShutGates();
                kernel.Disarm();
            }
            finally
            {
                // Nobody but this thread may use the file afterwards.
                progress.Drain();
                if (freeze is not null && _gateWasOpen)
                {
                    int recordsOfDrop = kernel.HasDropsAlone && governor.Steps.Count == 0 ? (kernel.TakesStacks ? 2 : 1) : 0;
                    ClockReading begun = freeze.Begin(segment, recordsOfDrop)?.Clock ?? opened;
                    stage.SkipUntil(kernel.Ring.Cpus, begun.MonoNs);
                    stage.Start(begun);
                    reader.Start();
                }

                reader.Drain(window.Cut);
                stage.Join();
                progress.Stop();
                metrics?.Dispose();
            }
        }
    }

    private Lane[] LanesOf(PerCpuPipes pipes, RingPages pages) =>
        [.. pipes.All.Select((text, i) => new Lane(
            text, pages.CanBeRead ? pipes.Pages[i] : null, pages.Renderer?.PageBytes ?? 0, pages.CanBeRead && options.Transport == TransportKind.Pages))];
}
