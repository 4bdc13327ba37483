using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Network;
using DropForensics.Capture.Probes;
using DropForensics.Capture.State;
using DropForensics.Core;
using DropForensics.Core.Filters;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Recording;

/// <summary>
/// One capture file, from what is known before its window to its result. What it holds is held against what the kernel counted since
/// <see cref="Begin"/>, so several can follow each other on one armed kernel.
/// </summary>
/// <param name="writer">Of the file.</param>
/// <param name="recorder">Writes the drops into it.</param>
/// <param name="plan">What is armed.</param>
/// <param name="row">What the file says of itself.</param>
internal sealed class Segment(CaptureWriter writer, Recorder recorder, ProbePlan plan, CaptureRow row) : IDisposable
{
    private KernelCounts? _start;
    private readonly SampledSpans _spans = new();
    private readonly List<ReliefRow> _relief = [];
    private HostSnapshot? _before;

    public CaptureWriter Writer => writer;

    public Recorder Recorder => recorder;

    /// <summary>Names those who own sockets; null where the probe does not show them.</summary>
    public ControlGroups? Cgroups { get; init; }

    /// <summary>
    /// One of several that share the ring, or of a ring that was frozen. What that says of its own reads tells of none of them, and the counts by reason and location go on through all.
    /// </summary>
    public bool IsPart { get; init; }

    /// <summary>How the ring of <c>--freeze</c> was frozen; else null. Set it before the end.</summary>
    public FrozenRing? Frozen { get; set; }

    /// <summary>How long packets had been in the kernel: see <see cref="LatencyTable"/>; null where that was not counted. Set it before the end.</summary>
    public byte[]? Latency { get; set; }

    /// <summary>What was given up to spare the host.</summary>
    public IReadOnlyList<ReliefRow> Relief => _relief;

    /// <summary>The file by its name.</summary>
    public TargetFile Target { get; } = new(writer.Path);

    /// <summary>What the file says of itself. It tells of the capture and drives nothing.</summary>
    public CaptureRow Row { get; set; } = row;

    /// <summary>Stores all that is known before the window.</summary>
    /// <param name="files">What later code needs to read the records: formats and reason enums.</param>
    /// <param name="start">What the kernel's counters say now.</param>
    /// <param name="seen">The host now.</param>
    public void Begin(IEnumerable<HostFile> files, KernelCounts start, HostView seen)
    {
        _start = start;
        writer.SetCapture(Row);
        foreach ((string? path, byte[]? content) in files) writer.AddArtifact(ArtifactPhase.Before, 0, path, content);
        foreach (RingCount ring in IsPart ? [] : start.Rings) writer.AddArtifact(ArtifactPhase.Before, 0, StatsPath(ring.Cpu), ring.Text);
        if (plan.Others.Count > 0) writer.AddArtifact(ArtifactPhase.Before, 0, EventTables.Armed, ArmedEvents());
        if (plan.Follow is { } follow) writer.AddArtifact(ArtifactPhase.Before, 0, FollowedPackets.Path, System.Text.Encoding.UTF8.GetBytes(follow.Text));
        if (plan.Filter is { } filter) writer.AddArtifact(ArtifactPhase.Before, 0, DropFilter.Path, System.Text.Encoding.UTF8.GetBytes(filter.Text));
        StoreCgroups(ArtifactPhase.Before);
        _before = HostSnapshot.Store(ArtifactPhase.Before, seen, null, writer);
        writer.Commit();
    }

    /// <summary>Lets the file begin at a later moment than it did: its files of before the window are those of then. Nothing is recorded in it yet.</summary>
    /// <param name="files">See <see cref="Begin"/>.</param>
    /// <param name="atNs">The moment, in the trace clock.</param>
    /// <param name="start">What the kernel's counters said then.</param>
    /// <param name="seen">The host then.</param>
    public void BeginAnew(IEnumerable<HostFile> files, long atNs, KernelCounts start, HostView seen)
    {
        writer.ForgetArtifacts();
        recorder.OpenedNs = atNs;
        Row = Row with { OpenedNs = atNs };
        Begin(files, start, seen);
    }

    /// <summary>Stores that the window is open: from here on the file is a capture, whatever happens.</summary>
    public void Opened(ClockReading opened)
    {
        writer.AddClock(opened);
        writer.SetCapture(Row);
        recorder.Commit();
    }

