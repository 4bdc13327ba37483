using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// Turns trace times into UTC piecewise, by the clock reading last taken before them (as the view <c>drops</c> does), and says
/// where the host's clocks did something a reader must know.
/// </summary>
internal sealed class HostClock(IReadOnlyList<ClockRow> readings, CaptureInfo capture)
{
    /// <summary>Slewing by NTP is at most 0.5 ms a second; a larger difference between two readings is a step.</summary>
    private const long SmallestStepNs = 10_000_000;

    private readonly bool _known = readings.Count > 0 && capture is { TraceClock: "mono", OpenedNs: not null };

    /// <summary>The UTC of a <c>t_ns</c>; null where the capture has no clock readings or its clock is not CLOCK_MONOTONIC.</summary>
    public DateTime? Utc(long tNs)
    {
        if (!_known)
        {
            return null;
        }

        long mono = capture.OpenedNs!.Value + tNs; // OpenedNs is not null where _known
        ClockRow reading = readings.LastOrDefault(r => r.MonoNs <= mono) ?? readings[0];
        return DateTime.UnixEpoch.AddTicks((reading.RealNs - reading.MonoNs + mono) / 100);
    }

    /// <summary>Steps of the wall clock and suspends, in order.</summary>
    public IReadOnlyList<ClockNote> Notes()
    {
        var notes = new List<ClockNote>();
        foreach ((ClockRow before, ClockRow after) in readings.Zip(readings.Skip(1)))
        {
            long at = after.MonoNs - (capture.OpenedNs ?? readings[0].MonoNs);
            long slept = after.BootNs - before.BootNs - (after.MonoNs - before.MonoNs);
            long stepped = after.RealNs - before.RealNs - (after.BootNs - before.BootNs);
            if (slept > SmallestStepNs)
            {
                notes.Add(new ClockNote(at, "suspend", slept));
            }

            if (Math.Abs(stepped) > SmallestStepNs)
            {
                notes.Add(new ClockNote(at, "step", stepped));
            }
        }

        return notes;
    }
}
