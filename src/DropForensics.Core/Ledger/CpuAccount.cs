using System.Text.Json.Serialization;

namespace DropForensics.Core.Ledger;

/// <summary>
/// What became of one CPU's drops, in independent numbers: what the kernel counted, what its ring wrote, returned and lost, and what we read and parsed.
/// </summary>
public sealed record CpuAccount
{
    /// <summary>Null: a merged stream (an imported file).</summary>
    public required int? Cpu { get; init; }

    /// <summary>Drops that the kernel counted in the second instance; null without one.</summary>
    public long? Counted { get; init; }

    /// <summary>Those of them that it counted while the gate was open; null if that was all the time.</summary>
    public long? Sampled { get; init; }

    /// <summary>Drops that are in the capture.</summary>
    public long Captured { get; init; }

    /// <summary>Drops that the agent's filter left out.</summary>
    public long Filtered { get; init; }

    /// <summary>Their stacks.</summary>
    [JsonIgnore]
    public long FilteredStacks { get; init; }

    /// <summary>Those of the drops left out that had no packet to compare.</summary>
    [JsonIgnore]
    public long FilteredUnseen { get; init; }

    /// <summary>Well-formed events that are not drops.</summary>
    public long OtherEvents { get; init; }

    /// <summary>Records of other events that the kernel wrote to the ring, by its own count; null if it did not count them.</summary>
    [JsonIgnore]
    public long? OthersWritten { get; init; }

    /// <summary>Stacks that were read, orphans among them: a ring record each.</summary>
    public long Stacks { get; init; }

    /// <summary>Stacks whose event is missing.</summary>
    public long OrphanStacks { get; init; }

    /// <summary>Raw lines.</summary>
    public long Lines { get; init; }

    /// <summary>Lines that did not parse.</summary>
    public long UnparsedLines { get; init; }

    /// <summary>Records that readers took out of the ring, by the kernel's count; null where its counters are not known.</summary>
    public long? RecordsRead { get; init; }

    /// <summary>Records that were still in the ring at the end; null where its counters are not known.</summary>
    public long? RecordsLeft { get; init; }

    /// <summary>Records that the ring lost: the larger of the counts in LOST lines and in its counters.</summary>
    public long RecordsLost { get; init; }

    /// <summary>Gaps whose size the kernel did not know.</summary>
    public long UncountedHoles { get; init; }

    /// <summary>Records that were read and parsed.</summary>
    public long RecordsUnderstood => Captured + OtherEvents + Stacks + Filtered + FilteredStacks;

    /// <summary>Records that the kernel returned and no line shows; a line that did not parse may be one of them.</summary>
    public long RecordsMissedByReader => RecordsRead is { } read ? Math.Max(0, read - RecordsUnderstood - UnparsedLines) : 0;

    /// <summary>The account of this CPU in two captures that follow each other. What the ring itself says of reads is of neither.</summary>
    internal CpuAccount Then(CpuAccount next) => new()
    {
        Cpu = Cpu,
        Counted = Counted + next.Counted,
        Sampled = Sampled is null && next.Sampled is null ? null : (Sampled ?? Counted) + (next.Sampled ?? next.Counted),
        Captured = Captured + next.Captured,
        OtherEvents = OtherEvents + next.OtherEvents,
        OthersWritten = OthersWritten + next.OthersWritten,
        Filtered = Filtered + next.Filtered,
        FilteredStacks = FilteredStacks + next.FilteredStacks,
        FilteredUnseen = FilteredUnseen + next.FilteredUnseen,
        Stacks = Stacks + next.Stacks,
        OrphanStacks = OrphanStacks + next.OrphanStacks,
        Lines = Lines + next.Lines,
        UnparsedLines = UnparsedLines + next.UnparsedLines,
        RecordsLost = RecordsLost + next.RecordsLost,
        UncountedHoles = UncountedHoles + next.UncountedHoles,
    };

    /// <summary>
    /// Drops that must be among the lost records. If each drop is followed by its stack, both are records: drops = (events + stacks + lost records) /
    /// 2, and the captured ones are known. For other events the kernel's count is used; without it, each one that was read is assumed to have a stack
    /// too.
    /// </summary>
    /// <param name="stacks">A stack was recorded with each drop, to the end.</param>
    /// <param name="perDrop">Records a drop has at most.</param>
    internal long DropsLost(bool stacks, int perDrop) =>

        // Other events were counted in the whole window, and the ring has only those of the spans; the drops in the spans are known.
        Sampled is { } inside && OthersWritten is not null ? Math.Clamp(inside - Captured - Filtered, 0, RecordsLost)
            : stacks
            ? Math.Clamp((Stacks + FilteredStacks + OtherEvents + RecordsLost - (OthersWritten ?? 2 * OtherEvents) - Captured - Filtered) / 2, 0, RecordsLost)
            : Math.Max(0, RecordsLost - Math.Max(0, (OthersWritten ?? 0) - OtherEvents)) / perDrop;
}
