using System.Text.Json;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Comparison;
using static DropForensics.Tests.TestKit.MadeCapture;
using static DropForensics.Tests.TestKit.MadeCounts;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>What a capture lacks makes ranges of its rates.</summary>
public sealed class DiffLossTests : TwoCaptures
{
    [Fact]
    public void Lost_records_make_ranges_and_decide_nothing_they_could_undo()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole, "CPU:0 [LOST 300 EVENTS]\n", ("NO_SOCKET", 40), ("TCP_CSUM", 400));
        Comparison both = Of(A, B);
        Assert.Equal("4 to 34/s", Rate(both.Row("reasons", "NO_SOCKET"), "b"));
        Assert.Equal("open", Change(both.Row("reasons", "NO_SOCKET")));         // 4/s would be less, 34/s more
        Assert.Equal("new", Change(both.Row("reasons", "TCP_CSUM")));           // 40/s at least
        Assert.Equal(JsonValueKind.Null, both.Row("reasons", "NO_SOCKET").GetProperty("p").ValueKind);
        Assert.Contains("B lacks 300 drops", both.Limits);                      // without stacks each record was one
        Assert.Equal(ExitCode.Incomplete, both.Code);

        both = Of(B, A);
        Assert.Equal("gone", Change(both.Row("reasons", "TCP_CSUM")));
        Assert.Equal("open", Change(both.Row("reasons", "NO_SOCKET")));
    }

    [Fact]
    public void A_loss_that_nobody_could_count_has_no_upper_end()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole, "CPU:0 [LOST EVENTS]\n", ("NO_SOCKET", 20), ("TCP_CSUM", 900));
        Comparison both = Of(A, B);
        Assert.Equal("at least 2/s", Rate(both.Row("reasons", "NO_SOCKET"), "b"));
        Assert.Equal("open", Change(both.Row("reasons", "NO_SOCKET")));
        Assert.Equal("more", Change(both.Total));
        Assert.Contains("no upper limit", both.Limits);
    }

    [Fact]
    public void The_kernels_own_count_says_how_many_are_missing()
    {
        Make(A, ("NO_SOCKET", 100));
        Make(B, Whole with { WitnessDrops = 130, WitnessSlack = 0 }, "CPU:0 [LOST 300 EVENTS]\n", ("NO_SOCKET", 100));
        Comparison both = Of(A, B);
        Assert.Equal("13/s", Rate(both.Total, "b"));                            // all of them are known to have happened
        Assert.Equal("10 to 13/s", Rate(both.Row("reasons", "NO_SOCKET"), "b"));
        Assert.Equal("same", Change(both.Row("reasons", "NO_SOCKET")));         // 130 against 100 is within noise too
    }
}
