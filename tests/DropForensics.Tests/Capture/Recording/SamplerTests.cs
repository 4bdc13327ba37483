using DropForensics.Capture.Recording;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

/// <summary>The gate under made storms, on a clock of its own.</summary>
public sealed class SamplerTests
{
    private const long MsNs = 1_000_000, SecondNs = 1_000 * MsNs;

    private readonly Random _random = new(1);
    private readonly List<(long Ns, bool IsOpen)> _moves = [];
    private double _counted, _recorded;
    private bool _isOpen = true, _isUnreadable;
    private long _nowNs = 7 * SecondNs;

    [Theory]
    [InlineData(20_000, 180_000)]
    [InlineData(20_000, 21_000)]
    [InlineData(1_000, 2_000_000)]   // a span of a millisecond has twice what a period may have
    public void What_is_recorded_in_a_storm_stays_at_the_rate(long maxRate, double storm)
    {
        Run(With(maxRate), seconds: 60, _ => storm);

        Assert.InRange(_recorded / 60, 0.9 * maxRate, 1.02 * maxRate);
    }

    [Fact]
    public void Where_no_more_is_dropped_than_allowed_the_gate_stays_open()
    {
        Run(With(20_000), seconds: 10, _ => 19_000);

        Assert.Empty(_moves);
    }

    [Fact]
    public void After_a_storm_the_gate_opens_again_and_nothing_is_left_out_any_more()
    {
        var sampler = With(20_000);
        Run(sampler, seconds: 5, _ => 200_000);
        Assert.NotEmpty(_moves);
        Run(sampler, seconds: 1, _ => 100);
        var (counted, recorded) = (_counted, _recorded);
        _moves.Clear();

        Run(sampler, seconds: 10, _ => 100);

        Assert.Empty(_moves);
        Assert.True(_isOpen);
        Assert.Equal(_counted - counted, _recorded - recorded, precision: 3);
    }

    [Fact]
    public void What_comes_ten_times_a_second_is_met_at_its_share()
    {
        // 20 ms of each 100 ms bring all of it: spans at the same place in each tenth of a second would have all or nothing.
        Run(With(20_000), seconds: 120, ns => ns / MsNs % 100 < 20 ? 500_000 : 0);

        Assert.InRange(_recorded / _counted, 0.16, 0.22);
    }

    [Fact]
    public void Of_bursts_that_nothing_announces_no_more_is_recorded_than_of_a_storm()
    {
        // At 2,000,000 a second, a hundredth of a second without a look is as much as may come in a second.
        Run(With(20_000), seconds: 60, ns => ns / MsNs % 500 < 50 ? 2_000_000 : 0);

        Assert.InRange(_recorded / 60, 10_000, 21_000);
    }

    [Fact]
    public void A_counter_that_cannot_be_read_moves_nothing()
    {
        var sampler = With(20_000);
        Run(sampler, seconds: 1, _ => 10_000);
        _isUnreadable = true;

        Run(sampler, seconds: 5, _ => 500_000);

        Assert.Empty(_moves);
    }

    private Sampler With(long maxRate)
    {
        var sampler = new Sampler(maxRate, () => _isUnreadable ? null : (long)_counted, Move, _random.NextDouble);
        sampler.Begin(_nowNs, 0);
        return sampler;
    }

    private bool Move(bool toOpen)
    {
        Assert.NotEqual(_isOpen, toOpen);
        _isOpen = toOpen;
        _moves.Add((_nowNs, toOpen));
        return true;
    }

    /// <summary>A step is done up to a millisecond after it was asked for, as a wait returns.</summary>
    private void Run(Sampler sampler, int seconds, Func<long, double> rate)
    {
        const long tickNs = MsNs / 10;
        var endNs = _nowNs + (seconds * SecondNs);
        var next = sampler.Step(_nowNs) + (long)(_random.NextDouble() * MsNs);
        for (; _nowNs < endNs; _nowNs += tickNs)
        {
            var drops = rate(_nowNs) * tickNs / SecondNs;
            _counted += drops;
            if (_isOpen) _recorded += drops;
            if (_nowNs >= next) next = sampler.Step(_nowNs) + (long)(_random.NextDouble() * MsNs);
        }
    }
}
