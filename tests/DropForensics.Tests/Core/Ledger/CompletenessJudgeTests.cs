using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using Xunit;

namespace DropForensics.Tests.Core.Ledger;

public sealed class CompletenessJudgeTests
{
    private static readonly CpuAccount Quiet = new() { Cpu = 0, Captured = 10, Stacks = 10, Lines = 200, RecordsRead = 20, RecordsLeft = 0, Counted = 10 };

    [Fact]
    public void What_the_kernel_counted_and_what_is_here_agree()
    {
        Completeness told = Judge(Quiet);

        Assert.Equal(("complete", 0L), (told.Word, told.AtLeast));
        Assert.Empty(told.Gaps);
        Assert.Equal("The kernel itself counted 10 drops, and 10 were captured.", told.Evidence[0]);
    }

    [Fact]
    public void Of_events_stacks_and_lost_records_the_missing_drops_are_worked_out_for_each_cpu()
    {
        // 1,000 happened: 400 are here with 390 stacks, of 30 there is the stack alone, and 1,180 records are lost.
        CpuAccount flooded = Quiet with
        {
            Cpu = 3,
            Captured = 400,
            Stacks = 420,
            OrphanStacks = 30,
            RecordsRead = 820,
            RecordsLost = 1180,
            Counted = 1000,
        };

        Completeness told = Judge(Quiet, flooded);

        Assert.Equal("At least 600 drops are missing: every number here is a lower bound.", told.Sentence);
        Assert.Equal([new Gap(Stages.Ring, 3, null, 600)], told.Gaps);
        Assert.Equal("The kernel counted 1,010 drops; 600 of them were not captured.", told.Evidence[1]);
    }

    [Fact]
    public void What_the_filter_left_out_is_not_missing()
    {
        CpuAccount filtered = Quiet with { Captured = 3, Stacks = 3, Filtered = 7, FilteredUnseen = 2, FilteredStacks = 7 };
        Completeness told = Judge(filtered);

        Assert.Equal("complete", told.Word);
        Assert.Equal("The kernel itself counted 10 drops, and 3 were captured; 7 were left out by the filter, as asked, 2 of them because they carry no packet to compare.", told.Evidence[0]);

        // Two drops and their stacks are lost: nobody knows whether the filter would have taken them.
        Completeness lossy = Judge(filtered with { Counted = 12, RecordsLost = 4 });
        Assert.Equal(("incomplete", 2L), (lossy.Word, lossy.AtLeast));
        Assert.Contains("The kernel counted 12 drops; 2 of them were not captured, beside 7 that the filter left out.", lossy.Evidence);
    }

    [Fact]
    public void What_a_sample_leaves_out_is_no_loss_and_what_its_spans_lack_is_one()
    {
        CompletenessLedger sample = Ledger(Quiet with { Counted = 250, Sampled = 11 }) with
        {
            Counted = 250,
            Slack = 0,
            Sample = new Sample(Spans: 4, Drops: 11, Slack: 1),
            Relief = [new ReliefRow(2_000_000_000, 180_000, ReliefRow.Sample)],
            MaxRate = 20_000,
        };

        Completeness told = CompletenessJudge.Of(sample);

        Assert.Equal(("incomplete", 0L, 239L), (told.Word, told.AtLeast, told.BySampling));
        Assert.Equal("To spare the host, the agent counted every drop and recorded a sample of them.", told.Sentence);
        Assert.Equal([new Gap(Stages.Sampling, null, null, 239)], told.Gaps);
        Assert.Equal(
            [
                "Flows and stacks: a sample, 4.00 % of 250 drops, in 4 spans; 239 were counted by the kernel and left out on purpose. Where more came at once, a smaller share of them was recorded.",
                "From 2 s into the window on, only a sample was recorded, at 180,000 drops a second, where 20,000 were allowed.",
                "No drop was lost because of this.",
                "While the gate was open, the kernel itself counted 11 drops, and 10 were captured; the difference happened while the two gates moved.",
            ],
            told.Evidence);

        Completeness lossy = CompletenessJudge.Of(sample with { Sample = new Sample(Spans: 4, Drops: 15, Slack: 1) });
        Assert.Equal(("incomplete", 4L, 235L), (lossy.Word, lossy.AtLeast, lossy.BySampling));
        Assert.Equal("At least 4 drops are missing, and what was recorded is a sample: every number here is a lower bound.", lossy.Sentence);
        Assert.Contains("While the gate was open, the kernel counted 15 drops; 5 of them were not captured, and 4 of those are unexplained.", lossy.Evidence);
    }

