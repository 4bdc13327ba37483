using System.Diagnostics;

namespace DropForensics.Capture.Recording;

/// <summary>
/// Keeps what is recorded below a rate: in each tenth of a second the gate is open for as long as so many drops take, at a random moment, so that what
/// comes at regular times is met as well. What one span had too many the next ones have less. When less is dropped, the gate stays open.
/// </summary>
/// <param name="maxRate">Drops and other events a second.</param>
/// <param name="count">Those counted so far, whether the gate is open or not; null where that cannot be read.</param>
/// <param name="move">Opens (true) or shuts the gate; false where that was not possible.</param>
/// <param name="random">0 to 1.</param>
internal sealed class Sampler(long maxRate, Func<long?> count, Func<bool, bool> move, Func<double> random)
{
    private const long MsNs = 1_000_000;

    // Shorter ones are mostly the two moves of the gate.
    private const long ShortestNs = MsNs;

    // Of many CPUs the counters take long to read: a hundredth of the time at most.
    private const long PeriodNs = 100 * MsNs, LongestPeriodNs = 1000 * MsNs, ReadsInPeriod = 5, OfTime = 100;

    // How often it is looked, while the gate is open, whether enough came: a burst is over its bound for a hundredth of a second.
    private const long LooksInPeriod = 10;

    private const double MostSavedSeconds = 1;

    private bool _isRunning, _isOpen = true;
    private long _periodNs = PeriodNs, _beganNs, _endsNs, _countAtBegin, _countAtOpen;
    private long _opensNs = long.MaxValue, _shutsNs = long.MaxValue, _looksNs = long.MaxValue, _spanNs;
    private double _credit;

    /// <summary>Begins. The gate is open.</summary>
    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    /// <param name="rate">Drops and other events a second until now.</param>
    /// <returns>False if the drops cannot be counted: then nothing is sampled.</returns>
    public bool Begin(long nowNs, double rate)
    {
        long started = Stopwatch.GetTimestamp();
        if (count() is not { } counted) return false;
        long readNs = (long)Stopwatch.GetElapsedTime(started).TotalNanoseconds;
        _periodNs = Math.Clamp(readNs * ReadsInPeriod * OfTime, PeriodNs, LongestPeriodNs);
        _countAtOpen = counted;
        _isRunning = true;
        BeginPeriod(nowNs, counted, rate, _periodNs);
        return true;
    }

    /// <summary>Does what is due.</summary>
    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    /// <returns>When to call it again.</returns>
    public long Step(long nowNs)
    {
        if (!_isRunning) return long.MaxValue;
        if (nowNs >= _endsNs)
        {
            _endsNs = nowNs + _periodNs;
            if (count() is { } counted)
            {
                if (_isOpen) Pay(counted);
                BeginPeriod(nowNs, counted, (counted - _countAtBegin) * 1e9 / (nowNs - _beganNs), nowNs - _beganNs);
            }
        }

        if (!_isOpen && nowNs >= _opensNs) Open(nowNs);
        else if (_isOpen && (nowNs >= _shutsNs || (nowNs >= _looksNs && IsSpent()))) Shut();
        _looksNs = _isOpen ? nowNs + (_periodNs / LooksInPeriod) : long.MaxValue;
        return Math.Min(Math.Min(_endsNs, _looksNs), _isOpen ? _shutsNs : _opensNs);
    }

    /// <param name="nowNs">CLOCK_MONOTONIC.</param>
    /// <param name="counted">Drops so far; those in the last span are paid for.</param>
    /// <param name="rate">Of the last period.</param>
    /// <param name="lastNs">How long that was.</param>
    private void BeginPeriod(long nowNs, long counted, double rate, long lastNs)
    {
        (_beganNs, _endsNs, _countAtBegin) = (nowNs, nowNs + _periodNs, counted);
        _credit = Math.Min(_credit + (maxRate * (lastNs / 1e9)), Math.Max(maxRate * MostSavedSeconds, 2 * rate * ShortestNs / 1e9));
        (_opensNs, _shutsNs) = (long.MaxValue, long.MaxValue);
        double share = _credit <= 0 ? 0 : rate <= maxRate ? 1 : Math.Min(1, _credit / rate * 1e9 / _periodNs);
        _spanNs = share >= 1 ? long.MaxValue : (long)(share * _periodNs);
        if (_spanNs == long.MaxValue)
        {
            Open(nowNs);
            return;
        }

        Shut();
        if (_spanNs >= ShortestNs) _opensNs = nowNs + (long)(random() * (_periodNs - _spanNs));
    }

    private bool IsSpent() => count() is { } counted && counted - _countAtOpen >= _credit;

    private void Open(long nowNs)
    {
        if (!_isOpen)
        {
            if (count() is not { } counted || !move(true)) return;
            (_isOpen, _countAtOpen) = (true, counted);
        }

        _shutsNs = _spanNs == long.MaxValue ? long.MaxValue : nowNs + _spanNs;
        _opensNs = long.MaxValue;
    }

    private void Shut()
    {
        _shutsNs = long.MaxValue;
        if (!_isOpen || !move(false)) return;
        _isOpen = false;
        if (count() is { } counted) Pay(counted);
    }

    private void Pay(long counted)
    {
        _credit -= counted - _countAtOpen;
        _countAtOpen = counted;
    }
}
