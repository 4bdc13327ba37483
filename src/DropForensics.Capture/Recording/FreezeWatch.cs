using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Network;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Waits, with <c>--freeze</c>, until the kernel has shut the ring's gate. Newer drops overwrite older ones, so the file begins at the first moment from
/// which on every CPU's ring has every record. How many drops came before follows from the rings themselves where each record is a drop, or a drop and its
/// stack; else the file begins at one of the notes made from time to time of how much was counted. Used by the session's thread alone.
/// </summary>
/// <param name="kernel">What is armed, with its gates shut.</param>
/// <param name="look">Reads the host, as at the beginning of a capture.</param>
/// <param name="begin">Lets the file begin anew.</param>
internal sealed class FreezeWatch(ArmedKernel kernel, Func<HostView> look, Action<Segment, FreezeWatch.Note> begin)
{
    // The waking costs a host at rest some 0.05 % of a CPU; what the host's own counters gain until the end is seen is not in the ring.
    public const long LookNs = 50_000_000;

    // A note for each eighth of a ring that may have been overwritten, of the last four times that it was.
    private const int NotesInRing = 8, MostNotes = 4 * NotesInRing, RecordBytes = 100;
    private const long NoteNs = 250_000_000, MicrosecondNs = 1000;

    private readonly KernelCounts _atStart = kernel.Counts();
    private readonly List<Note> _notes = [];
    private long _nextNs;
    private Note? _first;
    private bool _isFrozen, _isWhole = true;
    private int _recordsOfDrop;
    private long _earlier;

    /// <summary>Looks at the gate, and makes a note if it is time.</summary>
    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    /// <param name="frozen">Called when the kernel has shut the gate.</param>
    /// <returns>When to look again.</returns>
    public long Look(long nowNs, Action frozen)
    {
        if (SeeGate())
        {
            frozen();
        }
        else if (nowNs >= _nextNs)
        {
            _nextNs = nowNs + NoteNs;
            if (IsDue()) Add();
        }

        return nowNs + LookNs;
    }

    /// <summary>Whether the kernel has shut the gate. Call it once more before the agent shuts it: later nobody can tell.</summary>
    public bool SeeGate() => _isFrozen |= kernel.IsFrozen;

    /// <summary>Lets the file begin where all that followed is in the ring, if that is not when it was opened. Call it with the gates shut, before the ring is read.</summary>
    /// <param name="segment">Of the file.</param>
    /// <param name="recordsOfDrop">Records of each drop, if the ring has nothing else; 0 if it has, or if some drops have a stack and others none.</param>
    /// <returns>Where it begins; null: where it began.</returns>
    public Note? Begin(Segment segment, int recordsOfDrop)
    {
        long sinceNs = 0;
        foreach (RingCount ring in kernel.Counts().Rings)
        {
            if (ring.Stats is { Overrun: > 0 } stats) sinceNs = Math.Max(sinceNs, stats.OldestNs + MicrosecondNs);
        }

        _isWhole = sinceNs == 0;
        if (_isWhole) return null;
        Note? next = _notes.Find(note => note.Clock.MonoNs >= sinceNs);
        if (recordsOfDrop > 0)
        {
            // The host as it was later: its counters must not have gained what is not in the file.
            (_recordsOfDrop, _isWhole) = (recordsOfDrop, true);
            ClockReading clock = next?.Clock ?? HostClock.Read();
            long later = clock.MonoNs - sinceNs;
            _first = new Note(new ClockReading(sinceNs, clock.BootNs - later, clock.RealNs - later), _atStart, next?.Seen ?? look());
        }
        else
        {
            _isWhole = next is not null;
            _first = next ?? (_notes.Count > 0 ? _notes[^1] : null);
        }

        if (_first is not null) begin(segment, _first);
        return _first;
    }

    /// <summary>What the file says of the ring. Complete after <see cref="AtEnd"/>.</summary>
    public FrozenRing Ring => new(_isFrozen, _earlier);

    /// <summary>
    /// The counts at the end, of the drops in the file alone; what was overwritten before it begins is no loss. Of a CPU's first record it is not known whether
    /// it is a drop's or its stack, and where the kernel shut the gates, each CPU may have had a drop between that of the ring and that of the counter.
    /// </summary>
    /// <param name="counts">Since the event was armed.</param>
    /// <param name="skipped">Drops of each CPU that were in its ring and are from before the file begins.</param>
    public KernelCounts AtEnd(KernelCounts counts, Func<int, long> skipped)
    {
        long slack = _isFrozen ? kernel.Ring.Cpus.Count : 0;
        EventCount? drops = counts.Drops;
        if (_recordsOfDrop > 0 && drops is not null)
        {
            var byCpu = new List<(int, long)>();
            foreach ((int cpu, long count) in drops.ByCpu)
            {
                long overwritten = counts.Of(cpu)?.Overrun ?? 0;
                long before = Math.Min(count, ((overwritten + _recordsOfDrop - 1) / _recordsOfDrop) + skipped(cpu));
                byCpu.Add((cpu, count - before));
                _earlier += before;
                slack += overwritten > 0 ? 1 : 0;
            }

            drops = drops with { ByCpu = byCpu };
        }
        else
        {
            _earlier = _first?.Counts.Drops?.Total ?? 0;
        }

        return counts with { Drops = drops is null ? null : drops with { Slack = drops.Slack + slack }, Rings = _first is null ? counts.Rings : Since(_first.Counts, counts.Rings) };
    }

    private bool IsDue()
    {
        Note? last = _notes is [.., var newest] ? newest : null;
        long eighth = kernel.Ring.BufferKiBPerCpu * 1024 / NotesInRing;
        foreach ((int cpu, byte[] text) in kernel.Ring.Stats())
        {
            long written = (RingStats.TryParse(text)?.Written ?? 0) - (last?.Counts.Of(cpu)?.Written ?? 0);
            if (written * RecordBytes >= eighth) return true;
        }

        return false;
    }

    private void Add()
    {
        ClockReading clock = HostClock.Read();
        KernelCounts from = kernel.CountsBetween(() => (clock = HostClock.Read()).MonoNs).From;
        if (_notes.Count == MostNotes) _notes.RemoveAt(0);
        _notes.Add(new Note(clock, from, look()));
    }

    // What was overwritten since a note was first what the ring had then, from before the file begins.
    private List<RingCount> Since(KernelCounts first, IReadOnlyList<RingCount> rings)
    {
        var all = new List<RingCount>();
        foreach (RingCount ring in rings)
        {
            RingStats? then = first.Of(ring.Cpu);
            long overrun = then?.Overrun ?? 0;
            all.Add(ring with { Stats = ring.Stats is { } stats ? stats with { Overrun = _isWhole ? overrun : Math.Max(overrun, stats.Overrun - (then?.Entries ?? 0)) } : null });
        }

        return all;
    }

    /// <summary>A moment at which the file may begin.</summary>
    /// <param name="Clock">When it is.</param>
    /// <param name="Counts">What the kernel had counted.</param>
    /// <param name="Seen">The host.</param>
    internal sealed record Note(ClockReading Clock, KernelCounts Counts, HostView Seen);
}
