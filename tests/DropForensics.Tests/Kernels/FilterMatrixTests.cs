using DropForensics.Analyze.Verify;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/filters recorded: of known traffic, what an expression chose.</summary>
public sealed class FilterMatrixTests
{
    public static TheoryData<string> Kernels => [.. MatrixKernel.With("filters")];

    public static TheoryData<string, string> Runs => [.. from kernel in MatrixKernel.With("filters") from run in new[] { "filter-tcp", "filter-tcp6", "filter-stackless" } select (kernel, run)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void What_the_expression_takes_is_captured_and_the_kernel_counts_the_rest(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);
        Assert.True(ran.ExitCode == "0", ran.Log);
        long expected = ran.Sent().Where(row => Takes(run, row)).Sum(row => long.Parse(row[9])), filtered = ran.Result.GetProperty("filtered").GetInt64();

        Assert.InRange(expected, 20, 400);
        Assert.Equal(expected, Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops"));
        Assert.Equal(ran.Result.GetProperty("witness_drops").GetInt64(), expected + filtered);
        Assert.InRange(filtered, 30, 1000);
        Assert.StartsWith("complete", ran.Result.GetProperty("verdict").GetString());
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Of_what_is_left_out_the_text_has_marks_alone_and_agrees_with_the_rows(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);
        using var capture = CaptureReader.Open(ran.Database);

        Assert.True(VerifyJob.Check(capture, CancellationToken.None).Agrees);
        Assert.Equal(Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops"), ran.Raw.Split('\n').Count(line => line.Contains(" pkt96={", StringComparison.Ordinal)));
        Assert.Equal(ran.Result.GetProperty("filtered").GetInt64(), ran.Raw.Split('\n').Count(line => line.StartsWith("#filtered drop", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_the_kernel_can_decide_is_not_even_read(string kernel)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, "filter-kernel");
        Assert.True(ran.ExitCode == "0", ran.Log);
        long expected = ran.Sent().Where(row => row[3] == "34525" && DropDecision.Of(row[0], kernel).Reason == "NO_SOCKET").Sum(row => long.Parse(row[9]));

        Assert.InRange(expected, 20, 200);
        Assert.Equal(0, ran.Result.GetProperty("filtered").GetInt64());
        Assert.Equal(expected, ran.Result.GetProperty("witness_drops").GetInt64());
        Assert.Equal([["34525", "NO_SOCKET", $"{expected}"]], Db.Texts(ran.Database, "SELECT ethertype, reason, count(*) FROM drops GROUP BY 1, 2"));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_the_probe_cannot_see_is_refused(string kernel)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, "filter-blind");

        Assert.Equal("2", ran.ExitCode);
        Assert.Contains("the tracepoint skb:kfree_skb shows neither packets nor interfaces, so --filter 'udp port 9' has nothing to compare", ran.Log);
        Assert.False(File.Exists(ran.Database));
    }

    // case interface netns ethertype ip_protocol src dst sport dport count; an extension header hides what follows it, as from tcpdump.
    private static bool Takes(string run, string[] row) => run switch
    {
        "filter-tcp" => row[3] == "2048" && row[4] == "6" && row[5] == "192.0.2.1" && row[8] == "9",
        "filter-tcp6" => row[3] == "34525" && row[4] == "17" && row[6] != "::1" && row[8] == "9" && row[7] != "40007",
        _ => row[1] == "veth1" && (row[4] == "1" || (row[4] == "17" && row[8] == "9" && row[7] != "40007")),
    };
}