    [Fact]
    public void What_was_counted_after_the_last_write_of_a_killed_agent_is_missing_and_not_left_out_on_purpose()
    {
        CompletenessLedger killed = Ledger(Quiet with { Counted = 250, Sampled = 11 }) with { Counted = 250, Ended = "killed", Sample = new Sample(Spans: 4, Drops: 11, Slack: 1) { Counted = 200 } };

        Completeness told = CompletenessJudge.Of(killed);

        Assert.Equal((189L, 51L, 50L), (told.BySampling, killed.Missed, told.AtLeast));
        Assert.Contains("While the gate was open, and after the last write, the kernel counted 61 drops; 51 of them were not captured.", told.Evidence);
        Assert.DoesNotContain(told.Gaps, gap => gap.Stage == Stages.Unexplained);
    }

    [Fact]
    public void What_was_given_up_before_the_parts_that_were_kept_was_not_given_up_in_them()
    {
        CompletenessLedger kept = Ledger(Quiet) with { Relief = [new ReliefRow(0, 5000, ReliefRow.Stacks), new ReliefRow(1, 9000, ReliefRow.Sample)], MaxRate = 1000 };

        Assert.Equal(
            [
                "Stacks had been turned off before this window began, at 5,000 drops a second, where 1,000 were allowed: 0 drops have none, and therefore no driver and no origin.",
                "Before this window began, at 9,000 drops a second, where 1,000 were allowed, the agent had begun to record only a sample.",
            ],
            CompletenessJudge.Of(kept).Evidence.Take(2));
    }

    [Fact]
    public void Two_parts_of_which_one_is_a_sample_are_one_sample()
    {
        CompletenessLedger whole = Ledger(Quiet), sample = Ledger(Quiet with { Counted = 250, Sampled = 10 }) with { Counted = 250, Sample = new Sample(4, 10, 0) };

        foreach (CompletenessLedger both in (CompletenessLedger[])[whole.Then(sample), sample.Then(whole)])
        {
            Assert.Equal((new Sample(5, 20, 0), 240L, 0L), (both.Sample, both.MissedBySampling, both.Missed));
            Assert.Equal((260, 20), (both.Cpus[0].Counted, both.Cpus[0].Sampled));
        }
    }

