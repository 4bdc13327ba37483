using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Model;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Findings;

/// <summary>Of a capture that lacks drops: how many happened, in words and in the hatched spans.</summary>
public sealed class HappenedDropsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Where_the_kernel_counted_its_count_is_the_number_of_drops()
    {
        Write(Path, Whole with { WitnessDrops = 5, WitnessSlack = 0 }, [(0, Event(101) + "CPU:0 [LOST 6 EVENTS]\n" + Event(103))], (writer, _) =>
        {
            AddCounters(writer);
            writer.AddWitnessCount(0, 5);
        });
        ReportModel model = MadeCapture.Read(Path);
        Assert.Equal("5 packets dropped in 10 s, 2 recorded.", model.Verdict.Counted);
        Assert.Equal("The capture is incomplete: 3 of 5 drops are missing.", model.Findings.Single(f => f.Id == "incomplete").Title);
        Assert.Contains("100 % of those recorded", model.Findings.Single(f => f.Id == "closed-port").Title);

        // What is hatched is told in drops, not in records of the ring.
        IReadOnlyList<Mark> marks = MarksOf(model);
        Assert.Contains(marks, m => m.Datum is { Series: "lost", Value: 3 });
        Assert.DoesNotContain(marks, m => m.Datum is { Series: "lost", Value: 6 });
    }

    [Fact]
    public void Without_the_kernels_count_a_lost_record_counts_as_a_drop_or_with_stacks_as_half_of_one()
    {
        Assert.Contains(Timeline(Event(101) + "CPU:0 [LOST 6 EVENTS]\n" + Event(103)), m => m.Datum is { Series: "lost", Value: 6 });
        Assert.Contains(Timeline(EventAndStack(101, E1000) + "CPU:0 [LOST 6 EVENTS]\n" + EventAndStack(103, E1000)), m => m.Datum is { Series: "lost", Value: 3 });

        IReadOnlyList<Mark> Timeline(string text)
        {
            Write(Path, Whole with { Trigger = text.Contains("stack trace") ? Whole.Trigger : null }, [(0, text)], (writer, _) => AddCounters(writer));
            return MarksOf(MadeCapture.Read(Path));
        }
    }

    private static IReadOnlyList<Mark> MarksOf(ReportModel model) => ReportCharts.Timeline(ReportCharts.TimelineOf(model), model.Colours).Marks;
}
