using DropForensics.Analyze.Verify;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/freeze recorded: rings that the kernel itself stopped at the first packet for a closed port.</summary>
public sealed class FreezeMatrixTests
{
    private static readonly Version First = new(5, 18);

    public static TheoryData<string, string> Runs =>
        [.. from kernel in MatrixKernel.With("freeze") from run in new[] { "freeze-tracepoint", "freeze-eprobe", "freeze-kprobe" } select (kernel, run)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void The_last_record_is_the_drop_that_was_waited_for_with_its_stack(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);
        if (MatrixKernel.Of(kernel).Version < First)
        {
            Assert.Equal("3", ran.ExitCode);
            return;
        }

        Assert.True(ran.ExitCode == "0", ran.Log);
        Assert.Equal("reason=NO_SOCKET", ran.Result.GetProperty("ended").GetString());
        Assert.Equal("NO_SOCKET with stack", Db.Scalar<string>(ran.Database, "select reason || iif(stack_id is null, '', ' with stack') from drops order by t_ns desc limit 1"));
        Assert.Equal(1, Db.Scalar<long>(ran.Database, "select count(*) from drops where reason = 'NO_SOCKET'"));
    }

    [Theory]
    [MemberData(nameof(Runs))]
    public void With_those_that_were_overwritten_it_counts_every_packet_that_was_sent(string kernel, string run)
    {
        if (MatrixKernel.Of(kernel).Version < First) return;
        var results = Requires.KernelResults(kernel);
        var ran = new MatrixRun(results, kernel, run);
        var facts = MadeCapture.Read(ran.Database).Facts;
        var sent = TsvFile.Rows(Path.Combine(results, $"{run}.sent")).Sum(row => long.Parse(row[0]));

        Assert.True(facts.Completeness.Word == Completeness.Complete, string.Join('\n', facts.Completeness.Evidence));
        Assert.True(facts.Ledger.Frozen is { ByKernel: true, EarlierDrops: > 0 }, $"{facts.Ledger.Frozen}");
        Assert.Equal(sent + 1, facts.Ledger.Frozen.EarlierDrops + facts.Ledger.Captured);
        using var capture = CaptureReader.Open(ran.Database);
        Assert.True(VerifyJob.Check(capture, CancellationToken.None).Agrees);
    }
}