    /// <summary>Adds what was given up to spare the host; what was given up before is told again to each part, and to one part maybe twice.</summary>
    /// <param name="step">Timed from the beginning of this file's window.</param>
    public void Add(ReliefRow step)
    {
        if (_relief.Exists(known => known.Step == step.Step)) return;
        if (_relief is [.., var last] && step.TNs <= last.TNs) step = step with { TNs = last.TNs + 1 };
        _relief.Add(step);
        writer.AddRelief(step);
    }

    /// <summary>Adds a time in which the gate was open, of a sample.</summary>
    public void Add(SampledSpan span)
    {
        _spans.Add(Row.OpenedNs ?? 0, span);
        foreach ((int cpu, long count) in span.Counted) _spans.SetCounted(cpu, count - Before(cpu));
    }

    /// <summary>Stores the spans that were added since the last time.</summary>
    public void StoreSpans()
    {
        foreach ((string? path, byte[]? content) in _spans.Changed()) writer.AddArtifact(ArtifactPhase.After, 0, path, content);
    }

    /// <summary>Stores what is known after the window and closes the file.</summary>
    /// <exception cref="UserError">It was taken away and cannot be written anew.</exception>
    public CaptureResult Finish(SegmentEnd end)
    {
        KernelCounts counts = _start is null ? end.Counts : end.Counts.Since(_start);
        EventCount? drops = counts.Drops;
        Row = Row with { WitnessDrops = drops?.Total, WitnessSlack = drops?.Slack };
        (Exception? finishFailure, FileEnd left) = FileEnding.Finish(writer, Target, Row, end.WriteFailure is null ? () => StoreAfter(counts, end) : writer.Abandon);
        Exception? failure = end.WriteFailure ?? end.ReadFailure ?? finishFailure;
        return new CaptureResult(
            writer.Path, Row, recorder.Totals, LedgerOf(counts, end, left, failure?.Message), end.Relief, Leftovers: [], failure, left,
            UnreadEvidence.Sentence(_before?.Unread ?? [], end.Seen.Unread), Saved: [])
        { Exact = _spans.Count == 0 || IsPart ? [] : ByReason(drops?.Hist) };
    }

    /// <summary>The kernel's counts, counters of the host, and which driver they point to.</summary>
    private void StoreAfter(KernelCounts counts, SegmentEnd end)
    {
        EventCount? drops = counts.Drops;
        foreach ((int cpu, long count) in drops?.ByCpu ?? [])
        {
            writer.AddWitnessCount(cpu, count);
            _spans.SetCounted(cpu, count);
        }

        StoreSpans();
        HistText? hist = IsPart ? null : drops?.Hist;
        foreach ((long? reason, string? location, long count) in hist?.Entries ?? []) writer.AddHistCount(reason, location, count);
        if (hist?.Dropped is > 0 and var dropped) writer.AddHistCount(null, null, dropped);
        if (Latency is { } latency) writer.AddArtifact(ArtifactPhase.After, 0, LatencyTable.Path, latency);
        if (Frozen is { } frozen) writer.AddArtifact(ArtifactPhase.After, 0, FrozenRing.Path, frozen.Text());
        if (counts.Others is { } others) writer.AddArtifact(ArtifactPhase.After, 0, EventTables.Counted, Counted(others));
        foreach (RingCount ring in counts.Rings)
        {
            if (!IsPart) writer.AddArtifact(ArtifactPhase.After, 0, StatsPath(ring.Cpu), ring.Text);
            if (ring.Stats?.Lost is > 0 and var lost) recorder.AddRingLoss(ring.Cpu, lost);
        }

        Cgroups?.List();
        StoreCgroups(ArtifactPhase.After);
        var after = HostSnapshot.Store(ArtifactPhase.After, end.Seen, _before, writer);
        recorder.AttributeInterfaces(after.Interfaces.Drivers);
        if (_before is not null) recorder.AttributeBacklog(after.Interfaces.GainsSince(_before.Interfaces), end.IsSteered);
    }

    /// <summary>Drops that the kernel had counted on a CPU when this file began.</summary>
    private long Before(int cpu)
    {
        foreach ((int same, long count) in _start?.Drops?.ByCpu ?? [])
        {
            if (same == cpu) return count;
        }

        return 0;
    }

