using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>
/// Real kernels, booted by tests/kernels/run with the published agent: what was sent there is known to the packet, and so must
/// the capture know it.
/// </summary>
public sealed class KernelMatrixTests
{
    public static TheoryData<string> Kernels => [.. TsvFile.Matrix("kernels.tsv").Select(row => row[0])];

    public static TheoryData<string, string> Runs => [.. ProbeAbilities.Runs];

    public static TheoryData<string, string> PacketRuns => [.. ProbeAbilities.Runs.Where(run => TrafficOf(run.Kernel) == "packets")];

    public static TheoryData<string, string> DriverRuns => [.. ProbeAbilities.Runs.Where(run => TrafficOf(run.Kernel) == "drivers")];

    [Theory]
    [MemberData(nameof(Runs))]
    public void A_capture_is_complete(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        Assert.True(ran.ExitCode == "0", ran.Log);
        Assert.StartsWith("complete", ran.Result.GetProperty("verdict").GetString());
        Assert.Equal(ran.Result.GetProperty("witness_drops").GetInt64(), ran.Result.GetProperty("drops").GetInt64());
        Assert.Equal(0, ran.Result.GetProperty("lost").GetInt64());
        Assert.Equal(0, ran.Result.GetProperty("unparsed").GetInt64());
        Assert.Equal(0, ran.Result.GetProperty("not_restored").GetArrayLength());
        Assert.False(File.Exists($"{ran.Database}-wal"));
        Assert.Equal("ok", Db.Scalar<string>(ran.Database, "PRAGMA integrity_check"));
        Assert.Equal(ran.Result.GetProperty("drops").GetInt64(), Db.Scalar<long>(ran.Database, "SELECT count(*) FROM drops"));
    }

    [Theory]
    [MemberData(nameof(PacketRuns))]
    public void Every_packet_sent_is_one_drop_of_its_kind(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        var expected = ran.Expected(ProbeAbilities.Of(kernel, run));
        var captured = ran.Captured();

        Assert.NotEmpty(expected);
        var wrong = expected.Where(kind => captured.GetValueOrDefault(kind.Key) != kind.Value)
            .Select(kind => $"{kind.Value} sent, {captured.GetValueOrDefault(kind.Key)} captured: {kind.Key}");
        Assert.True(!wrong.Any(), string.Join('\n', [.. wrong, "captured beside what was sent:", .. Others(captured, expected)]));
    }

    // Drops of sent packets, which some drivers free as if they had dropped them, are not asked about.
    [Theory]
    [MemberData(nameof(DriverRuns))]
    public void Every_packet_is_dropped_behind_the_driver_at_the_bottom(string kernel, string run)
    {
        var ran = new MatrixRun(Requires.KernelResults(kernel), kernel, run);

        var expected = ran.ExpectedDrivers(ProbeAbilities.Of(kernel, run));
        var captured = ran.CapturedDrivers();

        Assert.Equal(DriverDecision.All.Select(row => row.Case).Order(), ran.Sent().Select(row => row[0]).Order());
        var wrong = expected.Where(kind => captured.GetValueOrDefault(kind.Key) != kind.Value)
            .Select(kind => $"{kind.Value} sent, {captured.GetValueOrDefault(kind.Key)} captured: {kind.Key}");
        Assert.True(!wrong.Any(), string.Join('\n', [.. wrong, "captured beside what was sent:", .. Others(captured, expected)]));
    }

    [Theory]
    [MemberData(nameof(DriverRuns))]
    public void An_interface_stands_on_what_it_was_put_on_wherever_that_is(string kernel, string run)
    {
        var interfaces = new MatrixRun(Requires.KernelResults(kernel), kernel, run).Interfaces();

        Assert.All(TsvFile.Matrix("interfaces.tsv"), row => Assert.Equal((row[0], row[1], row[2], row[3]), Assert.Single(interfaces, found => found.Name == row[0])));
    }

    [Fact]
    public void Each_network_card_of_the_drivers_kernel_has_a_case_of_its_own()
    {
        var cards = TsvFile.Matrix("nics.tsv").Where(row => row[2] == "-").Select(row => $"card-{row[1]}");

        Assert.Equal(cards.Order(), DriverDecision.All.Select(row => row.Case).Where(name => name.StartsWith("card-")).Order());
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_kernel_is_the_one_asked_for(string kernel)
    {
        var results = Requires.KernelResults(kernel);

        var release = TsvFile.Rows(Path.Combine(results, "facts.tsv")).Single(row => row[0] == "kernel")[1];

        Assert.StartsWith($"{kernel.Split('-')[0]}.", release);
        Assert.Equal(release, Db.Scalar<string>(Path.Combine(results, "tracepoint.db"), "SELECT kernel_release FROM capture"));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Tracefs_is_left_as_it_was(string kernel)
    {
        var left = TsvFile.Rows(Path.Combine(Requires.KernelResults(kernel), "left.tsv")).ToList();

        Assert.Contains(left, row => row[0] == "instances");
        Assert.Contains(left, row => row[0] == "dynamic_events");
        Assert.All(left, row => Assert.Equal(row[1], row[2]));
    }

    private static string TrafficOf(string kernel) => TsvFile.Matrix("kernels.tsv").Single(row => row[0] == kernel)[4];

    private static IEnumerable<string> Others<TKey>(Dictionary<TKey, long> captured, Dictionary<TKey, long> expected)
        where TKey : notnull =>
        captured.Where(kind => !expected.ContainsKey(kind.Key)).Select(kind => $"{kind.Value} {kind.Key}");
}
