using DropForensics.Core.Store;

namespace DropForensics.Capture.Host;

/// <summary>The host's clocks, read together.</summary>
internal static class HostClock
{
    /// <summary>The three are read between two readings of the monotonic clock, whose middle is taken.</summary>
    public static ClockReading Read()
    {
        var before = Libc.ReadClockNs(Libc.ClockMonotonic);
        var real = Libc.ReadClockNs(Libc.ClockRealTime);
        var boot = Libc.ReadClockNs(Libc.ClockBootTime);
        var after = Libc.ReadClockNs(Libc.ClockMonotonic);
        return new ClockReading(before + ((after - before) / 2), boot, real);
    }
}
