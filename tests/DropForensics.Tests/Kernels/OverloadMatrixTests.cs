using DropForensics.Analyze.Verify;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/overload recorded: samples of floods whose packets were counted when they were sent.</summary>
public sealed class OverloadMatrixTests
{
    // IP_NOPROTO has another number in each kernel.
    private const string Flooded = "FROM kernel_count WHERE source = 'hist' AND reason = (SELECT value FROM reason WHERE name = 'IP_NOPROTO')";

    public static TheoryData<string, string> Runs => [.. from kernel in MatrixKernel.With("overload") from run in new[] { "overload-tracepoint", "overload-eprobe" } select (kernel, run)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Of_a_sample_the_kernels_count_by_reason_is_what_was_sent(string kernel, string run)
    {
        var results = Requires.KernelResults(kernel);
        var ran = new MatrixRun(results, kernel, run);
        Assert.True(ran.ExitCode == "4", ran.Log);
        Assert.Equal("SIGTERM", ran.Result.GetProperty("ended").GetString());
        var sent = TsvFile.Rows(Path.Combine(results, $"{run}.sent")).Sum(row => long.Parse(row[0]));

        Assert.Equal(sent, Db.Scalar<long>(ran.Database, $"SELECT sum(drops) {Flooded}"));
        Assert.Equal(Db.Scalar<long>(ran.Database, "SELECT witness_drops FROM capture"), Db.Scalar<long>(ran.Database, "SELECT sum(drops) FROM kernel_count WHERE source = 'hist'"));
        Assert.InRange(ran.Result.GetProperty("missed_by_sampling").GetInt64(), 1, sent);
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void Of_what_happened_in_its_spans_a_sample_lacks_nothing(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);
        using var capture = CaptureReader.Open(ran.Database);

        Assert.Equal(["stacks", "sample"], Db.Rows<string>(ran.Database, "SELECT step FROM relief ORDER BY t_ns"));
        Assert.Equal((0, 0), (ran.Result.GetProperty("missed").GetInt64(), ran.Result.GetProperty("lost").GetInt64()));
        Assert.InRange(ran.Result.GetProperty("sampled_spans").GetInt64(), 2, 1000);
        Assert.True(VerifyJob.Check(capture, CancellationToken.None).Agrees);
        var facts = MadeCapture.Read(ran.Database).Facts;
        Assert.Contains(facts.Completeness.BySampling.ToString("N0", System.Globalization.CultureInfo.InvariantCulture), facts.Completeness.Evidence[0]);
        Assert.Equal(ran.Result.GetProperty("missed_by_sampling").GetInt64(), facts.Ledger.MissedBySampling);
    }
}
