using DropForensics.Capture.Guard;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Kernel.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture;

/// <summary>
/// One capture from preflight to result. The order is the promise: all that can fail comes before the event is armed; the gate opens
/// last. At the end the gate is shut and the event disarmed by a thread that waits for nothing but time and signals; then the rings are
/// drained, the instance is removed, and only then the file is finished.
/// </summary>
internal sealed class CaptureSession(CaptureOptions options, HostRoot host, Window window)
{
    private const int BlocksInFlight = 32;   // 2 MiB

    private bool _gateWasOpen;
    private HostView? _after;
    private Governor? _governor;

    private long WindowNs => (long)(options.Duration.TotalMilliseconds * 1_000_000);

    /// <exception cref="UserError">This host can't, with the remedy; nothing is left behind.</exception>
    public CaptureResult Run()
    {
        var tracefs = TracefsMount.Find(host);
        var facts = HostFacts.Read(host);
        DescriptorLimit.Require(PerCpuPipes.Count(tracefs));
        CaptureWriter.Check(options.Output, options.Force);
        FreeDisk.Check(options.Output);

        // At its post before anything of ours is made, and dismissed when all is as before. It starts while this host's types are read.
        using var guard = GuardPost.Start(host);
        var btf = HostBtf.Load(host);
        TakeAwayLeftovers(tracefs);
        if (guard.Await() is { } whyNot)
            Console.Error.WriteLine($"capture: no guard could be started ({Printable.Of(whyNot)}): if this is killed, run 'capture cleanup'");
        var hand = new TracefsHand(announce: guard.Expect);

        // The instance is there before the probe that has its name, so that nobody takes that for a leftover; the probe is disposed of after it,
        // for the kernel does not let go of one that is enabled.
        var name = TraceInstance.NewName();
        using var selector = new ProbeSelector(tracefs, btf, options, new KernelParts(host), hand, name);
        selector.Check();
        using var instance = TraceInstance.Create(
            tracefs, options.BufferKiBPerCpu(facts.CpuCount), forReading: true, needsComms: true,
            measureCost: options.MaxRate is null, hand, name);
        var probe = selector.Select();
        if (probe.Plan.HasComm) instance.ForgoComms();
        var pages = RingPages.Prepare(host, tracefs, instance, probe.Plan, options.Transport);
        using var witness = new Witness(tracefs, hand);
        using var writer = Create(guard);
        var target = new TargetFile(writer.Path);
        var row = Describe(facts, instance, probe.Plan);
        try
        {
            var before = Prepare(writer, tracefs, btf.Reasons, probe.Plan, instance, row);
            return Record(writer, target, instance, pages, witness, probe, row, before);
        }
        catch (Exception e) when (!_gateWasOpen)
        {
            writer.Discard();
            if (e is CaptureWriteException) throw new UserError(e.Message, "Name an output file on a file system with room, with -o.");
            throw;
        }
    }

    /// <summary>Of captures that were killed together with their guard.</summary>
    private void TakeAwayLeftovers(string tracefs)
    {
        foreach (var left in new Leftovers(host, tracefs).Remove().Where(each => each.State == LeftoverState.Removed))
            Console.Error.WriteLine($"capture: removed the {left.Kind} {Printable.Of(left.Name)}, which a capture that was killed had left");
    }

    private CaptureWriter Create(GuardPost guard)
    {
        var path = Path.GetFullPath(options.Output);
        guard.ExpectFile(path);
        return CaptureWriter.Create(path, options.Force, inode => guard.FileIsMade(path, inode));
    }

    /// <summary>All that is known of the host before the window goes into the file.</summary>
    private HostSnapshot Prepare(
        CaptureWriter writer, string tracefs, ReasonEnums enums, ProbePlan plan, TraceInstance instance, CaptureRow row)
    {
        writer.SetCapture(row);
        foreach (var path in new[] { DropTracepoint.FormatPath, $"{plan.EventDirectory}/format" }.Distinct())
        {
            if (HostRoot.TryReadFile(Path.Combine(tracefs, path)) is { Length: > 0 } format) writer.AddArtifact(ArtifactPhase.Before, 0, path, format);
        }

        foreach (var each in enums.All) writer.AddArtifact(ArtifactPhase.Before, 0, each.Path, each.Content);
        foreach (var (cpu, stats) in ReadRingStats(instance)) writer.AddArtifact(ArtifactPhase.Before, 0, RingStatsPath(cpu), stats);
        var before = HostSnapshot.Store(ArtifactPhase.Before, HostView.Read(host), null, writer);
        writer.Commit();
        return before;
    }

