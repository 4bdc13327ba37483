using DropForensics.Capture.Host;

namespace DropForensics.Capture.Recording;

/// <summary>The time in which drops are recorded, and what ended it. The first cause counts.</summary>
/// <param name="isInBackground">Nobody presses Ctrl-C twice there: a signal that comes when it is over gives nothing up.</param>
internal sealed class Window(bool isInBackground = false) : IDisposable
{
    /// <summary>A second, in ns.</summary>
    public const long SecondNs = 1_000_000_000;

    private const long LongestWaitMs = 1_000_000_000; // int.MaxValue is the most

    private readonly CancellationTokenSource _ended = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly AutoResetEvent _changed = new(initialState: false);
    private string? _endedBy;
    private int _signals;
    private Deadline? _triggered;

    /// <summary>Somebody is in a hurry: what still lies in the rings shall be given up.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>It has ended, or is about to.</summary>
    public bool IsOver => Volatile.Read(ref _endedBy) is not null;

    /// <summary>Ends the window before its time. Safe from any thread, and more than once.</summary>
    /// <param name="cause"><c>max-drops</c>, <c>max-size</c> …</param>
    public void End(string cause)
    {
        if (Interlocked.CompareExchange(ref _endedBy, cause, null) is null) _ended.Cancel();
    }

    /// <summary>The same after some more time; a window that ends before that ends by its own cause. Safe from any thread.</summary>
    /// <param name="cause">What happened: <c>reason=SOCKET_RCVBUFF</c>.</param>
    /// <param name="then">How long it still goes on.</param>
    public void EndAfter(string cause, TimeSpan then)
    {
        Volatile.Write(ref _triggered, new Deadline(NowNs() + (then.Ticks * TimeSpan.NanosecondsPerTick), cause));
        _changed.Set();
    }

    /// <summary>A signal: the first ends the window, another one cuts what follows short. The first may come when the window has just ended by itself.</summary>
    public void Signal(string name)
    {
        End(name);
        if (Interlocked.Increment(ref _signals) > 1 && !isInBackground) _cut.Cancel();
    }

    /// <summary>Waits until the window is over.</summary>
    /// <param name="deadlineNs">On CLOCK_MONOTONIC.</param>
    /// <param name="look">Called with that clock's time; returns when to be called again.</param>
    /// <param name="goesOn">Asked at the end of <see cref="EndAfter"/>, with its cause, whether the window goes on all the same; null: it never does.</param>
    /// <param name="firstLookNs">How long after the beginning it is called first.</param>
    /// <returns>What ended it: <c>duration</c>, or what came first.</returns>
    public string Wait(long deadlineNs, Func<long, long>? look = null, Func<string, bool>? goesOn = null, long firstLookNs = SecondNs)
    {
        WaitHandle[] waits = [_ended.Token.WaitHandle, _changed];
        long nowNs;
        long lookNs = NowNs() + firstLookNs;
        while ((nowNs = NowNs()) < deadlineNs && !_ended.IsCancellationRequested)
        {
            if (Volatile.Read(ref _triggered) is { } triggered && nowNs >= triggered.Ns)
            {
                Volatile.Write(ref _triggered, null);
                if (goesOn?.Invoke(triggered.Cause) != true) End(triggered.Cause);
                continue;
            }

            if (nowNs >= lookNs)
            {
                lookNs = look?.Invoke(nowNs) ?? long.MaxValue;
                continue;
            }

            long nextNs = Math.Min(Math.Min(deadlineNs, lookNs), Volatile.Read(ref _triggered)?.Ns ?? long.MaxValue);
            _ = WaitHandle.WaitAny(waits, TimeSpan.FromMilliseconds(Math.Min((Math.Max(0, nextNs - nowNs) / 1_000_000) + 1, LongestWaitMs)));
        }

        return Interlocked.CompareExchange(ref _endedBy, "duration", null) ?? "duration";
    }

    private static long NowNs() => Libc.ReadClockNs(Libc.ClockMonotonic);

    public void Dispose()
    {
        _ended.Dispose();
        _cut.Dispose();
        _changed.Dispose();
    }

    private sealed record Deadline(long Ns, string Cause);
}
