using DropForensics.Capture.Host;

namespace DropForensics.Capture.Recording;

/// <summary>The time in which drops are recorded, and what ended it. The first cause counts.</summary>
internal sealed class Window : IDisposable
{
    private const long SecondNs = 1_000_000_000;

    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _cut = new();
    private string? _endedBy;

    /// <summary>Somebody is in a hurry: what still lies in the rings shall be given up.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>Ends the window before its time. Safe from any thread, and more than once.</summary>
    /// <param name="cause"><c>max-drops</c>, <c>max-size</c> …</param>
    public void End(string cause)
    {
        if (Interlocked.CompareExchange(ref _endedBy, cause, null) is null) _ended.Cancel();
    }

    /// <summary>A signal: the first ends the window, another one cuts what follows short.</summary>
    public void Signal(string name)
    {
        if (_endedBy is null) End(name);
        else _cut.Cancel();
    }

    /// <summary>Waits until the window is over.</summary>
    /// <param name="deadlineNs">On CLOCK_MONOTONIC.</param>
    /// <param name="everySecond">Called with that clock's time a second after the beginning, and a second after it last returned.</param>
    /// <returns>What ended it: <c>duration</c>, or what came first.</returns>
    public string Wait(long deadlineNs, Action<long>? everySecond = null)
    {
        long nowNs;
        var lookNs = NowNs() + SecondNs;
        while ((nowNs = NowNs()) < deadlineNs)
        {
            if (nowNs >= lookNs)
            {
                everySecond?.Invoke(nowNs);
                lookNs = NowNs() + SecondNs;
            }

            if (_ended.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(((Math.Min(deadlineNs, lookNs) - nowNs) / 1_000_000) + 1))) break;
        }

        return Interlocked.CompareExchange(ref _endedBy, "duration", null) ?? "duration";
    }

    private static long NowNs() => Libc.ReadClockNs(Libc.ClockMonotonic);

    public void Dispose()
    {
        _ended.Dispose();
        _cut.Dispose();
    }
}
