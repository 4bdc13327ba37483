using DropForensics.Core.Lines;

namespace DropForensics.Capture.Recording;

/// <summary>
/// A part whose successor has begun. Both take their drops from the same ring, so each CPU's text is cut where it passes the moment between them; the
/// part ends when every CPU has passed it.
/// </summary>
/// <param name="ending">The part.</param>
/// <param name="end">What was known of the host and the kernel at that moment.</param>
/// <param name="cpus">Those with a ring.</param>
internal sealed class Handover(Segment ending, SegmentEnd end, IReadOnlyList<int> cpus)
{
    private readonly TimeCut?[] _waiting = Cuts(cpus, ending.Row.ClosedNs ?? 0, hasStacks: ending.Row.Trigger is not null && end.Relief.Count == 0);
    private int _left = cpus.Count;

    /// <summary>The part.</summary>
    public Segment Ending => ending;

    /// <summary>Nothing of it is left in any ring.</summary>
    public bool IsOver => _left == 0;

    /// <summary>Gives the part what belongs to it.</summary>
    /// <returns>The rest, which its successor gets.</returns>
    public ReadOnlySpan<byte> Feed(int cpu, ReadOnlySpan<byte> text)
    {
        if (_waiting[cpu] is not { } cut) return text;
        int taken = cut.Take(text);
        if (taken > 0) ending.Recorder.Feed(cpu, text[..taken]);
        if (cut.IsPast) End(cpu);
        return text[taken..];
    }

    /// <summary>A CPU's ring was found empty after the moment.</summary>
    public void FoundEmpty(int cpu)
    {
        _waiting[cpu]?.Pass();
        if (_waiting[cpu] is { IsPast: true }) End(cpu);
    }

    private void End(int cpu)
    {
        _waiting[cpu] = null;
        _left--;
    }

    /// <summary>Where the text of each CPU passes a moment, by CPU.</summary>
    public static TimeCut?[] Cuts(IReadOnlyList<int> cpus, long atNs, bool hasStacks)
    {
        var waiting = new TimeCut?[cpus[^1] + 1]; // they are in order
        foreach (int cpu in cpus) waiting[cpu] = new TimeCut(atNs, hasStacks);
        return waiting;
    }

    /// <summary>Stores what is left of the part, and closes its file.</summary>
    public CaptureResult Finish()
    {
        ending.Recorder.Complete();
        return ending.Finish(end);
    }
}