    [Fact]
    public void Without_stacks_each_lost_record_is_a_drop()
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet with { Stacks = 0, RecordsRead = 10, RecordsLost = 7 }) with { HasStacks = false, Counted = 17 });

        Assert.Equal(7, told.AtLeast);
    }

    // 1,000 drops with stacks and 500 events of another kind without: 1,180 records of drops and 300 others are lost.
    [Theory]
    [InlineData(true, 1480, 600)]
    [InlineData(false, 900, 600)]
    public void Lost_records_of_another_event_are_no_drops(bool stacks, long lost, long atLeast)
    {
        CpuAccount flooded = Quiet with
        {
            Captured = 400,
            OtherEvents = 200,
            OthersWritten = 500,
            Stacks = stacks ? 420 : 0,
            RecordsRead = stacks ? 1020 : 600,
            RecordsLost = lost,
            Counted = 1000,
        };

        Assert.Equal(atLeast, CompletenessJudge.Of(Ledger(flooded) with { HasStacks = stacks }).AtLeast);
    }

    // Most records are of other events: 30 drops were counted, 20 of them are not here, and 2,000 records are.
    [Theory]
    [InlineData(30L, 20L)]
    [InlineData(null, 0L)]
    public void Unread_records_that_may_be_other_events_hold_no_more_drops_than_were_counted(long? counted, long atLeast)
    {
        CpuAccount flooded = Quiet with { Counted = counted, OtherEvents = 500, RecordsRead = 1720, RecordsLeft = 800, RecordsLost = 600 };

        Completeness told = CompletenessJudge.Of(Ledger(flooded) with { Counted = counted });

        Assert.Equal(("incomplete", atLeast), (told.Word, told.AtLeast));
        Assert.Equal([Stages.Ring, Stages.Ring, Stages.Reader], told.Gaps.Select(gap => gap.Stage));
        Assert.DoesNotContain(told.Evidence, sentence => sentence.Contains("two records", StringComparison.Ordinal));
        Assert.StartsWith("The kernel lost 600 records on CPU 0 because the buffer was full: " + (counted is null ? "they may all be" : "at least 20 drops among them"), told.Evidence[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_other_events_are_recorded_the_rate_is_of_both()
    {
        CompletenessLedger spared = Ledger(Quiet with { OtherEvents = 5, RecordsRead = 25 }) with { Relief = [new ReliefRow(0, 5000, ReliefRow.Window)] };

        Assert.Contains(CompletenessJudge.Of(spared).Evidence, sentence => sentence.EndsWith("at 5,000 drops and other events a second.", StringComparison.Ordinal));
    }

    // The kernel counted 900 other events, most of them while the gate was shut.
    [Fact]
    public void Of_a_sample_the_lost_drops_are_those_counted_in_its_spans()
    {
        CpuAccount flooded = Quiet with { Counted = 250, Sampled = 60, OtherEvents = 5, OthersWritten = 900, RecordsRead = 25, RecordsLost = 70 };
        CompletenessLedger ledger = Ledger(flooded) with { Counted = 250, Sample = new Sample(4, 60, 0) };

        Completeness told = CompletenessJudge.Of(ledger);

        Assert.Equal(50, told.AtLeast);
        Assert.Contains(new Gap(Stages.Ring, 0, null, 50), told.Gaps);
        Assert.DoesNotContain(told.Gaps, gap => gap.Stage == Stages.Unexplained);
    }

    [Fact]
    public void Where_stacks_were_given_up_on_the_way_half_of_the_lost_records_are_drops_at_least()
    {
        CompletenessLedger ledger = Ledger(Quiet with { Captured = 5000, Stacks = 1000, RecordsRead = 6000, RecordsLost = 300 }) with { Captured = 5000, WithoutStack = 4000, Counted = null };

        Assert.Equal(150, CompletenessJudge.Of(ledger).AtLeast);
    }

    [Fact]
    public void Records_that_the_kernel_gave_out_and_no_line_shows_are_the_readers_loss()
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet with { RecordsRead = 28 }) with { Counted = null });

        Assert.Equal([new Gap(Stages.Reader, 0, null, 4)], told.Gaps);
        Assert.Contains("returned 8 records on CPU 0 that no line shows", told.Evidence[0]);
    }

    [Fact]
    public void Records_left_in_the_ring_are_missing_too()
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet with { RecordsLeft = 6 }) with { Counted = null });

        Assert.Equal((3L, "6 records on CPU 0 were discarded unread."), (told.AtLeast, told.Evidence[0]));
    }

    [Theory]
    [InlineData(12, 2, "complete", 0)]       // both may lie between the gates
    [InlineData(12, 1, "incomplete", 1)]
    [InlineData(9, 2, "incomplete", 0)]      // fewer than are here: nobody knows what is missing
    public void A_difference_that_the_gates_can_explain_is_no_loss(long counted, long slack, string word, long atLeast)
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet) with { Counted = counted, Slack = slack });

        Assert.Equal((word, atLeast), (told.Word, told.AtLeast));
    }

    [Fact]
    public void What_no_account_explains_is_said_to_be_unexplained()
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet with { RecordsLost = 20 }) with { Counted = 50 });

        Assert.Equal([new Gap(Stages.Ring, 0, null, 10), new Gap(Stages.Unexplained, null, null, 30)], told.Gaps);
        Assert.Contains("40 of them were not captured, and 30 of those are unexplained", told.Evidence[1]);
    }

    [Fact]
    public void What_the_card_had_no_room_for_is_missing_and_no_capture_can_hold_it()
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet) with { BeforeTheStack = [new UnseenPackets(1, "eth0", "rx_missed_errors", 16390)] });

        Assert.Equal(("incomplete", 16390L), (told.Word, told.AtLeast));
        Assert.Equal([new Gap(Stages.BeforeTheStack, null, "eth0", 16390)], told.Gaps);
        Assert.Equal("The card behind `eth0` dropped 16,390 packets before the stack saw them (`rx_missed_errors`): no capture of the stack can contain them.", told.Evidence[0]);
    }

    [Fact]
    public void Of_very_many_CPUs_and_cards_the_sentences_stay_short()
    {
        CpuAccount[] cpus = [.. Enumerable.Range(0, 256).Select(cpu => Quiet with { Cpu = cpu, RecordsLost = cpu is 3 or 4 or 9 or > 99 ? 10 : 0 })];
        Completeness told = CompletenessJudge.Of(Ledger(cpus) with { Counted = null, BeforeTheStack = [.. Enumerable.Range(1, 250).Select(i => new UnseenPackets(1, $"eth{i}", "rx_missed_errors", i))] });

        Assert.Contains("on CPU 3, 4, 9, 100–255 because", told.Evidence[0]);
        Assert.Equal(5, told.Evidence.Count);
        Assert.StartsWith("The card behind `eth250` dropped 250 packets", told.Evidence[1], StringComparison.Ordinal);
        Assert.Equal("Cards behind 247 more interfaces dropped 30,628 packets as well.", told.Evidence[^1]);
        Assert.Equal(159 + 250, told.Gaps.Count);

        Completeness odd = CompletenessJudge.Of(Ledger([.. cpus.Select(cpu => cpu with { RecordsLost = cpu.Cpu is { } number && number % 2 == 1 ? 10 : 0 })]) with { Counted = null });
        Assert.Contains("on CPU 1, 3, 5, 7, 9, 11, 13, 15 and 120 others because", odd.Evidence[0]);
    }

    [Theory]
    [InlineData("killed", "The agent was killed")]
    [InlineData("write error", "The file ends early")]
    [InlineData("disk nearly full", "The host's disk was nearly full")]
    [InlineData(null, "The agent ended before it closed the window")]
    public void A_window_that_was_cut_short_is_incomplete_and_nobody_says_by_how_much(string? ended, string evidence)
    {
        Completeness told = CompletenessJudge.Of(Ledger(Quiet) with { Ended = ended });

        Assert.Equal(("incomplete", 0L, "Data is missing: every number here is a lower bound."), (told.Word, told.AtLeast, told.Sentence));
        Assert.StartsWith(evidence, told.Evidence[0]);
    }

    [Fact]
    public void A_merged_stream_has_one_account_of_its_records()
    {
        CompletenessLedger ledger = new()
        {
            Cpus = [new CpuAccount { Cpu = null, Captured = 4, Stacks = 4 }, new CpuAccount { Cpu = 0, Captured = 4 }, new CpuAccount { Cpu = 1, RecordsLost = 6 }],
            Captured = 4,
            HasStacks = true,
            IsImport = true,
            Ended = "end of text",
        };

        Completeness told = CompletenessJudge.Of(ledger);

        Assert.Equal(new Gap(Stages.Ring, null, null, 3), Assert.Single(told.Gaps));
        Assert.Contains("on CPU 1", told.Evidence[0]);
    }

    private static Completeness Judge(params CpuAccount[] cpus) => CompletenessJudge.Of(Ledger(cpus));

    private static CompletenessLedger Ledger(params CpuAccount[] cpus) => new()
    {
        Cpus = cpus,
        Captured = cpus.Sum(cpu => cpu.Captured),
        Counted = cpus.Sum(cpu => cpu.Counted),
        HasStacks = true,
        HasRingCounters = true,
        Ended = "duration",
    };
}