    private CaptureResult Record(
        CaptureWriter writer, TargetFile target, TraceInstance instance, RingPages pages, Witness witness, ArrangedProbe probe, CaptureRow row,
        HostSnapshot before)
    {
        var plan = probe.Plan;
        var recorder = new Recorder(writer, plan.Reasons, pid => NetNamespaces.OfTask(host, pid))
        {
            HitsOf = plan.HitsOf,
            Streams = instance.Cpus.Count,
            KeepPayload = plan.Packets == PacketBytes.Full,
        };
        using var progress = new Progress(options, plan, Console.Error, !Console.IsErrorRedirected);
        var queue = new BlockQueue(BlocksInFlight);
        using var stage = new RecordingStage(options, recorder, writer, pages, queue, window, progress, target);
        Exception? readFailure;
        if (plan.EventDirectory is null) instance.ArmFunction(plan.Function ?? "");
        using (var pipes = new PerCpuPipes(instance, pages.CanBeRead))
        using (var reader = new PipeReader(LanesOf(pipes, pages), pages, queue, stage.Failed))
        {
            try
            {
                row = Watch(instance, witness, plan, recorder, reader, stage, progress, row);
                readFailure = reader.Failure;
            }
            catch (Exception e) when (_gateWasOpen)
            {
                // Nothing but the disk may cost what was recorded: the file gets its end, and says that something went wrong.
                row = row with { OpenedNs = recorder.OpenedNs, ClosedNs = HostClock.Read().MonoNs, Ended = WindowEnds.AgentError };
                readFailure = e;
            }
        }

        var relief = _governor?.Steps ?? [];
        var testimony = witness.Testimony();
        row = row with { Transport = pages.Used, ProbeWhy = WhyOf(plan, pages.WhyNot) };
        row = row with { WitnessDrops = testimony?.Drops, WitnessSlack = testimony?.Slack };
        var ringStats = ReadRingStats(instance);
        var seenAfter = _after ?? HostView.Read(host);
        witness.Dispose();
        instance.Dispose();
        probe.Dispose();   // The host first, then the file.

        var (finishFailure, end) = FileEnding.Finish(
            writer, target, row, stage.Failure is null ? () => StoreAfter(writer, recorder, testimony, ringStats, before, seenAfter) : writer.Abandon);
        var failure = stage.Failure ?? readFailure ?? finishFailure;
        var judged = end == FileEnd.WrittenAnew ? row with { Ended = WindowEnds.FileRemoved } : row;
        return new CaptureResult(
            writer.Path, row, recorder.Totals,
            SessionLedger.Of(judged, recorder.Totals, testimony, ringStats, new HostSnapshot(seenAfter, before).UnseenSince(before), relief, failure?.Message),
            relief, [.. instance.Leftovers, .. witness.Leftovers, .. probe.Leftovers], failure, end, UnreadEvidence.Sentence(before.Unread, seenAfter.Unread));
    }

    /// <summary>From the arming of the event until every record in the rings has been stored.</summary>
    /// <returns>What the file says of itself now.</returns>
    private CaptureRow Watch(
        TraceInstance instance, Witness witness, ProbePlan plan, Recorder recorder, PipeReader reader, RecordingStage stage, Progress progress,
        CaptureRow row)
    {
        witness.Arm(plan);

        // Last: from here on every drop costs the host a stack.
        if (plan.EventDirectory is { } directory) instance.ArmEvent(directory, plan.Filter, row.Trigger);
        var opened = HostClock.Read();
        recorder.OpenedNs = opened.MonoNs;
        row = row with { OpenedNs = opened.MonoNs };
        var governor = _governor = new Governor(row.MaxRate, witness.Count, opened.MonoNs, row.Trigger is null ? null : instance.GiveUpStacks, () => window.End(Governor.EndedBy))
        {
            OnStep = step =>
            {
                if (step.Step == ReliefRow.Stacks) recorder.StacksUntilNs = opened.MonoNs + step.TNs;
                stage.Add(step);
            },
        };
        try
        {
            witness.OpenGates(instance);
            _gateWasOpen = true;
            stage.Start(row, opened);
            reader.Start();
            progress.Start();
            var endedBy = window.Wait(opened.MonoNs + WindowNs, governor.Look);
            var disturbance = instance.Disturbance() ?? witness.Disturbance();
            witness.ShutGates(instance);
            var closed = HostClock.Read().MonoNs;
            instance.Disarm();
            witness.Disarm();

            // At once: what the counters gained is to be held against what was traced.
            _after = HostView.Read(host);
            return row with { ClosedNs = closed, Ended = endedBy, Disturbance = disturbance };
        }
        finally
        {
            try
            {
                witness.ShutGates(instance);
                instance.Disarm();
                witness.Disarm();
            }
            finally
            {
                // Nobody but this thread may use the file afterwards.
                progress.Drain();
                reader.Drain(window.Cut);
                stage.Join();
                progress.Stop();
            }
        }
    }

