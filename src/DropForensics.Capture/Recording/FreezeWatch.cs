using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Network;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Waits, with <c>--freeze</c>, until the kernel has shut the ring's gate, and meanwhile notes from time to time how much was counted, and the host's own
/// counters. Newer drops overwrite older ones, so what is left begins at an unknown moment: the file begins at the first note since, from which on
/// every drop is in the ring and its number is known. Used by the session's thread alone.
/// </summary>
/// <param name="kernel">What is armed.</param>
/// <param name="look">Reads the host, as at the beginning of a capture.</param>
/// <param name="begin">Lets the file begin anew.</param>
internal sealed class FreezeWatch(ArmedKernel kernel, Func<HostView> look, Action<Segment, FreezeWatch.Note> begin)
{
    // The waking costs a host at rest some 0.05 % of a CPU; what the host's own counters gain until the end is seen is not in the ring.
    public const long LookNs = 50_000_000;

    // A note for each eighth of a ring that may have been overwritten, of the last four times that it was.
    private const int NotesInRing = 8, MostNotes = 4 * NotesInRing, RecordBytes = 100;
    private const long NoteNs = 250_000_000;

    private readonly List<Note> _notes = [];
    private long _nextNs;
    private Note? _first;
    private bool _isFrozen, _isWhole = true;

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
    /// <returns>Where it begins; null: where it began.</returns>
    public Note? Begin(Segment segment)
    {
        long sinceNs = 0;
        foreach (RingCount ring in kernel.Counts().Rings)
        {
            if (ring.Stats is { Overrun: > 0 } stats) sinceNs = Math.Max(sinceNs, stats.OldestNs);
        }

        _isWhole = sinceNs == 0;
        if (_isWhole || _notes.Count == 0) return null;
        _first = _notes.Find(note => note.Clock.MonoNs > sinceNs) ?? _notes[^1];
        _isWhole = _first.Clock.MonoNs > sinceNs;
        begin(segment, _first);
        return _first;
    }

    /// <summary>What the file says of the ring.</summary>
    public FrozenRing Ring => new(_isFrozen, _first?.Counts.Drops?.Total ?? 0);

    /// <summary>
    /// The counts at the end: what was overwritten before the file begins is no loss of it; and where the kernel shut the gates, each CPU may have had a
    /// drop between that of the ring and that of the counter.
    /// </summary>
    public KernelCounts AtEnd(KernelCounts counts) => counts with
    {
        Drops = counts.Drops is { } drops && _isFrozen ? drops with { Slack = drops.Slack + kernel.Ring.Cpus.Count } : counts.Drops,
        Rings = _isWhole && _first is { } first ? AsAt(first, counts.Rings) : counts.Rings,
    };

    private bool IsDue()
    {
        Note? last = _notes is [.., var newest] ? newest : null;
        long eighth = kernel.Ring.BufferKiBPerCpu * 1024 / NotesInRing;
        foreach ((int cpu, byte[] text) in kernel.Ring.Stats())
        {
            long written = (RingStats.TryParse(text)?.Written ?? 0) - (last?.Of(cpu)?.Written ?? 0);
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

    private static List<RingCount> AsAt(Note note, IReadOnlyList<RingCount> rings)
    {
        var all = new List<RingCount>();
        foreach (RingCount ring in rings) all.Add(ring with { Stats = ring.Stats is { } stats ? stats with { Overrun = note.Of(ring.Cpu)?.Overrun ?? 0 } : null });
        return all;
    }

    /// <summary>A moment at which the file may begin.</summary>
    /// <param name="Clock">When it is.</param>
    /// <param name="Counts">What the kernel had counted.</param>
    /// <param name="Seen">The host.</param>
    internal sealed record Note(ClockReading Clock, KernelCounts Counts, HostView Seen)
    {
        /// <summary>The counters of a CPU's ring.</summary>
        public RingStats? Of(int cpu)
        {
            foreach (RingCount ring in Counts.Rings)
            {
                if (ring.Cpu == cpu) return ring.Stats;
            }

            return null;
        }
    }
}
