using DropForensics.Core.Ledger;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// The ring's gate while only a sample is recorded: it opens and shuts many times, and the counter goes on. At each move the counter is read before and
/// after it, so that what was counted while the gate was open is known to within what happened meanwhile. The caller keeps moves and reads apart.
/// </summary>
/// <param name="ring">Whose gate it is.</param>
/// <param name="drops">Counts the drops.</param>
/// <param name="openedNs">When the window opens, with nothing counted.</param>
/// <param name="nowNs">Reads the trace clock.</param>
/// <param name="onSpan">Takes each span when it is over, and what is known of an open one when that is asked for.</param>
internal sealed class SampledGate(TraceInstance ring, EventCounter drops, long openedNs, Func<long> nowNs, Action<SampledSpan> onSpan)
{
    private IReadOnlyList<(int Cpu, long Count)> _from = [];
    private long _fromNs = openedNs, _slack, _leftOut, _countAtShut;
    private bool _isOpen = true, _wasShut, _everShut, _hasSpans;

    /// <summary>What another process did to the gate meanwhile; null if nothing was seen.</summary>
    public string? Disturbance { get; private set; }

    /// <summary>Drops that were counted while the gate was shut; it only grows. Null if it was never shut.</summary>
    public long? LeftOut => !_everShut ? null : _isOpen ? _leftOut : Math.Max(_leftOut, _leftOut + (drops.Count() ?? 0) - _countAtShut);

    /// <summary>Shuts the gate.</summary>
    /// <returns>False if the counter cannot be read: then the gate stays as it is.</returns>
    public bool Shut()
    {
        if (!_isOpen) return true;
        Disturbance ??= ring.GateDisturbance();
        if (drops.CountByCpu() is not { } before) return false; // as late as possible: what comes from here on until the gate is shut is slack
        ring.ShutGate();
        List<(int Cpu, long Count)> after = drops.CountByCpu() ?? before;
        (_isOpen, _wasShut, _everShut, _countAtShut) = (false, true, true, Total(after));
        Tell(nowNs(), after, _slack + Total(after) - Total(before));
        return true;
    }

    /// <summary>Opens it.</summary>
    /// <inheritdoc cref="Shut"/>
    public bool Open()
    {
        if (_isOpen) return true;
        Disturbance ??= ring.GateDisturbance();
        long atNs = nowNs();
        if (drops.CountByCpu() is not { } before) return false;
        _leftOut += Math.Max(0, Total(before) - _countAtShut);
        ring.OpenGate();
        List<(int Cpu, long Count)> after = drops.CountByCpu() ?? before;
        (_isOpen, _from, _fromNs, _slack) = (true, before, atNs, Total(after) - Total(before));
        return true;
    }

    /// <summary>A part of the capture ends and the next begins: a span goes on in the next as one of its own.</summary>
    /// <param name="until">The most that was counted until then.</param>
    /// <param name="from">The least.</param>
    /// <param name="atNs">When that is.</param>
    public void Split(EventCount? until, EventCount? from, long atNs)
    {
        End(until, atNs);
        if (_isOpen) (_from, _fromNs, _slack) = (from?.ByCpu ?? [], atNs, 0);
        (_wasShut, _hasSpans) = (!_isOpen, false);
    }

    /// <summary>The window, or a part of it, is over. If the gate was never shut in it, no span is told.</summary>
    /// <param name="until">What was counted until then.</param>
    /// <param name="atNs">When that is.</param>
    public void End(EventCount? until, long atNs)
    {
        if (_wasShut && _isOpen && until is not null) Tell(atNs, until.ByCpu, _slack);
        else if (_wasShut && !_hasSpans) onSpan(new SampledSpan(atNs - 1, atNs, [], 0)); // a part with nothing in it
    }

    /// <summary>Tells what is known so far, so that it can be stored: the process may not live until the span is over. Nothing if the gate was never shut.</summary>
    public void TellSoFar()
    {
        if (!_wasShut || drops.CountByCpu() is not { } counted) return;
        long atNs = nowNs();
        List<(int Cpu, long Count)> byCpu = _isOpen ? Since(counted) : [];
        (long fromNs, long untilNs) = _isOpen ? (_fromNs, atNs) : _hasSpans ? (atNs, atNs) : (atNs - 1, atNs);
        onSpan(new SampledSpan(fromNs, untilNs, byCpu, _isOpen ? _slack : 0) { IsOpen = true, Counted = counted });
    }

    private void Tell(long atNs, IReadOnlyList<(int Cpu, long Count)> until, long slack)
    {
        _hasSpans = true;
        onSpan(new SampledSpan(_fromNs, atNs, Since(until), slack));
    }

    private List<(int Cpu, long Count)> Since(IReadOnlyList<(int Cpu, long Count)> until)
    {
        var byCpu = new List<(int, long)>();
        foreach ((int cpu, long count) in until)
        {
            long least = 0L;
            foreach ((int same, long earlier) in _from)
            {
                if (same == cpu) least = earlier;
            }

            byCpu.Add((cpu, count - least));
        }

        return byCpu;
    }

    private static long Total(IReadOnlyList<(int Cpu, long Count)> counts)
    {
        long total = 0;
        foreach ((int _, long count) in counts) total += count;
        return total;
    }
}
