using DropForensics.Analyze.Report;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>The accounts of a capture on every kernel of the matrix.</summary>
public sealed class LedgerMatrixTests
{
    // CONFIG_HIST_TRIGGERS in Debian's kernels.
    private static readonly Version FirstWithHist = new(6, 1);

    public static TheoryData<string> Kernels =>
        [.. MatrixKernel.All.Where(kernel => kernel.Traffic == "packets").Select(kernel => kernel.Name)];

    public static TheoryData<string> KernelsWithoutStacks => [.. ProbeAbilities.Runs.Where(run => run.Run == "no-stack").Select(run => run.Kernel)];

    public static TheoryData<string> KernelsThatTellNamespaces =>
        [.. ProbeAbilities.Of("6.12", "eprobe").Kernels.Where(kernel => Kernels.Any(row => row.Data == kernel))];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void In_a_ring_too_small_captured_and_lost_are_what_the_kernel_counted_and_what_was_sent(string kernel)
    {
        var results = Requires.KernelResults(kernel);
        var ran = new MatrixRun(results, kernel, "small-ring");
        Assert.True(ran.ExitCode == "4", ran.Log);

        var sent = TsvFile.Rows(Path.Combine(results, "small-ring.sent")).Sum(row => long.Parse(row[0]));
        var ring = ran.Result.GetProperty("gaps").EnumerateArray().Where(gap => gap.GetProperty("stage").GetString() == "ring").Sum(gap => gap.GetProperty("at_least").GetInt64());
        Assert.InRange(ran.Result.GetProperty("lost").GetInt64(), 1, long.MaxValue);
        Assert.Equal(sent, ran.Result.GetProperty("witness_drops").GetInt64());
        Assert.Equal(sent, ran.Result.GetProperty("drops").GetInt64() + ring);
        Assert.Equal(sent, Db.Scalar<long>(ran.Database, "SELECT sum(drops) FROM kernel_count WHERE source = 'witness'"));
    }

    [Theory]
    [MemberData(nameof(KernelsThatTellNamespaces))]
    public void What_the_counters_of_each_namespace_gained_is_what_was_traced_there(string kernel)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, "eprobe");
        using var capture = CaptureReader.Open(ran.Database);

        var counters = ReportJob.Read(capture, TestContext.Current.CancellationToken).Facts.Counters;

        Assert.Equal(["agrees"], counters.Where(counter => counter.Relation != "never").Select(counter => counter.Reading).Distinct());
        var equal = counters.Where(counter => counter.Relation == "equal").ToList();
        Assert.All(equal, counter => Assert.Equal(counter.Counted, counter.AtLeast));
        Assert.Equal(61, equal.Single(counter => counter.Counter == "Udp.NoPorts" && counter.Netns == long.Parse(ran.Netns("peer"))).Counted);
        string[] least = ["Udp.NoPorts", "Udp6NoPorts", "Udp.RcvbufErrors", "Udp.InCsumErrors", "Tcp.InCsumErrors", "Icmp.InCsumErrors", "Ip.InUnknownProtos", "Ip6InUnknownProtos",
            "IpExt.InCsumErrors", "IpExt.InTruncatedPkts", "TcpExt.IPReversePathFilter"];
        Assert.Empty(least.Except(equal.Select(counter => counter.Counter)));
    }

    [Theory]
    [MemberData(nameof(KernelsWithoutStacks))]
    public void What_a_hist_trigger_counted_by_reason_and_location_is_what_happened(string kernel)
    {
        var results = Requires.KernelResults(kernel);
        var flooded = new MatrixRun(results, kernel, "small-ring").Database;
        var whole = new MatrixRun(results, kernel, "no-stack").Database;
        const string Hist = "FROM kernel_count WHERE source = 'hist'";
        if (MatrixKernel.Of(kernel).Version < FirstWithHist)
        {
            Assert.Equal(0, Db.Scalar<long>(flooded, $"SELECT count(*) {Hist}"));
            return;
        }

        Assert.Equal(Db.Scalar<long>(flooded, "SELECT witness_drops FROM capture"), Db.Scalar<long>(flooded, $"SELECT sum(drops) {Hist}"));
        Assert.Equal(0, Db.Scalar<long>(flooded, $"SELECT count(*) {Hist} AND location IS NULL"));

        // Of a capture that lost nothing, count by count.
        Assert.Equal(
            Db.Texts(whole, "SELECT r.value, count(*) FROM drop_event d JOIN reason r ON r.id = d.reason_id GROUP BY 1 ORDER BY 1"),
            Db.Texts(whole, $"SELECT reason, sum(drops) {Hist} GROUP BY 1 ORDER BY 1"));
    }
}
