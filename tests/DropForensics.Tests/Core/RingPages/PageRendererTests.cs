using DropForensics.Core.RingPages;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.RingPages;

public sealed class PageRendererTests
{
    private const string Body = "kfree_skb: skbaddr=ffff888000001000 protocol=2048 location=udp_rcv+0x10/0xee0 reason: NO_SOCKET\n";

    [Fact]
    public void A_drop_and_its_stack_are_the_lines_the_kernel_prints()
    {
        var page = new RingPageWriter(1_736_773_511_900).Drop(0).StackOf(600, 0xffffffff81001004, 0xffffffff81001130, 0xffffffffc0001004, 0xffffffffc0008010, 0, int.MaxValue, ulong.MaxValue, 1).ToPage();

        Assert.Equal(
            "           flood-7       [001] ..s1.  1736.773512: " + Body
            + "           flood-7       [001] ..s1.  1736.773513: <stack trace>\n"
            + " => kfree_skb+0x4/0x120\n => udp_rcv+0x10/0xee0\n => first+0x4/0x100 [e1000]\n => 0xffffffffc0008010\n => 0\n => [FTRACE TRAMPOLINE]\n",
            RingPageWriter.Render(RingPageWriter.Renderer(), page));
    }

    [Fact]
    public void Each_event_of_the_ring_prints_by_its_own_format()
    {
        var renderer = RingPageWriter.Try(out var refusal, other: RingPageWriter.OtherEvent);
        var page = new RingPageWriter(0).Drop(0).Drop(0, type: RingPageWriter.OtherType).Drop(0).Drop(0, type: RingPageWriter.OtherType + 1).ToPage();

        Assert.Equal("", refusal);
        const string Head = "           flood-7       [001] ..s1.     0.000000: ";
        Assert.Equal(
            $"{Head}{Body}{Head}consume_skb: skbaddr=ffff888000001000\n{Head}{Body}unreadable record of 32 bytes in the ring\n", RingPageWriter.Render(renderer!, page));   // there is no refusal
    }

