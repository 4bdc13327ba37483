using DropForensics.Capture.Host;

namespace DropForensics.Capture.State;

/// <summary>
/// How much processor time the calling thread may spend on something. Time that goes by while a busy host runs others is not counted: it would cut short
/// what such a host is asked for.
/// </summary>
/// <param name="budget">So much.</param>
internal readonly struct CpuBudget(TimeSpan budget)
{
    private readonly long _endNs = Libc.ReadClockNs(Libc.ClockThreadCpuTime) + (long)(budget.TotalMilliseconds * 1_000_000);

    /// <summary>Whether it is spent; asked by the thread that made it.</summary>
    public bool IsSpent => Libc.ReadClockNs(Libc.ClockThreadCpuTime) > _endNs;
}
