using System.Text.Json.Serialization;
using DropForensics.Core.Store;

namespace DropForensics.Core.Ledger;

/// <summary>
/// All accounts of one capture, as the agent has them at the end and the analyzer reads them from the file. Its JSON omits what the report has elsewhere.
/// </summary>
public sealed record CompletenessLedger
{
    /// <summary>The function whose hits were recorded; null for drops.</summary>
    [JsonIgnore]
    public string? HitsOf { get; init; }

    /// <summary>Made from a text file: there are no counters of the host.</summary>
    [JsonIgnore]
    public bool IsImport { get; init; }

    /// <summary>Made from the output of perf script: it shows losses only if asked to, and a drop and its stack are one record.</summary>
    [JsonIgnore]
    public bool IsPerf { get; init; }

    /// <summary>By CPU; for a merged stream, one account without a CPU comes first.</summary>
    public required IReadOnlyList<CpuAccount> Cpus { get; init; }

    /// <summary>Drops in the capture.</summary>
    public required long Captured { get; init; }

    /// <summary>Drops that the agent read and its filter left out.</summary>
    public long Filtered => Cpus.Sum(cpu => cpu.Filtered);

    /// <summary>Those of them that had no packet to compare.</summary>
    public long FilteredUnseen => Cpus.Sum(cpu => cpu.FilteredUnseen);

    /// <summary>Captured drops without a stack.</summary>
    public long WithoutStack { get; init; }

    /// <summary>A stack was requested with each drop.</summary>
    public bool HasStacks { get; init; }

    /// <summary>Drops the kernel counted on all CPUs; null without a witness.</summary>
    public long? Counted { get; init; }

    /// <summary>How many of those may fall between the two gates, which do not switch at the same instant.</summary>
    public long Slack { get; init; }

    /// <summary>Of a capture that recorded a sample to spare its host, what of it; null if the gate was open all the time.</summary>
    public Sample? Sample { get; init; }

    /// <summary>Of a capture with <c>--freeze</c>, how its ring was frozen; else null.</summary>
    [JsonIgnore]
    public FrozenRing? Frozen { get; init; }

    /// <summary>What was recorded is a sample, be it known how large a part or not.</summary>
    [JsonIgnore]
    public bool IsSample => Sample is not null || Relief.Any(step => step.Step == ReliefRow.Sample);

    /// <summary>Drops that were counted while the gate was shut on purpose: they are no loss. 0 if it never was.</summary>
    public long MissedBySampling => Sample is null ? 0 : Math.Max(0, (Counted ?? Sample.Counted ?? 0) - Untold - Sample.Drops);

    /// <summary>
    /// Of a sample whose agent was killed, drops that were counted after its last write: nobody knows how long the gate was open then. Otherwise 0.
    /// </summary>
    [JsonIgnore]
    public long Untold => Counted is { } all && Sample?.Counted is { } told ? Math.Max(0, all - told) : 0;

    /// <summary>How many drops may fall between the gates, each time that these move.</summary>
    [JsonIgnore]
    public long AllSlack => Slack + (Sample?.Slack ?? 0);

    /// <summary>Drops that were counted while the gate was open, or may have been; null without a witness.</summary>
    [JsonIgnore]
    public long? CountedInside => Counted is null ? null : Sample is null ? Counted : Sample.Drops + Untold;

    /// <summary>Records written to the ring of an imported text, if the text's head shows that none was overwritten; otherwise null.</summary>
    [JsonIgnore]
    public long? HeldRecords { get; init; }

    /// <summary>Whether the rings' own loss counters were read at the end.</summary>
    public bool HasRingCounters { get; init; }

    /// <summary>What someone else changed in our instances; null if nothing was seen.</summary>
    [JsonIgnore]
    public string? Disturbance { get; init; }

    /// <summary>What ended the window; null if no process survived to close it, or for imports.</summary>
    [JsonIgnore]
    public string? Ended { get; init; }

    /// <summary>What the agent gave up to spare the host; usually empty.</summary>
    [JsonIgnore]
    public IReadOnlyList<ReliefRow> Relief { get; init; } = [];

    /// <summary>Captured drops that have no stack because stacks had been given up.</summary>
    [JsonIgnore]
    public long AfterStacks { get; init; }

    /// <summary>Drops per second above which the agent was to spare the host; null without such a limit.</summary>
    [JsonIgnore]
    public long? MaxRate { get; init; }

    /// <summary>Why the file ends early; usually null.</summary>
    [JsonIgnore]
    public string? WriteFailure { get; init; }

    /// <summary>Streams decoded only up to a line where the decoder itself failed.</summary>
    public long FaultyStreams { get; init; }

    /// <summary>Packets that interfaces lost before the stack.</summary>
    public IReadOnlyList<UnseenPackets> BeforeTheStack { get; init; } = [];

    /// <summary>Ring records lost on all CPUs.</summary>
    public long RecordsLost => Cpus.Sum(cpu => cpu.RecordsLost);

