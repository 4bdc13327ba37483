using DropForensics.Analyze.Findings;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Findings;

public sealed class VerdictTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_first_sentence_is_the_answer()
    {
        Verdict verdict = Of(Whole, EventAndStack(101, E1000) + EventAndStack(102, E1000) + EventAndStack(103, Backlog));
        Assert.Equal("3 packets dropped in 10 s.", verdict.Headline);
        Assert.Equal("All by `__udp4_lib_rcv`, reason `NO_SOCKET`.", verdict.Cause);
        Assert.Equal("66.7 % of these came through the driver `e1000`.", verdict.Way);
    }

    [Fact]
    public void The_way_is_that_of_the_same_drops_and_not_of_two_lists()
    {
        // The driver of most is unknown, and so is the entry of a part of them: two ways of two drops each, against three by e1000.
        string text = string.Concat(Enumerable.Range(0, 3).Select(i => EventAndStack(101 + i, E1000)))
            + string.Concat(Enumerable.Range(0, 2).Select(i => EventAndStack(104 + i, Backlog)))
            + string.Concat(Enumerable.Range(0, 2).Select(i => EventAndStack(106 + i, NoWayIn)));
        Assert.Equal("42.9 % of these came through the driver `e1000`.", Of(Whole, text).Way);
    }

    [Fact]
    public void Where_nothing_stands_out_it_says_so()
    {
        Verdict verdict = Of(Whole, Event(101, "a_fn+0x1/0x2") + Event(102, "b_fn+0x1/0x2") + Event(103, "c_fn+0x1/0x2", "TCP_CSUM"));
        Assert.Equal("No one cause: 3 sites, 2 reasons; most by `a_fn`, reason `NO_SOCKET`: 33.3 %.", verdict.Cause);
        Assert.Null(verdict.Way);
    }

    [Fact]
    public void A_window_without_drops_is_an_answer() => Assert.Equal("No packet was dropped in 10 s.", Of(Whole, "").Headline);

    [Fact]
    public void Where_data_is_missing_no_headline_says_how_many_there_were()
    {
        Assert.Equal("No drop was captured, but data is missing.", Of(Whole, "CPU:0 [LOST 7 EVENTS]\n").Headline);
        Assert.Equal("At least 1 packet dropped in 10 s.", Of(Whole, Event(101) + "CPU:0 [LOST 7 EVENTS]\n").Headline);
    }

    [Fact]
    public void A_headline_within_a_filter_names_the_filter()
    {
        Assert.Equal("2 drops that match the filter `reason == 3` in 10 s.", Of(Whole with { Filter = "reason == 3" }, Event(101) + Event(102)).Headline);
        Assert.Equal("No drop matched the filter `reason == 3` in 10 s.", Of(Whole with { Filter = "reason == 3" }, "").Headline);
        Assert.Equal(
            "At least 1 drop that matches the filter `reason == 3` in 10 s.",
            Of(Whole with { Filter = "reason == 3" }, Event(101) + "CPU:0 [LOST 7 EVENTS]\n").Headline);
        string longest = Of(Whole with { Filter = string.Join(" || ", Enumerable.Range(1, 60).Select(n => $"reason == {n}")) }, Event(101)).Headline;
        Assert.InRange(longest.Length, 80, 120); // two lines of the picture
        Assert.Contains("reason == 1 ||", longest);
        Assert.Contains("|| reason == 60`", longest);
    }

    [Fact]
    public void Complete_is_said_only_where_the_rings_counters_were_read()
    {
        Assert.Equal("unproven", Of(Whole, Event(101)).Completeness.Word);
        Assert.Equal("complete", Of(Whole, Event(101), (writer, _) => AddCounters(writer)).Completeness.Word);
    }

    [Fact]
    public void Lost_records_are_told_with_their_cpu_and_what_they_stand_for()
    {
        Completeness told = Of(Whole, EventAndStack(101, E1000) + "CPU:0 [LOST 7 EVENTS]\nCPU:3 [LOST EVENTS]\n").Completeness;
        Assert.Equal("incomplete", told.Word);
        Assert.Equal("The kernel lost 7 records on CPU 0 because the buffer was full: about 4 drops, for a drop and its stack are two records.", told.Evidence[0]);
        Assert.Equal("At 1 place on CPU 3 the kernel lost records and could not count them.", told.Evidence[1]);
    }

    [Fact]
    public void Of_lines_and_counters_the_larger_is_told_and_not_the_sum()
    {
        Completeness told = Of(Whole with { Trigger = null }, Event(101) + "CPU:0 [LOST 7 EVENTS]\n", (writer, _) => writer.AddRingLoss(0, 9)).Completeness;
        Assert.Contains("lost 9 records", told.Evidence[0]);
    }

    [Fact]
    public void A_line_that_could_not_be_read_makes_it_incomplete() =>
        Assert.Contains("1 line of 2 could not be read", Of(Whole, Event(101) + "garbage\n").Completeness.Evidence[0]);

    [Fact]
    public void A_dead_agent_makes_it_incomplete() =>
        Assert.Contains("ended before it shut the window", Of(Whole with { ClosedNs = null, Ended = null }, Event(101)).Completeness.Evidence[0]);

    [Fact]
    public void The_witness_decides_whether_drops_are_missing()
    {
        Assert.Equal("complete", Of(Whole with { WitnessDrops = 2, WitnessSlack = 1 }, Event(101)).Completeness.Word); // one between the gates is no difference
        Assert.Equal("incomplete", Of(Whole with { WitnessDrops = 2, WitnessSlack = 0 }, Event(101)).Completeness.Word);
        Assert.Contains("somebody cleared", Of(Whole with { WitnessDrops = 0 }, Event(101)).Completeness.Evidence[0]);
        Completeness told = Of(Whole with { WitnessDrops = 20_000 }, Event(101)).Completeness;
        Assert.Equal("The kernel counted 20,000 drops; 19,999 of them are not here.", told.Evidence[0]);
    }

    [Fact]
    public void What_another_tool_did_to_the_instance_and_a_full_disk_make_it_incomplete()
    {
        Assert.Equal(
            "Another tool interfered while the window was open: tracing_on of our instance was switched off.",
            Of(Whole with { Disturbance = "tracing_on of our instance was switched off" }, Event(101)).Completeness.Evidence[0]);
        Assert.Contains("disk was nearly full", Of(Whole with { Ended = "disk nearly full" }, Event(101)).Completeness.Evidence[0]);
    }

    [Fact]
    public void A_filter_is_told_because_all_numbers_are_within_it() => Assert.Contains(
        "Only drops that match the filter `reason > 2` were recorded.", Of(Whole with { Filter = "reason > 2" }, Event(101)).Completeness.Evidence);

    private const string NoWayIn =
        "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 __udp4_lib_rcv+0x4bc/0xd00 ip_protocol_deliver_rcu+0xb3/0x180";

    private Verdict Of(CaptureRow row, string text, Action<CaptureWriter, DropForensics.Core.Recording.Recorder>? more = null)
    {
        Write(Path, row, [(0, text)], more);
        return Read(Path).Verdict;
    }
}
