using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Kernel.Probes;
using DropForensics.Core;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Plan;

/// <summary>
/// A capture's way through the kernel, in the order of <see cref="CaptureSession"/> and with the same parts, by a hand that only takes notes.
/// </summary>
internal sealed class PlanSession(CaptureOptions options, HostRoot host)
{
    /// <exception cref="UserError">This host can't, with the remedy.</exception>
    public CapturePlan Make()
    {
        var tracefs = TracefsMount.Find(host);
        var facts = HostFacts.Read(host);
        CaptureWriter.Check(options.Output, options.Force);
        FreeDisk.Check(options.Output);
        var btf = HostBtf.Load(host);

        var noted = new List<TracefsChange>();
        var hand = new TracefsHand(note: noted.Add);
        var name = TraceInstance.NewName();
        using var selector = new ProbeSelector(tracefs, btf, options, new KernelParts(host), hand, name);
        using var instance = TraceInstance.Create(
            tracefs, options.BufferKiBPerCpu(facts.CpuCount), forReading: true, needsComms: true, measureCost: options.MaxRate is null, hand, name);
        var probe = selector.Select();
        var plan = probe.Plan;
        if (plan.HasComm) instance.ForgoComms();

        // The event of a probe that is not defined has no format, so whether its pages could be read is not to be seen: not an error here.
        RingPages.Prepare(host, tracefs, instance, plan, options.Transport == TransportKind.Pages ? TransportKind.Auto : options.Transport);
        using var witness = new Witness(tracefs, hand);
        if (plan.EventDirectory is null) instance.ArmFunction(plan.Function ?? "");
        witness.Arm(plan);
        if (plan.EventDirectory is { } directory) instance.ArmEvent(directory, plan.Filter, options.Trigger(plan));
        witness.OpenGates(instance);
        var arming = Take(noted);
        witness.ShutGates(instance);
        instance.Disarm();
        witness.Disarm();
        var disarming = Take(noted);
        witness.Dispose();
        instance.Dispose();
        probe.Dispose();
        return new CapturePlan(
            options, $"{facts.HostName}, {facts.Machine}, Linux {facts.KernelRelease} {facts.KernelVersion}", plan, instance.Path, arming, disarming, Take(noted),
            [.. new Leftovers(host, tracefs).Look().Where(each => each.State == LeftoverState.Idle).Select(each => $"{each.Kind} {each.Name}")],
            HostRoot.TryReadFile(Path.Combine(tracefs, "buffer_size_kb")) is { } size ? System.Text.Encoding.ASCII.GetString(size).Trim() : null);
    }

    private static TracefsChange[] Take(List<TracefsChange> noted)
    {
        TracefsChange[] taken = [.. noted];
        noted.Clear();
        return taken;
    }
}
