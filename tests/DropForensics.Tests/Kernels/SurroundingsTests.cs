using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>What tests/kernels/guest/surroundings recorded while CPUs went and came, and the clock was set.</summary>
public sealed class SurroundingsTests
{
    public static TheoryData<string> Kernels => [.. MatrixKernel.With("surroundings")];

    public static TheoryData<string, string> Runs =>
        [.. from kernel in Kernels from run in new[] { "leaving-cpu", "coming-cpu-pages", "coming-cpu-text", "clock-step" } select (kernel.Data, run)];

    [Theory]
    [MemberData(nameof(Runs))]
    public void Whatever_moves_every_drop_is_there_and_the_capture_is_complete(string kernel, string run)
    {
        var (directory, ran) = Of(kernel, run);

        Assert.True(ran.ExitCode == "0", $"{ran.Log}\n{ran.Result}");
        Assert.StartsWith("complete", ran.Result.GetProperty("verdict").GetString());
        var sent = File.ReadAllLines(Path.Combine(directory, $"{run}.sent")).Sum(long.Parse);
        Assert.InRange(sent, 2, long.MaxValue);
        Assert.Equal(sent, Db.Scalar<long>(ran.Database, "select count(*) from drops where function = 'ip_local_deliver_finish'"));   // of no known protocol
        CaptureLedger.AssertEveryLineIsAccountedFor(ran.Database);
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_ring_of_a_CPU_that_went_offline_is_read_to_its_end(string kernel)
    {
        var (directory, ran) = Of(kernel, "leaving-cpu");

        long[] sent = [.. File.ReadAllLines(Path.Combine(directory, "leaving-cpu.sent")).Select(long.Parse)];
        Assert.Equal(sent[0] + sent[1] + sent[3], Db.Scalar<long>(ran.Database, "select count(*) from drops where cpu = 1"));
    }

    [Theory]
    [InlineData("pages")]
    [InlineData("text")]
    public void A_CPU_that_was_offline_costs_nothing_until_it_comes_and_is_read_then(string transport)
    {
        foreach (var kernel in Kernels.Select(kernel => kernel.Data))
        {
            var (directory, ran) = Of(kernel, $"coming-cpu-{transport}");

            Assert.InRange(Db.Scalar<long>(ran.Database, "select count(*) from drops where cpu = 1"), 1, long.MaxValue);

            // A hundredth of a second each, of 2 seconds; a poll that returns at once would take most of them.
            long[] ticks = [.. File.ReadAllLines(Path.Combine(directory, $"coming-cpu-{transport}.ticks")).Select(line => line.Split(' ').Sum(long.Parse))];
            Assert.InRange(ticks[1] - ticks[0], 0, 100);
        }
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_step_of_the_clock_is_told_and_the_times_on_both_sides_of_it_are_right(string kernel)
    {
        var (directory, ran) = Of(kernel, "clock-step");

        var facts = MadeCapture.Read(ran.Database).Facts;
        var note = Assert.Single(facts.ClockNotes);
        Assert.Equal("step", note.Kind);
        Assert.InRange(note.ByNs / 1e9, 3598, 3602);

        long[] times = [.. File.ReadAllLines(Path.Combine(directory, "clock-step.times")).Select(long.Parse)];
        Assert.InRange(times[1] - times[0], 3600, 3700);
        Assert.InRange(Db.Scalar<long>(ran.Database, "select min(cast(strftime('%s', time_utc) as integer)) from drops"), times[0], times[0] + 10);
        Assert.InRange(Db.Scalar<long>(ran.Database, "select max(cast(strftime('%s', time_utc) as integer)) from drops"), times[1] - 10, times[1]);
        Assert.InRange((facts.Window.EndUtc!.Value - facts.Window.StartUtc!.Value).TotalSeconds, 3600, 3700);   // the capture has a clock
    }

    private static (string Directory, MatrixRun Run) Of(string kernel, string run)
    {
        var directory = Requires.KernelResults(kernel);
        return (directory, new MatrixRun(directory, kernel, run));
    }
}
