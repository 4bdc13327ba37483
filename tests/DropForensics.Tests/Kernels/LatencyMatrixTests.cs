using DropForensics.Analyze.Queries;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/latency recorded: packets of which it is known how long they were in the kernel, and what became of them.</summary>
public sealed class LatencyMatrixTests
{
    private const string ClosedPort = "NO_SOCKET";

    /// <summary>Half a second of netem, in powers of two of microseconds.</summary>
    private const long Late = 1 << 19;

    /// <summary>No emulated machine is slower than that.</summary>
    private const long VeryLate = Late << 4;

    /// <summary>Packets that the kernel itself may send through the queue meanwhile: it asks for neighbours.</summary>
    private const int OfTheKernel = 4;

    public static TheoryData<string> Kernels => [.. MatrixKernel.With("latency")];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernel_counts_each_packet_where_it_ended(string kernel)
    {
        if (RowsOf(kernel) is not { } rows) return;

        Assert.Equal(40 + 30, Packets(row => row is { Since: LatencyTable.Received, Until: LatencyTable.Dropped, Reason: ClosedPort, AtMostUs: <= VeryLate }));
        Assert.InRange(Packets(row => row is { Since: LatencyTable.Queued, Until: LatencyTable.Dropped }), 20, 20 + OfTheKernel);
        Assert.InRange(Packets(row => row is { Since: LatencyTable.Received, Until: LatencyTable.Read }), 1, long.MaxValue);
        Assert.DoesNotContain(rows, row => row.AtMostUs is null);

        long Packets(Func<LatencyRow, bool> which) => rows.Where(which).Sum(row => row.Packets);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Drops_that_a_filter_leaves_out_do_not_count(string kernel)
    {
        if (RowsOf(kernel, "latency-reason") is not { } rows) return;

        Assert.Equal([ClosedPort], rows.Where(row => row.Until == LatencyTable.Dropped).Select(row => row.Reason).Distinct());
        Assert.Equal(25, rows.Where(row => row is { Since: LatencyTable.Received, Until: LatencyTable.Dropped }).Sum(row => row.Packets));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_a_queue_held_back_is_as_late_as_that(string kernel)
    {
        if (RowsOf(kernel) is not { } rows) return;

        Assert.InRange(rows.Where(row => row is { Since: LatencyTable.Queued, Until: LatencyTable.Sent, AtMostUs: >= Late and <= VeryLate }).Sum(row => row.Packets), 30, 30 + OfTheKernel);
        Assert.InRange(rows.Where(row => row is { Since: LatencyTable.Queued, Until: LatencyTable.Sent, AtMostUs: < Late }).Sum(row => row.Packets), 40, long.MaxValue); // lo
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void After_agent_and_guard_were_killed_cleanup_removes_all_of_it(string kernel)
    {
        string directory = Requires.KernelResults(kernel);
        if (RowsOf(kernel) is null) return;

        List<string> lines = [.. File.ReadAllLines(Path.Combine(directory, "latency-cleanup.txt"))];
        Assert.All(lines, line => Assert.StartsWith("removed", line));
        Assert.Equal((3, 4), (lines.Count(line => line.Contains(" instance ")), lines.Count(line => line.Contains(" synthetic/"))));
        Assert.All(TsvFile.Rows(Path.Combine(directory, "left.tsv")), row => Assert.Equal(row[1], row[2]));
    }

    /// <summary>Null for a kernel that cannot do it and says so.</summary>
    private static IReadOnlyList<LatencyRow>? RowsOf(string kernel, string run = "latency")
    {
        string directory = Requires.KernelResults(kernel);
        var first = new MatrixRun(directory, kernel, "latency");
        if (first.ExitCode == "3")
        {
            Assert.Contains("CONFIG_HIST_TRIGGERS", first.Log);
            Assert.Equal("5.10", kernel);
            return null;
        }

        var ran = new MatrixRun(directory, kernel, run);
        Assert.True(ran.ExitCode == "0", ran.Log);
        using var capture = CaptureReader.Open(ran.Database);
        return LatencyTable.Rows(new CaptureQueries(capture.Connection).File(LatencyTable.Path, "after"));
    }
}
