using DropForensics.Analyze.Import;
using DropForensics.Core;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>On kernels of the matrix: what a shell alone recorded, by the lines of a plan or by a script, is what was sent.</summary>
public sealed class ShellMatrixTests : IDisposable
{
    // The probe is the one that reads interfaces and flows there.
    private static readonly (string Run, bool ReadsPackets)[] Captures =
    [
        ("plan-ash", false), ("plan-ash-e", true), ("plan-dash", true), ("plan-dash-e", false), ("script-ash", false), ("script-dash-e", true),
    ];

    private readonly ScratchDirectory _directory = new();

    public static TheoryData<string, string, string> Runs =>
        [.. from kernel in KernelMatrixTests.PacketKernels
            from capture in Captures
            select (kernel.Data, capture.Run, !capture.ReadsPackets ? "tracepoint" : MatrixKernel.Of(kernel.Data).Version < new Version(5, 15) ? "kprobe" : "eprobe")];

    public static TheoryData<string> Kernels => KernelMatrixTests.PacketKernels;

    [Theory]
    [MemberData(nameof(Runs))]
    public void What_a_shell_recorded_is_what_was_sent(string kernel, string run, string probe)
    {
        var made = Import(kernel, run);

        // A script takes no packet bytes, so no flow is known, whatever the probe could have shown.
        var abilities = ProbeAbilities.Of(kernel, probe);
        var expected = made.Expected(run.StartsWith("script-", StringComparison.Ordinal) ? abilities with { Flow = false } : abilities);
        var captured = made.Captured();
        Assert.NotEmpty(expected);
        var wrong = expected.Where(kind => captured.GetValueOrDefault(kind.Key) != kind.Value)
            .Select(kind => $"{kind.Value} sent, {captured.GetValueOrDefault(kind.Key)} captured: {kind.Key}");
        Assert.True(!wrong.Any(), string.Join('\n', [.. wrong, "captured:", .. captured]));
        CaptureLedger.AssertEveryLineIsAccountedFor(made.Database);
        Assert.Equal(0, Db.Scalar<long>(made.Database, "select count(*) from drops where stack_id is null"));
        if (!run.StartsWith("script-", StringComparison.Ordinal)) return;
        Assert.Equal((probe, "SIGTERM"), (Db.Scalar<string>(made.Database, "select probe from capture"), Db.Scalar<string>(made.Database, "select ended from capture")));
        Assert.Equal(1, Db.Scalar<long>(made.Database, "select (select count(*) from drops) between witness_drops - witness_slack and witness_drops from capture"));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Plans_and_scripts_in_all_shells_count_the_same_by_reason(string kernel)
    {
        var counts = Captures.Select(capture => (capture.Run, Counts: string.Join(", ",
            Db.Texts(Import(kernel, capture.Run).Database, "select reason, count(*) from drops group by 1 order by 1").Select(row => $"{row[0] ?? "-"} {row[1]}")))).ToList();

        Assert.All(counts, each => Assert.Equal((each.Run, counts[0].Counts), each));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_plan_of_which_the_kernel_refuses_a_line_leaves_nothing_behind(string kernel)
    {
        var results = Requires.KernelResults(kernel);

        string[][] ran = [.. TsvFile.Rows(Path.Combine(results, "refused.tsv"))];
        Assert.Equal(["sh", "sh -e", "dash -e"], ran.Select(row => row[0]));
        Assert.All(ran, row => Assert.NotEqual("0", row[1]));
        Assert.All(ran, row => Assert.Equal("", row[2]));
        Assert.Contains("Invalid argument", File.ReadAllText(Path.Combine(results, "refused.log")));
    }

    public void Dispose() => _directory.Dispose();

    private MatrixRun Import(string kernel, string run)
    {
        var results = Requires.KernelResults(kernel);
        Assert.True(File.ReadAllText(Path.Combine(results, $"{run}.exit")).Trim() == "0", File.ReadAllText(Path.Combine(results, $"{run}.log")));
        var isPlan = run.StartsWith("plan-", StringComparison.Ordinal);
        var made = new MatrixRun(results, kernel, run) { Database = _directory.File($"{run}.db") };
        if (isPlan) Assert.Equal("", made.Log.Replace("Terminated\n", ""));   // ash says so of its sleep, at the window's end
        using var said = new StringWriter();
        var options = new ImportOptions(
            Path.Combine(results, isPlan ? $"{run}.txt" : run), made.Database, Force: false, isPlan ? Path.Combine(results, "kfree_skb_format") : null);
        Assert.True(ImportJob.Run(options, () => Stream.Null, said, said, TestContext.Current.CancellationToken) == ExitCode.Done, said.ToString());
        return made;
    }
}
