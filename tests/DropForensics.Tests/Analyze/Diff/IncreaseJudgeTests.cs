using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Comparison;
using static DropForensics.Tests.TestKit.MadeCapture;
using static DropForensics.Tests.TestKit.MadeCounts;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>Whether drops increased: what a pipeline asks.</summary>
public sealed class IncreaseJudgeTests : TwoCaptures
{
    [Theory]
    [InlineData(100, 100, 0, "no", ExitCode.Done)]
    [InlineData(100, 110, 0, "no", ExitCode.Done)]              // more, but no more than chance
    [InlineData(100, 200, 0, "yes", ExitCode.Incomplete)]
    [InlineData(100, 200, 150, "no", ExitCode.Done)]            // by 100 percent only
    [InlineData(0, 30, 1000, "yes", ExitCode.Incomplete)]       // of nothing any percentage is less
    [InlineData(200, 100, 0, "no", ExitCode.Done)]
    public void An_increase_is_more_than_chance_and_above_the_percentage(int a, int b, double percent, string found, ExitCode code)
    {
        Make(A, ("NO_SOCKET", a));
        Make(B, ("NO_SOCKET", b));
        Comparison both = Of(A, B, percent);
        Assert.Equal((found, code), (both.Increase.GetProperty("found").GetString(), both.Code));
    }

    [Fact]
    public void A_new_reason_among_falling_drops_is_an_increase()
    {
        Make(A, ("NO_SOCKET", 800));
        Make(B, ("QDISC_DROP", 20));
        Comparison both = Of(A, B, 10);
        Assert.Equal(["QDISC_DROP"], both.Increase.GetProperty("of").EnumerateArray().Select(o => o.GetString()));
        Assert.Contains("QDISC_DROP (none, then 2/s)", Text(A, B, 10));
    }

    [Fact]
    public void An_increase_that_missing_data_may_hide_is_not_ruled_out()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole, string.Concat(Enumerable.Repeat("no line of a trace\n", 200)), ("NO_SOCKET", 50)); // any of them may have been a drop
        Comparison both = Of(A, B, 10);
        Assert.Equal("5 to 25/s", Rate(both.Total, "b"));
        Assert.Equal("possible", both.Increase.GetProperty("found").GetString());
        Assert.Contains("B is incomplete", both.Increase.GetProperty("sentence").GetString());
        Assert.Equal(ExitCode.Incomplete, both.Code);
        Assert.Equal(ExitCode.Done, Of(A, B, 200).Code);        // 25/s are 150 percent more at most

        Make(B, Whole with { Filter = "reason == 3", CommandLine = "--reason NO_SOCKET" }, ("NO_SOCKET", 50));
        Assert.Equal("possible", Of(A, B, 0).Increase.GetProperty("found").GetString());
    }
}
