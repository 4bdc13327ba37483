using DropForensics.Analyze.Facts;
using DropForensics.Core;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeCapture;

namespace DropForensics.Tests.Analyze.Analysis;

public sealed class FactBuilderTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Facts_are_what_a_person_counts_in_the_text()
    {
        Write(Path, Whole,
        [
            (0, EventAndStack(101, E1000) + EventAndStack(102, E1000) + EventAndStack(103, Backlog)
                + Event(104, "tcp_v4_rcv+0x7d/0xf20", "TCP_CSUM", task: "nginx-812", protocol: 34525)),
            (1, EventAndStack(105, E1000, "SOCKET_RCVBUFF", cpu: 1) + "CPU:1 [LOST 7 EVENTS]\n" + EventAndStack(107, E1000, cpu: 1)),
        ]);
        CaptureFacts facts = Read(Path).Facts;

        Assert.Equal(6, facts.Drops);
        Assert.Equal([("NO_SOCKET", 4L), ("SOCKET_RCVBUFF", 1), ("TCP_CSUM", 1)], facts.Reasons.Select(r => (r.Reason!, r.Drops)));
        Assert.Equal(
            [("__udp4_lib_rcv", "NO_SOCKET", 4L), ("__udp4_lib_rcv", "SOCKET_RCVBUFF", 1), ("tcp_v4_rcv", "TCP_CSUM", 1)],
            facts.Sites.Select(s => (s.Function!, s.Reason!, s.Drops)));
        Assert.Equal([("stack", 2), ("stack", 1), ("location", 0)], facts.Sites.Select(s => (s.FunctionRule!, s.Stacks)));
        Assert.Equal([new NamedDrops("e1000", 3), new NamedDrops(null, 1)], facts.Sites[0].Drivers);
        Assert.Equal((1_000_000_000, 7_000_000_000), (facts.Sites[0].FirstNs, facts.Sites[0].LastNs));
        Assert.Equal(4.0 / 6, facts.Sites[0].Share);
        Assert.Equal([("e1000", "module", 4L), (null, null, 1), (null, null, 1)], facts.Drivers.Select(d => (d.Driver, d.Rule, d.Drops)));
        Assert.Equal([("e1000_clean", 4L), (null, 1), ("process_backlog", 1)], facts.Entries.Select(e => (e.Entry, e.Drops)));
        Assert.Equal([(0, 4L, 0L), (1, 2, 7)], facts.Cpus.Select(c => (c.Cpu, c.Drops, c.LostRecords)));
        Assert.Equal([("<idle>", 0, 5L), ("nginx", 812, 1)], facts.Processes.Select(p => (p.Comm, p.Pid, p.Drops)));
        Assert.Equal([("IPv4", 5L), ("IPv6", 1)], facts.Protocols.Select(p => (p.Name!, p.Drops)));
        Assert.Equal([4L, 1], facts.Stacks.Select(s => s.Drops));
        Assert.Equal(2, facts.DistinctStacks);
        Assert.Equal(("duration", "web1", 10_000_000_000), (facts.Capture.Ended, facts.Capture.HostName, facts.Window.LengthNs));
        Assert.Equal(0, facts.SitesReadOtherwise);
    }

    [Fact]
    public void The_timeline_has_every_drop_in_the_bin_of_its_time_and_the_hole_between_two_records()
    {
        Write(Path, Whole, [(1, Event(100) + Event(101.05, cpu: 1) + "CPU:1 [LOST 7 EVENTS]\n" + Event(104.5, cpu: 1) + Event(109.99, reason: "TCP_CSUM"))]);
        TimelineFacts timeline = Read(Path).Facts.Timeline;

        Assert.Equal((0, 50_000_000), (timeline.StartNs, timeline.BinNs));
        Assert.Equal(["NO_SOCKET", "TCP_CSUM"], timeline.Series.Select(s => s.Reason));
        Assert.Equal([(0, 1L), (21, 1), (90, 1)], Bins(timeline.Series[0]));
        Assert.Equal([(199, 1L)], Bins(timeline.Series[1]));
        Assert.Equal([new HoleFacts(1, 1_050_000_000, 4_500_000_000, 7)], timeline.Holes);
    }

    [Fact]
    public void A_task_whose_name_the_kernel_forgot_is_counted_under_the_name_its_pid_has_elsewhere()
    {
        Write(Path, Whole, [(0, Event(101, task: "<...>-257") + Event(102, task: "dropgen-257") + Event(103, task: "<...>-300"))]);
        Assert.Equal([("dropgen", 257, 2L), ("<...>", 300, 1)], Read(Path).Facts.Processes.Select(p => (p.Comm, p.Pid, p.Drops)));
    }

    [Fact]
    public void The_first_drop_of_a_site_is_shown_as_the_kernel_printed_it()
    {
        string first = EventAndStack(101, E1000);
        Write(Path, Whole, [(0, "# noise\n" + first + Event(102))]);
        RawExample example = Assert.IsType<RawExample>(Read(Path).Facts.Sites.Single(s => s.Function == "__udp4_lib_rcv").Example);
        Assert.Equal((0, 2, first.TrimEnd('\n')), (example.Cpu, example.Line, example.Text));
    }

    [Fact]
    public void Without_clock_readings_no_time_of_day_is_told()
    {
        Write(Path, Whole, [(0, Event(101))]);
        Assert.Null(Read(Path).Facts.Window.StartUtc);
    }

    [Fact]
    public void Times_of_day_agree_with_the_view_for_people_and_steps_and_suspends_are_told()
    {
        const long epoch = 1_790_000_000_000_000_000;
        Write(Path, Whole, [(0, Event(100.25) + Event(106.5))], (writer, _) =>
        {
            writer.AddClock(new ClockReading(99_900_000_000, 99_900_000_000, epoch));
            writer.AddClock(new ClockReading(101_000_000_000, 101_000_000_000, epoch + 1_100_000_000));
            writer.AddClock(new ClockReading(103_000_000_000, 108_000_000_000, epoch + 8_100_000_000)); // slept 5 s
            writer.AddClock(new ClockReading(105_000_000_000, 110_000_000_000, epoch + 7_100_000_000)); // set back 3 s
        });
        CaptureFacts facts = Read(Path).Facts;

        Assert.Equal(
            [new ClockNote(3_000_000_000, "suspend", 5_000_000_000), new ClockNote(5_000_000_000, "step", -3_000_000_000)], facts.ClockNotes);
        Assert.Equal(DateTime.UnixEpoch.AddTicks((epoch + 100_000_000) / 100), facts.Window.StartUtc);
        using CaptureReader reader = CaptureReader.Open(Path);
        string view = (string)Rows.Of(reader, "SELECT time_utc FROM drops ORDER BY t_ns LIMIT 1")[0][0]!;
        Assert.Equal(view, facts.Window.StartUtc!.Value.AddMilliseconds(250).ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"));
    }

    [Fact]
    public void An_empty_capture_has_facts_too()
    {
        Write(Path, Whole, []);
        CaptureFacts facts = Read(Path).Facts;
        Assert.Equal((0, 10_000_000_000), (facts.Drops, facts.Window.LengthNs));
        Assert.Empty(facts.Sites);
    }

    [Fact]
    public void Attribution_is_derived_again_and_says_how_many_sites_it_reads_otherwise()
    {
        Write(Path, Whole, [(0, EventAndStack(101, E1000))]);
        Change(Path, "UPDATE site SET function = 'old_guess', driver = 'vmxnet3'");
        CaptureFacts facts = Read(Path).Facts;
        Assert.Equal(("__udp4_lib_rcv", "e1000", 1), (facts.Sites[0].Function, facts.Drivers[0].Driver, facts.SitesReadOtherwise));
    }

    [Fact]
    public void A_driver_inferred_from_the_hosts_counters_is_kept_for_no_stack_tells_it_again()
    {
        Write(Path, Whole, [(0, EventAndStack(101, Backlog))]);
        Change(Path, "UPDATE site SET driver = 'loopback', driver_rule = 'backlog'");
        Assert.Equal(("loopback", "backlog"), (Read(Path).Facts.Drivers[0].Driver, Read(Path).Facts.Drivers[0].Rule));
    }

    [Fact]
    public void A_clock_that_counts_ticks_gives_no_durations()
    {
        Write(Path, Whole with { TraceClock = "counter", ClosedNs = null }, [(0, Event(101))]);
        Assert.False(Read(Path).Facts.Window.IsTime);
        Assert.Equal("1 packet dropped.", Read(Path).Verdict.Counted);
    }

    [Fact]
    public void Drops_of_a_site_that_is_not_there_are_damage_and_no_crash()
    {
        Write(Path, Whole, [(0, Event(101))]);
        Change(Path, "PRAGMA foreign_keys = 0; DELETE FROM site");
        Assert.Contains("damaged", Assert.Throws<UserError>(() => Read(Path)).Message);
    }

    private static IEnumerable<(int Bin, long Drops)> Bins(TimelineSeries series) =>
        series.Drops.Select((drops, bin) => (bin, drops)).Where(b => b.drops > 0);
}
