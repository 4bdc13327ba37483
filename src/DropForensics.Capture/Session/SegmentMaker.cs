using DropForensics.Capture.Guard;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Network;
using DropForensics.Capture.Probes;
using DropForensics.Capture.Recording;
using DropForensics.Capture.State;
using DropForensics.Core;
using DropForensics.Core.Btf;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Session;

/// <summary>Makes the file of a capture, or each part of a flight recorder, with what it says of itself.</summary>
/// <param name="options">What was asked for.</param>
/// <param name="host">Where it is recorded.</param>
/// <param name="facts">What that is.</param>
/// <param name="guard">Told of each file before it is made, and after.</param>
/// <param name="kernel">What is set up.</param>
/// <param name="plan">What is armed.</param>
/// <param name="maxRate">Drops a second above which the host is spared; null for no bound.</param>
internal sealed class SegmentMaker(CaptureOptions options, HostRoot host, HostFacts facts, GuardLink guard, ArmedKernel kernel, ProbePlan plan, long? maxRate)
{
    /// <summary>Makes a file with nothing in it yet.</summary>
    /// <exception cref="UserError">It cannot be made there.</exception>
    public Segment Make(string path)
    {
        ControlGroups? cgroups = plan.ShowsOwner ? ControlGroups.Find(host) : null;
        cgroups?.List();
        CaptureWriter writer = Create(path);
        var recorder = new Recorder(writer, plan.Reasons, pid => NetNamespaces.OfTask(host, pid))
        {
            HitsOf = plan.HitsOf,
            CgroupPathOf = cgroups is null ? null : cgroups.PathOf,
            Streams = kernel.Ring.Cpus.Count,
            KeepPayload = plan.Packets == PacketBytes.Full,
            Filter = plan.KernelDecides ? null : plan.Filter,
        };
        return new Segment(writer, recorder, plan, Describe(kernel.Ring)) { Cgroups = cgroups, IsPart = options.KeepLast is not null || options.Freeze };
    }

    /// <summary>What later code needs to read the records: the drop tracepoint's format in any case, those of the armed events, and reason enums.</summary>
    public IEnumerable<HostFile> FilesToReadBy(string tracefs, ReasonEnums enums)
    {
        IEnumerable<string> formats = plan.Events.Where(each => each.Directory is not null).Select(each => each.FormatPath).Prepend(DropTracepoint.FormatPath).Distinct();
        foreach (string? path in formats)
        {
            if (HostRoot.TryReadFile(Path.Combine(tracefs, path)) is { Length: > 0 } format) yield return new HostFile(path, format);
        }

        foreach (ReasonEnum each in enums.All) yield return new HostFile(each.Path, each.Content);
    }

    private CaptureWriter Create(string path)
    {
        path = Path.GetFullPath(path);
        guard.ExpectFile(path);
        return CaptureWriter.Create(path, options.Force, inode => guard.FileIsMade(path, inode));
    }

    private CaptureRow Describe(TraceInstance ring) => new()
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
        Event = plan.Drops.Id,
        ProbeDefinition = plan.Drops.Definition?.Text,
        HitsOf = plan.HitsOf,
        Packets = plan.Packets switch { PacketBytes.Full => "full", PacketBytes.Headers => "headers", _ => "none" },
        Filter = plan.Asked,
        ProbeCondition = plan.Condition,
        Trigger = plan.Drops.Trigger,
        TraceOptions = ring.Options,
        TraceClock = "mono",
        BufferKibPerCpu = ring.BufferKiBPerCpu,
        WindowNs = options.WindowNs,
        MaxRate = maxRate,
    };

    public static string WhyOf(ProbePlan plan, string? noPages) =>
        $"{plan.Said}{(noPages is null ? "" : $" Its ring is read only as text: {noPages}.")}";

    /// <summary>The host between two parts, in full: which of them is the first to be kept is not known yet.</summary>
    public HostView Look()
    {
        var sockets = new SocketTables(host);
        var seen = HostView.Read(host, sockets.ReadHere);
        seen = seen.With(sockets.Files(SocketHolders.Read(host)));
        return options.HostState ? seen.With(HostState.Read(host)) : seen;
    }
}
