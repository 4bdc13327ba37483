using DropForensics.Capture.Kernel;
using DropForensics.Capture.Recording;
using DropForensics.Core.Store;
using Xunit;

namespace DropForensics.Tests.Capture.Recording;

public sealed class GovernorTests
{
    private const long Second = 1_000_000_000;
    private const long Opened = 5000 * Second;

    private readonly List<string> _done = [];
    private long? _counted = 0;

    [Fact]
    public void A_second_above_the_rate_costs_the_stacks_and_another_one_the_window()
    {
        var governor = With(maxRate: 1000, hasStacks: true);

        LookAfter(governor, seconds: 1, drops: 1000);
        Assert.Empty(_done);
        LookAfter(governor, seconds: 2, drops: 1001);
        Assert.Equal(["note stacks", "stacks"], _done);
        LookAfter(governor, seconds: 3, drops: 1000);
        LookAfter(governor, seconds: 4, drops: 5000);

        Assert.Equal(["note stacks", "stacks", "note window", "window"], _done);
        Assert.Equal([new ReliefRow(2 * Second, 1001, "stacks"), new ReliefRow(4 * Second, 5000, "window")], governor.Steps);
    }

    [Fact]
    public void A_sample_begins_once_and_goes_on()
    {
        var governor = new Governor(1000, () => _counted, Opened, null, _ => { _done.Add("sample"); return true; }, () => _done.Add("window"));

        for (var second = 1; second <= 5; second++) LookAfter(governor, second, drops: 2000);

        Assert.Equal(["sample"], _done);
        Assert.Equal([new ReliefRow(Second, 2000, "sample")], governor.Steps);
    }

    [Fact]
    public void Where_no_sample_can_be_recorded_the_window_ends_and_nothing_else_is_said()
    {
        var governor = new Governor(1000, () => _counted, Opened, null, _ => false, () => _done.Add("window"));

        LookAfter(governor, seconds: 1, drops: 2000);

        Assert.Equal(["window"], _done);
        Assert.Equal([new ReliefRow(Second, 2000, "window")], governor.Steps);
    }

    [Fact]
    public void Where_no_stacks_are_taken_the_window_is_all_there_is_to_give_up()
    {
        var governor = With(maxRate: 1000, hasStacks: false);

        LookAfter(governor, seconds: 1, drops: 1001);

        Assert.Equal(["note window", "window"], _done);
    }

    [Fact]
    public void Without_a_bound_nothing_is_given_up()
    {
        LookAfter(With(maxRate: null, hasStacks: true), seconds: 1, drops: 1_000_000_000);

        Assert.Empty(_done);
    }

    [Fact]
    public void A_rate_is_that_of_the_time_that_has_passed_however_late_the_look()
    {
        var governor = With(maxRate: 1000, hasStacks: true);

        LookAfter(governor, seconds: 30, drops: 30_000);
        Assert.Empty(_done);
        LookAfter(governor, seconds: 40, drops: 10_010);

        Assert.Equal([new ReliefRow(40 * Second, 1001, "stacks")], governor.Steps);
    }

    [Fact]
    public void A_count_that_cannot_be_read_is_no_rate()
    {
        var governor = With(maxRate: 1000, hasStacks: true);

        _counted = null;
        governor.Look(Opened + Second);
        _counted = 9_000_000;
        governor.Look(Opened + (2 * Second));

        Assert.Empty(_done);
        LookAfter(governor, seconds: 3, drops: 2000);
        Assert.Equal([new ReliefRow(3 * Second, 2000, "stacks")], governor.Steps);
    }

    [Theory]
    [InlineData(2, true, 200_000)]    // 1 µs and twice 2 µs: one CPU's time
    [InlineData(64, true, 200_000)]
    [InlineData(1, true, 100_000)]    // half of the only one
    [InlineData(2, false, 1_000_000)]
    public void The_default_is_what_costs_the_time_of_one_CPU(int cpus, bool stacks, long rate) =>
        Assert.Equal(rate, RecordingCost.DefaultMaxRate(new RecordingCost(EventNs: 1000, StackNs: 2000), cpus, stacks));

    [Fact]
    public void Even_what_could_not_be_measured_and_what_is_very_slow_has_a_rate()
    {
        Assert.InRange(RecordingCost.DefaultMaxRate(null, 4, stacks: true), 100_000, 300_000);
        Assert.Equal(1000, RecordingCost.DefaultMaxRate(new RecordingCost(1_000_000, 10_000_000), 1, stacks: true));
    }

    private Governor With(long? maxRate, bool hasStacks) =>
        new(maxRate, () => _counted, Opened, hasStacks ? () => _done.Add("stacks") : null, null, () => _done.Add("window")) { OnStep = step => _done.Add($"note {step.Step}") };

    private void LookAfter(Governor governor, int seconds, long drops)
    {
        _counted += drops;
        governor.Look(Opened + (seconds * Second));
    }
}
