namespace DropForensics.Core.Store;

/// <summary>The host's clocks read at one moment, all in ns.</summary>
/// <param name="MonoNs">CLOCK_MONOTONIC.</param>
/// <param name="BootNs">CLOCK_BOOTTIME, which goes on in suspend.</param>
/// <param name="RealNs">CLOCK_REALTIME, since 1970 UTC.</param>
public readonly record struct ClockReading(long MonoNs, long BootNs, long RealNs);
