using System.Text.Json;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.Comparison;
using static DropForensics.Tests.TestKit.MadeCapture;
using static DropForensics.Tests.TestKit.MadeCounts;

namespace DropForensics.Tests.Analyze.Diff;

/// <summary>Two captures set against each other.</summary>
public sealed class DiffTests : TwoCaptures
{
    [Fact]
    public void The_answer_is_the_first_line()
    {
        Make(A, ("NO_SOCKET", 812), ("TCP_CSUM", 40));
        Make(B, ("QDISC_DROP", 20), ("TCP_CSUM", 44));
        Assert.Equal("Drops fell from 85.2/s to 6.4/s: NO_SOCKET is gone; QDISC_DROP is new at 2/s.", Text(A, B).Split('\n')[0]);
        Comparison both = Of(A, B);
        Assert.Equal(["gone", "new", "same"], both.Rows("reasons").Select(Change));
        Assert.Equal(ExitCode.Done, both.Code);
    }

    [Fact]
    public void Rows_that_would_be_the_same_where_their_names_are_cut_are_told_apart()
    {
        (string left, string right) = (new string('A', 60), new string('B', 60));
        Make(A, ($"{left}_ONE_{right}", 20), ($"{left}_TWO_{right}", 10));
        Make(B, ($"{left}_ONE_{right}", 20), ($"{left}_TWO_{right}", 10));
        string table = Text(A, B);
        Assert.Contains("_ONE_", table, StringComparison.Ordinal);
        Assert.Contains("_TWO_", table, StringComparison.Ordinal);
        Assert.All(table.Split('\n').Skip(1), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public void Five_against_three_is_within_noise()
    {
        Make(A, ("NO_SOCKET", 3));
        Make(B, ("NO_SOCKET", 5));
        Comparison both = Of(A, B);
        Assert.Equal("Drops are the same within noise, 0.3/s and 0.5/s.", both.Headline);
        Assert.Equal(186.0 / 256, both.Total.GetProperty("p").GetDouble(), 9);
        Assert.Equal(0.001, both.Json.GetProperty("threshold").GetDouble());
    }

    [Fact]
    public void Windows_of_different_length_are_made_comparable()
    {
        Make(A, ("NO_SOCKET", 100), ("TCP_CSUM", 50));
        Make(B, Whole with { ClosedNs = 120_000_000_000 }, ("NO_SOCKET", 100), ("TCP_CSUM", 100));
        Comparison both = Of(A, B);
        Assert.Equal("less", Change(both.Row("reasons", "NO_SOCKET")));
        Assert.Equal(0.5, both.Row("reasons", "NO_SOCKET").GetProperty("ratio").GetDouble(), 9);
        Assert.Equal("same", Change(both.Row("reasons", "TCP_CSUM")));
    }

    [Fact]
    public void The_same_file_twice_is_said_to_be_one()
    {
        string example = Repository.At("fixtures", "captures", "example.db");
        Comparison both = Of(example, example);
        Assert.Equal("A and B are the same capture: 43.7/s.", both.Headline);
        Assert.All(both.Json.GetProperty("tables").EnumerateArray().SelectMany(t => t.GetProperty("rows").EnumerateArray()).Where(r => Change(r) != "not_compared"), r => Assert.Equal("same", Change(r)));
        Assert.Equal("", both.Limits);
    }

    [Fact]
    public void Nothing_against_nothing_nothing_against_drops_and_back_read_sensibly()
    {
        Make(A);
        Make(B);
        Assert.Equal("No drop in A, and none in B.", Of(A, B).Headline);
        Assert.Equal("A and B are the same capture: no drop.", Of(A, A).Headline);
        Make(B, ("NO_SOCKET", 30));
        Assert.Equal("Drops rose from none to 3/s: NO_SOCKET is new at 3/s.", Of(A, B).Headline);
        Assert.Equal("Drops fell from 3/s to none: NO_SOCKET is gone.", Of(B, A).Headline);
        Assert.Equal(JsonValueKind.Null, Of(A, B).Total.GetProperty("ratio").ValueKind);
    }
}