    [Theory]
    [InlineData(0x00, 0x00, ".....")]
    [InlineData(0x01, 0x21, "d..12")]
    [InlineData(0x81, 0x0f, "D..f.")]
    [InlineData(0x80, 0x00, "b....")]
    [InlineData(0x24, 0x00, ".N...")]
    [InlineData(0x26, 0x00, ".B...")]
    [InlineData(0x06, 0x00, ".b...")]
    [InlineData(0x22, 0x00, ".L...")]
    [InlineData(0x02, 0x00, ".l...")]
    [InlineData(0x04, 0x00, ".n...")]
    [InlineData(0x20, 0x00, ".p...")]
    [InlineData(0x18, 0x00, "..H..")]
    [InlineData(0x08, 0x00, "..h..")]
    [InlineData(0x48, 0x00, "..Z..")]
    [InlineData(0x40, 0x00, "..z..")]
    public void Flags_are_letters(byte flags, byte preempt, string expected) =>
        Assert.Contains($"[001] {expected}     0.000000: ", RingPageWriter.Render(RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0, flags: flags, preempt: preempt).ToPage()));

    [Fact]
    public void A_kernel_without_migrate_disable_has_four_flags_and_a_deeper_depth() =>
        Assert.Contains(
            "[001] ..s1f     0.000000: ", RingPageWriter.Render(RingPageWriter.Renderer(legend: RingPageWriter.Legend4), new RingPageWriter(0).Drop(0, preempt: 0x1f).ToPage()));

    // As Debian's 6.1.0-56-rt-amd64 prints them; the early ones by their patches.
    [Theory]
    [InlineData(false, 0x10, 0x21, 1, 0, "...s112")]
    [InlineData(false, 0x80, 0x31, 1, 0, "b...113")]
    [InlineData(false, 0x14, 0x20, 1, 0, ".n.s.12")]
    [InlineData(false, 0x34, 0x20, 1, 0, ".nLs.12")]
    [InlineData(false, 0x00, 0x00, 0, 0, ".......")]
    [InlineData(true, 0x10, 0x11, 0, 2, "...s11.2")]
    [InlineData(true, 0x94, 0x01, 2, 1, ".nLs121")]
    [InlineData(true, 0x24, 0x01, 0, 0, ".N..1..")]
    public void With_the_real_time_patches_there_are_two_flags_more(bool early, byte flags, byte preempt, byte lazyDepth, byte migrateDisable, string expected)
    {
        var renderer = RingPageWriter.Renderer(RingPageWriter.PatchedEvent(early), early ? RingPageWriter.Legend7Early : RingPageWriter.Legend7);
        var page = new RingPageWriter(0).Drop(0, flags: flags, preempt: preempt, lazyDepth: lazyDepth, migrateDisable: migrateDisable).ToPage();

        Assert.Contains($"[001] {expected}     0.000000: ", RingPageWriter.Render(renderer, page));
    }

    [Theory]
    [InlineData("preempt-lazy-depth", "preempt-lazier-depth")]
    [InlineData("irqs-off", "moods")]
    [InlineData("TASK-PID", "TASK-PID      TGID")]
    public void A_legend_with_a_column_that_is_not_known_leaves_the_text_to_the_kernel(string column, string other)
    {
        Assert.Null(RingPageWriter.Try(out var refusal, RingPageWriter.PatchedEvent(early: false), RingPageWriter.Legend7.Replace(column, other)));

        Assert.Contains("columns", refusal);
    }

    [Fact]
    public void A_legend_with_a_column_that_the_records_lack_leaves_the_text_to_the_kernel() => Assert.Null(RingPageWriter.Try(out _, legend: RingPageWriter.Legend7));

    [Theory]
    [InlineData(0, "          <idle>-0       ")]
    [InlineData(7, "           flood-7       ")]
    [InlineData(8, "           a\nb c-8       ")]
    [InlineData(4194304, "           <...>-4194304 ")]
    [InlineData(-1, "           <XXX>--1      ")]
    public void Tasks_are_named_as_saved(int pid, string head) =>
        Assert.StartsWith(head, RingPageWriter.Render(RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0, pid: pid).ToPage()));

    [Fact]
    public void Each_head_is_its_own_records_whatever_stood_before_it()
    {
        (int Pid, byte Flags, byte Preempt)[] records = [(7, 0x10, 1), (7, 0x10, 1), (7, 0x10, 2), (8, 0x10, 2), (4194304, 0x10, 2), (4194304, 0x10, 2), (7, 0, 0), (7, 0x10, 1)];
        var writer = new RingPageWriter(0);
        foreach (var (pid, flags, preempt) in records) writer.Drop(0, pid: pid, flags: flags, preempt: preempt);
        var alone = records.Select(record => RingPageWriter.Render(
            RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0, pid: record.Pid, flags: record.Flags, preempt: record.Preempt).ToPage()));

        Assert.Equal(string.Concat(alone), RingPageWriter.Render(RingPageWriter.Renderer(), writer.ToPage()));
    }

    [Fact]
    public void A_head_names_the_CPU_whose_page_it_is()
    {
        var (renderer, page) = (RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0).ToPage());
        Assert.Contains(" [001] ", RingPageWriter.Render(renderer, page, cpu: 1));
        Assert.Contains(" [000] ", RingPageWriter.Render(renderer, page, cpu: 0));
        Assert.Contains(" [127] ", RingPageWriter.Render(renderer, page, cpu: 127));
    }

    [Fact]
    public void Times_add_up_and_a_record_taken_back_counts_for_nothing()
    {
        var page = new RingPageWriter(1_000_000).Drop(1_000).Extend(5_000_000_000).Drop(2_000).Discarded(40).Drop(3_000).Stamp(9_000_000_000).Drop(4_000).EndOfPage().ToPage();

        string[] lines = RingPageWriter.Render(RingPageWriter.Renderer(), page).Split('\n');

        Assert.Equal(["0.001001", "5.001003", "5.001006", "9.000004", ""], lines.Select(line => line.Length < 49 ? "" : line[41..49]));
    }

    [Theory]
    [InlineData(230ul, "CPU:1 [LOST 230 EVENTS]\n")]
    [InlineData(ulong.MaxValue, "CPU:1 [LOST EVENTS]\n")]
    public void What_was_lost_stands_before_the_first_record(ulong lost, string expected) =>
        Assert.StartsWith(expected + "           flood-7", RingPageWriter.Render(RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0).ToPage(lost)));

    [Fact]
    public void A_loss_without_room_for_its_number_is_still_a_loss() =>
        Assert.StartsWith("CPU:1 [LOST EVENTS]\n", RingPageWriter.Render(RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0).ToPage(lostUncounted: true)));

    [Fact]
    public void A_page_may_be_larger_than_the_machines()
    {
        var writer = new RingPageWriter(0, pageBytes: 16384);
        for (var i = 0; i < 400; i++) writer.Drop(1_000);

        Assert.Equal(400, RingPageWriter.Render(RingPageWriter.Renderer(pageBytes: 16384), writer.ToPage()).Count(c => c == '\n'));
    }

    [Fact]
    public void A_record_of_another_event_is_a_line_that_nobody_understands_and_is_counted()
    {
        var renderer = RingPageWriter.Renderer();

        Assert.Equal("unreadable record of 12 bytes in the ring\n", RingPageWriter.Render(renderer, new RingPageWriter(0).Record(0, new byte[12]).ToPage()));
        Assert.Equal(1, renderer.Unrendered);
    }

    [Fact]
    public void A_number_without_a_name_is_hex() =>
        Assert.EndsWith("reason: 0x30002\n", RingPageWriter.Render(RingPageWriter.Renderer(), new RingPageWriter(0).Drop(0, reason: 0x30002).ToPage()));

    [Fact]
    public void The_last_function_of_a_module_ends_with_its_page_and_nothing_follows_it()
    {
        var page = new RingPageWriter(0).StackOf(0, 0xffffffffc0001104, 0xffffffffc0001f08, 0xffffffffc0002008, 0xffffffffc0003008, 0x1234).ToPage();

        Assert.EndsWith(
            "<stack trace>\n => second+0x4/0xe00 [e1000]\n => last+0x8/0x100 [e1000]\n => 0xffffffffc0002008\n => 0xffffffffc0003008\n => 0x1234\n",
            RingPageWriter.Render(RingPageWriter.Renderer(), page));
    }

    [Fact]
    public void Hidden_addresses_are_noticed()
    {
        Assert.True(RingPageWriter.Renderer().TryLoadSymbols());
        Assert.False(RingPageWriter.Renderer(kallsyms: "0000000000000000 T kfree_skb\n0000000000000000 T udp_rcv\n").TryLoadSymbols());
    }

    [Fact]
    public void Records_that_were_seen_before_allocate_nothing()
    {
        var renderer = RingPageWriter.Renderer();
        var page = new RingPageWriter(0).Drop(0).StackOf(0, 0xffffffff81001004, 0xffffffffc0001004).Drop(5).StackOf(0, 0xffffffff81001008).ToPage();
        var lines = new LineBuffer();
        for (var i = 0; i < 100; i++) renderer.Render(lines, 0, page);
        lines.Clear();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) renderer.Render(lines, 0, page);

        // Once a second names are read again; four kilobytes are no byte for each of 400 records.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }
}
