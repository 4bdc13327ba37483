using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Analyze.Model;
using DropForensics.Core.Ledger;
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
    public void A_full_listen_queue_is_said_in_a_whole_sentence() => Assert.Matches(
        "^New connections fail: a listener turned away [0-9]+ connection requests because its queue was full, and no drop event shows them.$",
        MadeCapture.Read(Repository.At("fixtures", "captures", "scenarios", "listen-overflow.db")).Verdict.Headline);

    [Fact]
    public void The_first_sentence_is_the_answer()
    {
        Verdict verdict = Of(Whole, EventAndStack(101, E1000) + EventAndStack(102, E1000) + EventAndStack(103, Backlog));
        Assert.Equal("No socket takes these packets: 3 packets, 100 % of all.", verdict.Headline);
        Assert.Equal("3 packets dropped in 10 s.", verdict.Counted);
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
    public void One_of_many_ways_is_not_spoken_of()
    {
        Verdict verdict = MadeCapture.Read(Repository.At("fixtures", "captures", "drivers.db")).Verdict;
        Assert.Contains("`__neigh_event_send`", verdict.Cause);
        Assert.Null(verdict.Way);
    }

    [Fact]
    public void Two_halves_are_no_cause()
    {
        Verdict verdict = Of(Whole, EventAndStack(101, E1000) + Event(102, "b_fn+0x1/0x2"));
        Assert.StartsWith("No single cause: 2 sites", verdict.Cause);
        Assert.Null(verdict.Way);
    }

    [Fact]
    public void A_request_that_two_counters_count_is_one_even_where_only_one_of_them_is_known_by_namespace() =>
        Assert.Equal(58, MadeCapture.Read(Repository.At("fixtures", "captures", "scenarios", "listen-overflow.db")).Findings[0].Drops);

    [Fact]
    public void Which_namespace_commands_look_into_is_explained_once()
    {
        List<KnownCheck> checks = [.. MadeCapture.Read(Repository.At("fixtures", "captures", "packets.db")).Findings
            .SelectMany(finding => finding.Checks).Where(check => check.Command.StartsWith("NSPID=", StringComparison.Ordinal))];
        Assert.True(checks.Count > checks.DistinctBy(check => check.Command).Count());
        Assert.Equal(checks.DistinctBy(check => check.Command), checks.Where(check => check.Shows != "the same network namespace as above"));
    }

    [Theory]
    [InlineData("import", "import", "whose name is not in the text (import with --format)")]
    [InlineData("import", "import --format", "whose name is not in the format")]
    [InlineData("kprobe", "", "whose name is not in the capture")]
    public void A_reason_that_is_a_bare_number_says_that_nothing_names_it(string probe, string command, string why)
    {
        ReportModel model = Model(Whole with { Probe = probe, CommandLine = command }, Event(101, reason: "2"));
        Assert.Equal($"It was dropped by `tcp_v4_rcv`, reason number 2, {why}.", model.Verdict.Cause);
        Assert.Contains("number 2", Picture(model, "reasons.png"));
    }

    [Theory]
    [InlineData("0x20000", "of mac80211 (Linux 6.4 to 6.14) or Open vSwitch (since 6.16); only that kernel's BTF has its name")]
    [InlineData("0x30003", "of Open vSwitch (Linux 6.6 to 6.14) or the qdiscs (since 7.1); only that kernel's BTF has its name")]
    public void A_number_of_a_subsystem_says_whose_it_may_be(string number, string why) =>
        Assert.Contains($"reason number {number}, {why}", Of(Whole with { Probe = "import", CommandLine = "import" }, Event(101, reason: number)).Cause);

    [Theory]
    [InlineData("dev_kfree_skb_any_reason+0x2e/0x90", "It was dropped by a caller of `dev_kfree_skb_any_reason`, which only a stack shows")]
    [InlineData("0xffffffffc05610de", "It was dropped by an unknown function, at `0xffffffffc05610de`")]
    public void Where_the_function_is_not_known_the_place_is_told(string location, string said) =>
        Assert.StartsWith(said, Of(Whole, Event(101, location)).Cause);

    [Fact]
    public void What_was_given_up_to_spare_the_host_is_told_and_explains_the_drops_without_stack()
    {
        CaptureRow row = Whole with { WindowNs = 60_000_000_000, Ended = "max-rate", MaxRate = 166_000 };
        Write(Path, row, [(0, EventAndStack(101, E1000) + Event(101.5) + Event(103) + Event(104))], (writer, _) =>
        {
            AddCounters(writer);
            writer.AddRelief(new ReliefRow(2_500_000_000, 410_000, ReliefRow.Stacks));
            writer.AddRelief(new ReliefRow(9_900_000_000, 300_000, ReliefRow.Window));
        });

        ReportModel model = MadeCapture.Read(Path);

        Assert.Equal(("incomplete", "4 packets dropped in 10 s."), (model.Verdict.Completeness.Word, model.Verdict.Counted));
        Assert.Equal(
            [
                "Stacks were turned off 2.5 s into the window, at 410,000 drops a second, where 166,000 were allowed: 2 drops after that have none, and therefore no driver and no origin.",
                "The window was ended 9.9 s after its start, at 300,000 drops a second, where 166,000 were allowed.",
                "No drop was lost because of this.",
                "The window ended early, after 10 s of 60 s: max-rate.",
                "1 drop of 4 came without a stack.",
            ],
            model.Verdict.Completeness.Evidence);
        Assert.True(model.Facts.LacksData);
        Assert.False(model.Facts.IsIncomplete);
    }

    [Fact]
    public void A_sample_is_told_with_the_kernels_count_by_reason_and_is_no_loss()
    {
        CaptureRow row = Whole with { WindowNs = 60_000_000_000, Ended = "duration", MaxRate = 1, WitnessDrops = 40, WitnessSlack = 0 };
        Write(Path, row, [(0, Event(101) + Event(103) + Event(104))], (writer, _) =>
        {
            AddCounters(writer);
            writer.AddRelief(new ReliefRow(2_000_000_000, 20, ReliefRow.Sample));
            writer.AddWitnessCount(0, 40);
            writer.AddHistCount(3, "udp_rcv+0x1", 33);
            writer.AddHistCount(4, "udp_rcv+0x2", 7);
            writer.AddArtifact(ArtifactPhase.After, 0, "sampled-spans.tsv", "opened_ns\tshut_ns\tdrops\tslack\n0\t2000000000\t1\t0\n2500000000\t9000000000\t3\t1\n"u8);
            writer.AddArtifact(ArtifactPhase.After, 0, "sampled-drops.tsv", "cpu\tdrops\n0\t4\n"u8);
        });

        ReportModel model = MadeCapture.Read(Path);

        Assert.Equal("40 packets dropped in 10 s by the kernel's own count. What is said of them rests on a sample: 3, 7.5 %.", model.Verdict.Counted);
        Assert.Equal("To spare the host, the agent counted every drop and recorded a sample of them.", model.Verdict.Completeness.Sentence);
        Assert.Contains("Flows and stacks: a sample, 7.50 % of 40 drops, in 2 spans; 36 were counted by the kernel and left out on purpose.", model.Verdict.Completeness.Evidence[0], StringComparison.Ordinal);
        Assert.Contains(model.Verdict.Completeness.Evidence, sentence => sentence.StartsWith("Exact, by the kernel's own count of the whole window: ", StringComparison.Ordinal) && sentence.Contains(" 33", StringComparison.Ordinal));
        Assert.DoesNotContain(model.Findings, finding => finding.Id == "incomplete");
        Assert.Equal((37L, 36L), (DropForensics.Analyze.Facts.MissingDrops.Of(model.Facts).Most, model.Facts.Completeness.BySampling));
    }

    // As a snapshot has it, or a capture whose guard was killed too.
    [Fact]
    public void A_sample_without_the_kernels_count_is_a_sample()
    {
        Write(Path, Whole with { MaxRate = 1 }, [(0, Event(101) + Event(103) + Event(104))], (writer, _) => writer.AddRelief(new ReliefRow(2_000_000_000, 20, ReliefRow.Sample)));

        ReportModel model = MadeCapture.Read(Path);

        Assert.StartsWith("At least 3 packets dropped", model.Verdict.Counted, StringComparison.Ordinal);
        Assert.EndsWith(": these were recorded, and they are a sample.", model.Verdict.Counted, StringComparison.Ordinal);
    }

    [Fact]
    public void A_window_that_ended_early_is_told_with_both_lengths_and_the_cause() => Assert.Contains(
        "The window ended early, after 10 s of 60 s: max-drops.",
        Of(Whole with { WindowNs = 60_000_000_000, Ended = "max-drops" }, Event(101)).Completeness.Evidence);

    [Theory]
    [InlineData("driver = 'veth', driver_rule = 'backlog'", "It likely came through `veth` (from interface counters).", "veth", "likely: counters")]
    [InlineData("driver_candidates = 'loopback, veth'", "It arrived through `loopback` or `veth`: both fed the per-CPU backlog.", "loopback or veth", "both fed the backlog")]
    [InlineData("driver_candidates = 'gre, sit, veth'", "It arrived through `gre` or `sit` or `veth`: each fed the per-CPU backlog.", "gre or sit or veth", "each fed the backlog")]
    public void An_inferred_driver_is_likely_and_a_choice_is_a_choice(string stored, string way, string name, string detail)
    {
        Write(Path, Whole, [(0, EventAndStack(101, Backlog))]);
        Change(Path, "UPDATE site SET " + stored);
        ReportModel model = Read(Path);
        Assert.Equal(way, model.Verdict.Way);
        List<string> texts = [.. Picture(model, "drivers.png")];
        Assert.Contains(name, texts);
        Assert.Contains(detail, texts);
    }

    [Fact]
    public void A_driver_known_by_a_functions_name_only_is_likely_too()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000.Replace(" [e1000]", "")))]);
        ReportModel model = Read(Path);
        Assert.Equal("It likely came through `e1000` (by the name of its poll function).", model.Verdict.Way);
        Assert.Contains("likely: by function name", Picture(model, "drivers.png"));
    }

    [Theory]
    [InlineData("process_backlog+0x83/0x130 __napi_poll+0x31/0x1f0", "arrived through `process_backlog`", "backlog: not in the stack", "the per-CPU backlog")]
    [InlineData("gro_cell_poll+0x83/0x130 __napi_poll+0x31/0x1f0", "arrived through `gro_cell_poll`", "origin unknown", "GRO cells")]
    [InlineData("ieee80211_rx_napi+0x53/0xe0 [mac80211] ieee80211_handle_queued_frames+0xbe/0xd0 [mac80211] tasklet_action_common+0xc0/0x230", "arrived through `ieee80211_handle_queued_frames`", "origin unknown", "mac80211's queue")]
    [InlineData("strange_poll+0x83/0x130 __napi_poll+0x31/0x1f0", "arrived through `strange_poll`", "origin unknown", null)]
    [InlineData("neigh_timer_handler+0x8/0x13 call_timer_fn+0x31/0x1f0", "began in a timer, `neigh_timer_handler`", "none: a timer", "a timer")]
    [InlineData("__sk_destruct+0x8/0x13 rcu_do_batch+0x31/0x1f0", "waited in a socket that was being closed", "none: a socket being closed", "a socket being closed")]
    [InlineData("odd_work+0x8/0x13 process_one_work+0x31/0x1f0", "began in `odd_work`", "none in the stack", "it began here")]
    [InlineData("__x64_sys_sendto+0x8/0x13 do_syscall_64+0x31/0x1f0", "began in a system call", "none: a system call", "a system call")]
    [InlineData("odd_helper+0x8/0x13", null, "origin unknown", "origin is unknown")]
    public void Each_way_in_is_told_by_what_it_is(string outermost, string? way, string detail, string? entry)
    {
        Write(Path, Whole, [(0, EventAndStack(101, "trace_event_raw_event_kfree_skb+0x6c/0xc0 kfree_skb_reason+0x90/0x130 some_rcv+0x4bc/0xd00 " + outermost))]);
        ReportModel model = Read(Path);
        if (way is null) Assert.Null(model.Verdict.Way);
        else Assert.Contains(way, model.Verdict.Way);
        Assert.Contains(detail, Picture(model, "drivers.png"));
        Assert.DoesNotContain("this host sends itself", model.Facts.Drivers[0].Meaning);
        if (entry is null) Assert.Null(model.Facts.Entries[0].Meaning);
        else Assert.Contains(entry, model.Facts.Entries[0].Meaning);
    }

    [Fact]
    public void Complete_has_the_tone_of_the_page_in_the_picture()
    {
        Write(Path, Whole, [(0, Event(101))], (writer, _) => AddCounters(writer));
        Mark.Text word = DrawnPicture.Of(Read(Path), "summary.png").Single(t => t.Content == "Complete");
        Assert.Equal(Palette.Of(Tone.Good), word.Fill);
    }

    [Fact]
    public void The_summary_picture_names_the_filter() =>
        Assert.Contains("filter reason == 3 in 10 s.", string.Join(' ', Picture(Model(Whole with { Filter = "reason == 3" }, Event(101)), "summary.png")));

    [Fact]
    public void Where_nothing_stands_out_it_says_so()
    {
        Verdict verdict = Of(Whole, Event(101, "a_fn+0x1/0x2") + Event(102, "b_fn+0x1/0x2") + Event(103, "c_fn+0x1/0x2"));
        Assert.Equal("No single cause: 3 sites, 1 reason; most by `a_fn`, reason `NO_SOCKET`: 33.3 %.", verdict.Cause);
        Assert.Null(verdict.Way);
    }

    [Fact]
    public void A_window_without_drops_is_an_answer() => Assert.Equal("No packet was dropped in 10 s.", Of(Whole, "").Headline);

    [Fact]
    public void Where_data_is_missing_no_headline_says_how_many_there_were()
    {
        Assert.Equal("No drop was captured, but data is missing.", Of(Whole, "CPU:0 [LOST 7 EVENTS]\n").Counted);
        Assert.Equal("At least 1 packet dropped in 10 s.", Of(Whole, Event(101) + "CPU:0 [LOST 7 EVENTS]\n").Counted);
    }

    [Fact]
    public void A_headline_within_a_filter_names_the_filter()
    {
        Assert.Equal("2 drops that match the filter `reason == 3` in 10 s.", Of(Whole with { Filter = "reason == 3" }, Event(101) + Event(102)).Counted);
        Assert.Equal("No drop matched the filter `reason == 3` in 10 s.", Of(Whole with { Filter = "reason == 3" }, "").Headline);
        Assert.Equal(
            "At least 1 drop that matches the filter `reason == 3` in 10 s.",
            Of(Whole with { Filter = "reason == 3" }, Event(101) + "CPU:0 [LOST 7 EVENTS]\n").Counted);
        string? longest = Of(Whole with { Filter = string.Join(" || ", Enumerable.Range(1, 60).Select(n => $"reason == {n}")) }, Event(101)).Counted;
        Assert.InRange(longest!.Length, 80, 120); // two lines of the picture
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
        Assert.Equal("The kernel lost 7 records on CPU 0 because the buffer was full: at least 3 drops, because a drop and its stack are two records. A larger `--buffer` holds more.", told.Evidence[0]);
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
        Assert.Contains("1 line of 2 could not be parsed", Of(Whole, Event(101) + "garbage\n").Completeness.Evidence[0]);

    [Fact]
    public void A_dead_agent_makes_it_incomplete() =>
        Assert.Contains("ended before it closed the window", Of(Whole with { ClosedNs = null, Ended = null }, Event(101)).Completeness.Evidence[0]);

    [Fact]
    public void The_witness_decides_whether_drops_are_missing()
    {
        Assert.Equal("complete", Of(Whole with { WitnessDrops = 2, WitnessSlack = 1 }, Event(101)).Completeness.Word); // one between the gates is no difference
        Assert.Equal("incomplete", Of(Whole with { WitnessDrops = 2, WitnessSlack = 0 }, Event(101)).Completeness.Word);
        Assert.Contains("the counting instance was reset", Of(Whole with { WitnessDrops = 0 }, Event(101)).Completeness.Evidence[0]);
        Completeness told = Of(Whole with { WitnessDrops = 20_000 }, Event(101)).Completeness;
        Assert.Equal("The kernel counted 20,000 drops; 19,999 of them were not captured.", told.Evidence[0]);
    }

    [Fact]
    public void What_another_tool_did_to_the_instance_and_a_full_disk_make_it_incomplete()
    {
        Assert.Equal(
            "Another tool interfered during the window: tracing_on of our instance was switched off.",
            Of(Whole with { Disturbance = "tracing_on of our instance was switched off" }, Event(101)).Completeness.Evidence[0]);
        Assert.Contains("disk was nearly full", Of(Whole with { Ended = "disk nearly full" }, Event(101)).Completeness.Evidence[0]);
    }

    [Fact]
    public void A_filter_is_told_because_all_numbers_are_within_it() => Assert.Contains(
        "Only drops that match the filter `reason > 2` were recorded.", Of(Whole with { Filter = "reason > 2" }, Event(101)).Completeness.Evidence);

    private const string NoWayIn =
        "trace_event_raw_event_kfree_skb+0x6c/0xc0 sk_skb_reason_drop+0x90/0x130 __udp4_lib_rcv+0x4bc/0xd00 ip_protocol_deliver_rcu+0xb3/0x180";

    private static IEnumerable<string> Picture(ReportModel model, string name) =>
        DrawnPicture.Of(model, name).Select(t => t.Content);

    private ReportModel Model(CaptureRow row, string text)
    {
        Write(Path, row, [(0, text)]);
        return Read(Path);
    }

    private Verdict Of(CaptureRow row, string text, Action<CaptureWriter, DropForensics.Core.Recording.Recorder>? more = null)
    {
        Write(Path, row, [(0, text)], more);
        return Read(Path).Verdict;
    }
}
