using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using DropForensics.Core.Model;

namespace DropForensics.Core.Recording;

/// <summary>Totals of a recording so far.</summary>
public sealed class Totals
{
    private readonly Dictionary<int, (long Lines, long Ring, long Uncounted)> _lostByCpu = [];
    // A port scan is as many flows as packets: past this the rarest are of no interest to a summary.
    private const int MaxFlows = 1 << 14;

    private readonly Dictionary<PacketHeaders, long> _flows = [];
    private readonly Recorder _recorder;

    internal Totals(Recorder recorder) => _recorder = recorder;

    /// <summary>Drops written.</summary>
    public long Drops { get; internal set; }

    /// <summary>Drops already committed: if writing fails, only these are in the file.</summary>
    public long Committed { get; internal set; }

    /// <summary>Those without a stack while stacks were still taken.</summary>
    public long WithoutStack { get; internal set; }

    /// <summary>Those without a stack because the agent had stopped taking stacks: <see cref="Recorder.StacksUntilNs"/>.</summary>
    public long AfterStacks { get; internal set; }

    /// <summary>Lines that are not an event, stack, loss or comment.</summary>
    public long Unparsed => _recorder.Decoders.Sum(decoder => decoder.Lines.Unparsed);

    /// <summary>Drops that the filter left out.</summary>
    public long Filtered => _recorder.Decoders.Sum(decoder => decoder.Lines[LineKind.Filtered]) + FilteredUnseen;

    /// <summary>Those of them that have no packet to compare.</summary>
    public long FilteredUnseen => _recorder.Decoders.Sum(decoder => decoder.Lines[LineKind.FilteredUnseen]);

    /// <summary>Events beside the drops by kind.</summary>
    public IReadOnlyDictionary<string, long> OtherEvents => _recorder.OtherEvents;

    /// <summary>Stacks whose event was lost.</summary>
    public long OrphanStacks => _recorder.Decoders.Sum(decoder => decoder.OrphanStacks);

    /// <summary>Distinct stacks.</summary>
    public int Stacks => _recorder.Stacks;

    /// <summary>Streams whose decoder failed, a bug in this program: only their bytes are kept.</summary>
    public int FaultyStreams { get; internal set; }

    /// <summary>Drops by site and reason, in no order.</summary>
    public IReadOnlyCollection<Tally> Sites => _recorder.Tallies;

    /// <summary>Drops by flow, for the first 16,384 flows, in no order.</summary>
    public IReadOnlyDictionary<PacketHeaders, long> Flows => _flows;

    /// <summary>
    /// Ring records lost (an event and its stack are two) and gaps of unknown size, for each CPU that lost any. LOST lines and the ring's own
    /// counters count the same records, so the larger of the two is used, as in the view <c>lost</c> of schema.sql. It is computed here again because
    /// progress shows it while the rows are not yet committed, and a summary must not depend on a file that may have failed.
    /// </summary>
    public IReadOnlyList<(int Cpu, long Records, long Uncounted)> LossesByCpu
    {
        get
        {
            var losses = new List<(int, long, long)>(_lostByCpu.Count);
            foreach ((int cpu, (long Lines, long Ring, long Uncounted) lost) in _lostByCpu) losses.Add((cpu, Math.Max(lost.Lines, lost.Ring), lost.Uncounted));
            return losses;
        }
    }

    /// <summary>Ring records lost on all CPUs.</summary>
    public long Lost => LossesByCpu.Sum(lost => lost.Records);

    /// <summary>Gaps whose size the kernel did not know.</summary>
    public long UncountedLosses => LossesByCpu.Sum(lost => lost.Uncounted);

    /// <summary>Lines by kind of each stream, by its CPU; null for a merged one.</summary>
    public IReadOnlyList<StreamLines> LinesByStream => _recorder.LinesByStream;

    /// <summary>Drops by any property of their site or reason, the most frequent first: <c>By(t => t.Attribution.Driver)</c>.</summary>
    public IReadOnlyList<DropCount<TKey>> By<TKey>(Func<Tally, TKey> property) =>
        [.. Sites.GroupBy(property).Select(group => new DropCount<TKey>(group.Key, group.Sum(tally => tally.Drops))).OrderByDescending(entry => entry.Drops)];

    internal void Add(in PacketHeaders? headers)
    {
        if (headers is not { } known) return;
        ref long drops = ref CollectionsMarshal.GetValueRefOrNullRef(_flows, known);
        if (!Unsafe.IsNullRef(ref drops)) drops++;
        else if (_flows.Count < MaxFlows) _flows.Add(known, 1);
    }

    internal void AddLoss(in LossEvent loss)
    {
        (long lines, long ring, long uncounted) = _lostByCpu.GetValueOrDefault(loss.Cpu);
        _lostByCpu[loss.Cpu] = (lines + (loss.Records ?? 0), ring, uncounted + (loss.Records is null ? 1 : 0));
    }

    internal void AddRingLoss(int cpu, long records)
    {
        (long lines, long ring, long uncounted) = _lostByCpu.GetValueOrDefault(cpu);
        _lostByCpu[cpu] = (lines, ring + records, uncounted);
    }
}

/// <summary>Drops that have something in common.</summary>
/// <param name="Key">What: a reason's name, a driver.</param>
/// <param name="Drops">How many.</param>
public sealed record DropCount<TKey>(TKey Key, long Drops);

/// <summary>The lines of one stream, by kind.</summary>
/// <param name="Cpu">Whose; null for a merged one.</param>
/// <param name="Lines">How many of each kind.</param>
public sealed record StreamLines(int? Cpu, LineCounts Lines);