    /// <summary>Gaps on all CPUs for which the kernel gave no record count.</summary>
    public long UncountedHoles => Cpus.Sum(cpu => cpu.UncountedHoles);

    /// <summary>Lines on all CPUs that did not parse.</summary>
    public long UnparsedLines => Cpus.Sum(cpu => cpu.UnparsedLines);

    /// <summary>
    /// Drops that were counted while the gate was open but neither captured nor left out by the filter; null without a witness. 0 if all of them may fall
    /// between the two gates.
    /// </summary>
    public long? Missed => CountedInside - Captured - Filtered is not { } difference ? null : difference >= -MostUncounted && difference <= AllSlack ? 0 : difference;

    // A drop that is counted just before the gate opens may be recorded just after; and where the kernel shuts ring and counter one after the other, each
    // other CPU may be between the two.
    private long MostUncounted => (Sample?.Spans ?? 0) + (Frozen is { ByKernel: true } ? Cpus.Count : 0);

    /// <summary>The accounts of this capture and of one that begins where it ends, as those of one capture.</summary>
    public CompletenessLedger Then(CompletenessLedger next) => next with
    {
        Cpus = [.. Cpus.Select(cpu => next.Cpus.FirstOrDefault(same => same.Cpu == cpu.Cpu) is { } then ? cpu.Then(then) : cpu), .. next.Cpus.Where(cpu => Cpus.All(known => known.Cpu != cpu.Cpu))],
        Captured = Captured + next.Captured,
        WithoutStack = WithoutStack + next.WithoutStack,
        Counted = Counted + next.Counted,
        Slack = Slack + next.Slack,
        Sample = Sample is null && next.Sample is null ? null : (Sample ?? Whole).Then(next.Sample ?? next.Whole),
        Disturbance = Disturbance ?? next.Disturbance,
        Relief = [.. Relief, .. next.Relief.Where(step => !Relief.Any(known => known.Step == step.Step))],
        AfterStacks = AfterStacks + next.AfterStacks,
        WriteFailure = WriteFailure ?? next.WriteFailure,
        FaultyStreams = FaultyStreams + next.FaultyStreams,
        BeforeTheStack =
        [
            .. BeforeTheStack.Select(lost => next.BeforeTheStack.FirstOrDefault(lost.IsOfTheSame) is { } then ? lost with { Packets = lost.Packets + then.Packets } : lost),
            .. next.BeforeTheStack.Where(lost => !BeforeTheStack.Any(lost.IsOfTheSame)),
        ],
    };

    private Sample Whole => new(1, Counted ?? 0, 0) { Counted = Counted };

    /// <summary>Other events were recorded beside the drops: a record may be one of these.</summary>
    [JsonIgnore]
    public bool HasOthers => Cpus.Any(cpu => cpu.OtherEvents > 0 || cpu.OthersWritten > 0);

    /// <summary>Drops of a CPU that were counted but neither captured nor left out by the filter; null where nothing usable counted them.</summary>
    internal long? Missing(CpuAccount cpu) => Missed is >= 0 and var all && (cpu.Sampled ?? cpu.Counted) - cpu.Captured - cpu.Filtered is { } missing ? Math.Clamp(missing, 0, all) : null;

    /// <summary>Those that must be among the CPU's lost records, at least.</summary>
    internal long LostOn(CpuAccount cpu) => DropsLost().FirstOrDefault(lost => lost.Cpu == cpu.Cpu)?.Drops ?? 0;

    /// <summary>Drops that must be among the lost records, by CPU; for a merged stream in total.</summary>
    public IReadOnlyList<CpuDrops> DropsLost()
    {
        // More drops without a stack than records lost: the kernel's own bound for stacks was reached.
        bool stacks = HasStacks && AfterStacks == 0 && WithoutStack <= RecordsLost + (4 * Cpus.Count);
        int perDrop = HasStacks ? 2 : 1;
        return Cpus is [{ Cpu: null } merged, ..]
            ? RecordsLost == 0 ? [] : [new CpuDrops(null, Lost(merged with { RecordsLost = RecordsLost }))]
            : [.. Cpus.Where(cpu => cpu.RecordsLost > 0).Select(cpu => new CpuDrops(cpu.Cpu, Lost(cpu)))];

        // Of records that may be other events, no more can be drops than the kernel counted.
        long Lost(CpuAccount cpu) => !HasOthers ? cpu.DropsLost(stacks, perDrop)
            : Missing(cpu) is { } missing ? Math.Min(missing, cpu.DropsLost(stacks, perDrop))
            : cpu.OthersWritten is null ? 0 : cpu.DropsLost(stacks, perDrop);
    }
}

/// <summary>Drops of one CPU.</summary>
/// <param name="Cpu">Its number; null for a merged stream.</param>
/// <param name="Drops">How many.</param>
public sealed record CpuDrops(int? Cpu, long Drops);
