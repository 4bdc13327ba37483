using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>Agents killed on real kernels, with probes of their own: see tests/kernels/guest/killed.</summary>
public sealed class KilledMatrixTests
{
    private static readonly string[] Probes = ["tracepoint", "eprobe", "kprobe"];

    public static TheoryData<string, string> Kills =>
        [.. ProbeAbilities.Runs.Where(run => Probes.Contains(run.Run) && MatrixKernel.With("killed").Contains(run.Kernel))];

    [Theory]
    [MemberData(nameof(Kills))]
    public void The_guard_leaves_a_whole_file_and_neither_instance_nor_probe(string kernel, string probe)
    {
        var (results, run) = (Requires.KernelResults(kernel), $"killed-{probe}");

        AssertAsBefore(results, run);
        var file = Path.Combine(results, $"{run}.db");
        using var said = new StringWriter();
        Assert.True(VerifyJob.Run(file, json: false, said, CancellationToken.None) == ExitCode.Done, said.ToString());
        Assert.Equal("killed", Db.Scalar<string>(file, "SELECT ended FROM capture WHERE closed_ns > opened_ns"));

        // The end of a stack shows in the next line of its CPU: so the last drop of each of the two is in the raw text alone.
        Assert.InRange(Db.Scalar<long>(file, "SELECT witness_drops - (SELECT count(*) FROM drops) FROM capture"), 0, 2);
        Assert.InRange(Db.Scalar<long>(file, "SELECT count(*) FROM drops"), 100, 10_000);
    }

    [Theory]
    [MemberData(nameof(Kills))]
    public void Killed_with_its_guard_the_gates_are_shut_and_cleanup_takes_the_rest_away(string kernel, string probe)
    {
        var (results, run) = (Requires.KernelResults(kernel), $"both-{probe}");

        Assert.Equal("0 0 ", Left("gates"));
        Assert.Equal(2, Left("dry").Split("idle      instance dropforensics_").Length - 1);
        Assert.Equal(2, Left("held").Split("removed   instance dropforensics_").Length - 1);
        if (probe == "tracepoint")
        {
            Assert.StartsWith("Tracefs holds no leftovers", Left("cleanup"));
        }
        else
        {
            Assert.Matches("in use    probe dropforensics_[0-9a-f]{16}/drop by /sys/kernel/tracing/instances/holder\n", Left("held"));
            Assert.Matches("^removed   probe dropforensics_[0-9a-f]{16}/drop\n$", Left("cleanup"));
        }

        AssertAsBefore(results, run);

        string Left(string what) => File.ReadAllText(Path.Combine(results, $"{run}.{what}"));
    }

    private static void AssertAsBefore(string results, string run)
    {
        var states = TsvFile.Rows(Path.Combine(results, "killed.tsv")).Where(row => row[0] == run).ToList();
        Assert.Contains(states, row => row[1] == "instances");
        Assert.Contains(states, row => row[1] == "dynamic_events");
        Assert.Contains(states, row => row[1] == "files");
        Assert.All(states, row => Assert.Equal((row[1], row[2]), (row[1], row[3])));
    }
}
