using System.Globalization;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// Turns trace times into UTC piecewise, by the clock reading last taken before them (as the view <c>drops</c> does), and says
/// where the host's clocks did something a reader must know.
/// </summary>
/// <param name="readings">In the order of their time.</param>
/// <param name="capture">Says where <c>t_ns</c> begins.</param>
internal sealed class HostClock(IReadOnlyList<ClockRow> readings, CaptureInfo capture)
{
    /// <summary>Slewing by NTP is at most 0.5 ms a second; a larger difference between two readings is a step.</summary>
    private const long SmallestStepNs = 10_000_000;

    /// <summary>Whether times can be converted: the capture has clock readings, and its clock is CLOCK_MONOTONIC.</summary>
    public bool IsKnown { get; } = readings.Count > 0 && capture is { TraceClock: "mono", OpenedNs: not null };

    /// <summary>The UTC of a <c>t_ns</c>; null where it is not known, or forged readings lead out of all time.</summary>
    public DateTime? Utc(long tNs) => RealNs(tNs) is { } ns ? DateTime.UnixEpoch.AddTicks(ns / 100) : null;

    /// <summary>The same as ns since 1970.</summary>
    public long? RealNs(long tNs)
    {
        if (!IsKnown)
        {
            return null;
        }

        Int128 mono = (Int128)capture.OpenedNs!.Value + tNs; // OpenedNs is not null where it is known
        int after = 0; // the first reading that was taken later
        for (int end = readings.Count; after < end;)
        {
            int middle = (after + end) / 2;
            (after, end) = readings[middle].MonoNs <= mono ? (middle + 1, end) : (after, middle);
        }

        ClockRow reading = readings[Math.Max(0, after - 1)];
        Int128 real = mono - reading.MonoNs + reading.RealNs;
        return real >= long.MinValue && real <= long.MaxValue ? (long)real : null;
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

/// <summary>A time as the view <c>drops</c> prints it: <c>2026-11-22T09:02:16.773512Z</c>. Times of one second follow each other, and share its text.</summary>
internal sealed class UtcText
{
    private const long Second = 1_000_000_000;

    private long _second = -1;
    private string _text = "";

    /// <param name="ns">Since 1970, not before.</param>
    public string Of(long ns)
    {
        if (ns / Second != _second)
        {
            _second = ns / Second;
            _text = DateTime.UnixEpoch.AddSeconds(_second).ToString("s", CultureInfo.InvariantCulture);
        }

        return string.Create(CultureInfo.InvariantCulture, $"{_text}.{ns % Second / 1000:d6}Z");
    }
}
