using System.Runtime.InteropServices;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Host;

/// <summary>Who this host is, from procfs.</summary>
/// <param name="HostName">Its name.</param>
/// <param name="KernelRelease">As <c>uname -r</c> prints it.</param>
/// <param name="KernelVersion">As <c>uname -v</c> prints it.</param>
/// <param name="Machine">As <c>uname -m</c> prints it.</param>
/// <param name="BootId">Random, made at boot.</param>
/// <param name="TimeZone">Offset from UTC now and the zone's name: <c>+01:00 Europe/Berlin</c>.</param>
/// <param name="CpusOnline">The kernel's list: <c>0-3,6</c>.</param>
internal sealed record HostFacts(
    string? HostName, string? KernelRelease, string? KernelVersion, string Machine, string? BootId, string TimeZone, string? CpusOnline)
{
    public static HostFacts Read(HostRoot host) => new(
        host.TryReadText("/proc/sys/kernel/hostname"),
        host.TryReadText("/proc/sys/kernel/osrelease"),
        host.TryReadText("/proc/sys/kernel/version"),
        RuntimeInformation.OSArchitecture switch { Architecture.X64 => "x86_64", Architecture.Arm64 => "aarch64", var other => other.ToString() },
        host.TryReadText("/proc/sys/kernel/random/boot_id"),
        ZoneNow(),
        host.TryReadText("/sys/devices/system/cpu/online"));

    /// <summary>How many CPUs the kernel's list names: 5 for <c>0-3,6</c>; 1 where it cannot be read.</summary>
    public int CpuCount => Math.Max(1, (CpusOnline ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries).Sum(CountRange));

    private static int CountRange(string range)
    {
        string[] ends = range.Split('-');
        return int.TryParse(ends[0], out int first) && int.TryParse(ends[^1], out int last) ? last - first + 1 : 0;
    }

    private static string ZoneNow()
    {
        TimeZoneInfo zone = TimeZoneInfo.Local;
        TimeSpan offset = zone.GetUtcOffset(DateTimeOffset.UtcNow);
        return $"{(offset < TimeSpan.Zero ? '-' : '+')}{offset:hh\\:mm} {zone.Id}";
    }
}

/// <summary>The host's clocks, read together.</summary>
internal static class HostClock
{
    /// <summary>The others are read between two readings of the monotonic clock; the middle of these two is used.</summary>
    public static ClockReading Read()
    {
        long before = Libc.ReadClockNs(Libc.ClockMonotonic);
        long real = Libc.ReadClockNs(Libc.ClockRealTime);
        long boot = Libc.ReadClockNs(Libc.ClockBootTime);
        long after = Libc.ReadClockNs(Libc.ClockMonotonic);
        return new ClockReading(before + ((after - before) / 2), boot, real);
    }
}