    /// <summary>Brings the accounts together; the analyzer reads the same from the file.</summary>
    private CompletenessLedger LedgerOf(KernelCounts counts, SegmentEnd end, FileEnd left, string? failure)
    {
        Totals totals = recorder.Totals;
        var book = new AccountBook();
        foreach ((int? cpu, LineCounts? lines) in totals.LinesByStream)
        {
            foreach (LineKind kind in Enum.GetValues<LineKind>()) book.AddLines(cpu, LineKindNames.Of(kind), lines[kind]);
        }

        foreach ((int cpu, long count) in counts.Drops?.ByCpu ?? []) book.SetCounted(cpu, count);
        book.SetSampled(_spans);
        foreach ((int cpu, long count) in counts.Others?.ByCpu ?? []) book.SetOthersWritten(cpu, count);

        foreach (RingCount ring in IsPart ? [] : counts.Rings)
        {
            if (ring.Stats is { } stats) book.SetStats(ring.Cpu, stats);
        }

        foreach ((int cpu, long records, long holes) in totals.LossesByCpu) book.AddLost(cpu, records, holes);
        EventCount? drops = counts.Drops;
        return new CompletenessLedger
        {
            HitsOf = plan.HitsOf,
            Cpus = book.Accounts,
            Captured = failure is null ? totals.Drops : totals.Committed,
            WithoutStack = totals.WithoutStack,
            HasStacks = plan.Drops.Trigger is not null,
            Counted = drops?.Total,
            Slack = drops?.Slack ?? 0,
            Sample = Sample.Of(_spans),
            Frozen = Frozen,
            HasRingCounters = !IsPart && counts.Rings.Count > 0,
            Disturbance = Row.Disturbance,
            Ended = left == FileEnd.WrittenAnew ? WindowEnds.FileRemoved : Row.Ended,
            Relief = end.Relief,
            AfterStacks = totals.AfterStacks,
            MaxRate = Row.MaxRate,
            WriteFailure = failure,
            FaultyStreams = totals.FaultyStreams,
            BeforeTheStack = _before is null ? [] : new HostSnapshot(end.Seen, _before).UnseenSince(_before),
        };
    }

    public void Dispose()
    {
        Cgroups?.Dispose();
        writer.Dispose();
    }

    private List<DropCount<string>> ByReason(HistText? hist)
    {
        var reasons = new Dictionary<string, long>();
        foreach ((long? reason, string _, long drops) in hist?.Entries ?? [])
        {
            string name = reason is not { } value ? "no reason given" : plan.ReasonName(value);
            reasons[name] = reasons.GetValueOrDefault(name) + drops;
        }

        var all = new List<DropCount<string>>();
        foreach ((string? name, long drops) in reasons) all.Add(new DropCount<string>(name, drops));
        all.Sort((one, other) => other.Drops.CompareTo(one.Drops));
        return all;
    }

    private byte[] ArmedEvents()
    {
        var table = new TsvTable(int.MaxValue, EventTables.ArmedColumns);
        foreach (ArmedEvent each in plan.Others) table.Add(each.Id, each.Filter);
        return table.Bytes();
    }

    private static byte[] Counted(EventCount others)
    {
        var table = new TsvTable(int.MaxValue, EventTables.CountedColumns);
        foreach ((int cpu, long count) in others.ByCpu) table.Add(cpu.ToString(CultureInfo.InvariantCulture), count.ToString(CultureInfo.InvariantCulture));
        return table.Bytes();
    }

    private void StoreCgroups(ArtifactPhase phase)
    {
        if (Cgroups is { } known) writer.AddArtifact(phase, 0, CgroupList.Path, known.Text);
    }

    private static string StatsPath(int cpu) => $"per_cpu/cpu{cpu}/stats";
}

/// <summary>What is known when a segment's last record has been stored.</summary>
/// <param name="Counts">What the kernel's counters say now.</param>
/// <param name="Seen">The host when the gates were shut.</param>
/// <param name="IsSteered">Packets are steered between CPUs.</param>
/// <param name="Relief">What was given up to spare the host; empty as a rule.</param>
/// <param name="WriteFailure">Why nothing more could be stored; null as a rule.</param>
/// <param name="ReadFailure">Why reading, or waiting, went wrong; null as a rule.</param>
internal sealed record SegmentEnd(
    KernelCounts Counts, HostView Seen, bool IsSteered, IReadOnlyList<ReliefRow> Relief, Exception? WriteFailure, Exception? ReadFailure);