    /// <summary>What is known of the host after the window: the rings' own losses, counters, and which driver they point to.</summary>
    private void StoreAfter(
        CaptureWriter writer, Recorder recorder, Testimony? testimony, IReadOnlyList<(int Cpu, byte[] Stats)> ringStats, HostSnapshot before, HostView seenAfter)
    {
        foreach (var (cpu, drops) in testimony?.ByCpu ?? []) writer.AddWitnessCount(cpu, drops);
        if (testimony?.Hist is { } hist) StoreHist(writer, hist);
        foreach (var (cpu, stats) in ringStats)
        {
            writer.AddArtifact(ArtifactPhase.After, 0, RingStatsPath(cpu), stats);

            // Our rings are new, so their counters began at zero.
            if (RingStats.TryParse(stats)?.Lost is > 0 and var lost) recorder.AddRingLoss(cpu, lost);
        }

        var after = HostSnapshot.Store(ArtifactPhase.After, seenAfter, before, writer);
        recorder.AttributeInterfaces(after.Interfaces.Drivers);
        recorder.AttributeBacklog(after.Interfaces.GainsSince(before.Interfaces), PacketSteering.IsOn(host));
    }

    private static void StoreHist(CaptureWriter writer, HistText hist)
    {
        foreach (var (reason, location, drops) in hist.Entries) writer.AddHistCount(reason, location, drops);
        if (hist.Dropped > 0) writer.AddHistCount(null, null, hist.Dropped);
    }

    private CaptureRow Describe(HostFacts facts, TraceInstance instance, ProbePlan plan)
    {
        var trigger = options.Trigger(plan);
        var bearable = RecordingCost.DefaultMaxRate(instance.Cost, facts.CpuCount, trigger is not null);
        return new CaptureRow
        {
            Uuid = RandomId.New().ToString(),
            Tool = "capture",
            ToolVersion = AgentVersion.Text,
            CommandLine = options.CommandLine,
            HostName = facts.HostName,
            KernelRelease = facts.KernelRelease,
            KernelVersion = facts.KernelVersion,
            Machine = facts.Machine,
            BootId = facts.BootId,
            TimeZone = facts.TimeZone,
            CpusOnline = facts.CpusOnline,
            Probe = plan.Name,
            ProbeWhy = WhyOf(plan, noPages: null),
            Event = plan.Event,
            ProbeDefinition = plan.Definition,
            HitsOf = plan.HitsOf,
            Packets = plan.Packets switch { PacketBytes.Full => "full", PacketBytes.Headers => "headers", _ => "none" },
            Filter = plan.Asked,
            ProbeCondition = plan.Condition,
            Trigger = trigger,
            TraceOptions = instance.Options,
            TraceClock = "mono",
            BufferKibPerCpu = instance.BufferKiBPerCpu,
            WindowNs = WindowNs,
            MaxRate = options.MaxRate switch { null => bearable, 0 => null, var asked => asked },
        };
    }

    private static string WhyOf(ProbePlan plan, string? noPages) =>
        $"{plan.Why}. {plan.Sight}.{(noPages is null ? "" : $" Its ring is read as text alone: {noPages}.")}";

    private Lane[] LanesOf(PerCpuPipes pipes, RingPages pages) =>
        [.. pipes.All.Select((text, i) => new Lane(
            text, pages.CanBeRead ? pipes.Pages[i] : null, pages.Renderer?.PageBytes ?? 0, pages.CanBeRead && options.Transport == TransportKind.Pages))];

    private static string RingStatsPath(int cpu) => $"per_cpu/cpu{cpu}/stats";

    private static List<(int Cpu, byte[] Stats)> ReadRingStats(TraceInstance instance)
    {
        var all = new List<(int, byte[])>();
        foreach (var cpu in instance.Cpus)
        {
            if (instance.Stats(cpu) is { Length: > 0 } stats) all.Add((cpu, stats));
        }

        return all;
    }
}
