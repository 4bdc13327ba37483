using System.Text;
using DropForensics.Core.Decoding;
using DropForensics.Core.Lines;
using DropForensics.Core.Masking;
using DropForensics.Core.Model;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

public sealed class TraceTextDecoderTests
{
    private const string Head = "            bash-7       [000] ..s1.     1.000001: ";
    private const string Event = Head + "kfree_skb: skbaddr=00000000a9e66ae3 protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET\n";

    [Theory]
    [InlineData("tracepoint-article-stack", 14)]
    [InlineData("kprobe-article-stack", 17)]
    public void An_event_pairs_with_its_stack_though_the_preempt_depth_differs(string fixture, int frames)
    {
        DropEvent drop = Assert.Single(TraceFixture.Load(fixture).Decode().Batch.Drops);
        Assert.Equal(frames, drop.Stack?.Frames.Count);
        Assert.Equal("ret_from_fork", drop.Stack?.Frames[^1].Symbol);
    }

    [Fact]
    public void A_softirq_drop_between_an_event_and_its_stack_keeps_both_pairs()
    {
        TraceTextDecoder decoder = Decode(
            "            bash-7       [000] .....     1.000001: kfree_skb <-in_task\n" +
            "            bash-7       [000] ..s3.     1.000002: kfree_skb <-in_softirq\n" +
            "            bash-7       [000] ..s3.     1.000003: <stack trace>\n => softirq_frame\n" +
            "            bash-7       [000] .....     1.000004: <stack trace>\n => task_frame\n");
        Assert.Equal(
            [("in_softirq", "softirq_frame"), ("in_task", "task_frame")],
            decoder.Batch.Drops.Select(drop => (drop.Location, drop.Stack?.Frames[0].Symbol)));
        Assert.Equal(0, decoder.OrphanStacks);
    }

    // Of one task's two drops the inner one, in a softirq, has its stack first; meanwhile the task is to be rescheduled, lazily where that is known.
    [Theory]
    [InlineData("....", "..s1", ".Ns1", ".N.1")]
    [InlineData(".....", "..s1.", ".Ns1.", ".N.1.")]
    [InlineData(".......", "...s.12", "..Ls.12", "..L.1..")]
    [InlineData("....1..", "...s1.2", ".nLsb12", "..L....")]
    [InlineData("..Lh...", "...H...", "..LH1..", "...h1..")]
    [InlineData("....10..", "...s10.2", "..Ls10.2", "..L.10..")]
    [InlineData("...10.", "..s10.", ".Ns11.", ".N.10.")]
    public void A_stack_finds_its_event_however_many_flags_there_are(string outer, string inner, string innerStack, string outerStack)
    {
        foreach (string legend in new[] { "", Legend(outer.Length) })
        {
            TraceTextDecoder decoder = Decode(
                legend +
                $"            bash-7       [000] {outer}     1.000001: kfree_skb <-outer\n" +
                $"            bash-7       [000] {inner}     1.000002: kfree_skb <-inner\n" +
                $"            bash-7       [000] {innerStack}     1.000003: <stack trace>\n => inner_frame\n" +
                $"            bash-7       [000] {outerStack}     1.000004: <stack trace>\n => outer_frame\n");
            Assert.Equal(
                [("inner", "inner_frame"), ("outer", "outer_frame")],
                decoder.Batch.Drops.Select(drop => (drop.Location, drop.Stack?.Frames[0].Symbol)));
            Assert.Equal((0, 0), (decoder.OrphanStacks, decoder.Lines.Unparsed));
        }

        // A depth of two digits makes a line longer than its legend says.
        static string Legend(int flags) => flags switch { 4 => RingPageWriter.Legend4, 5 or 6 => RingPageWriter.Legend5, _ => RingPageWriter.Legend7 };
    }

    [Theory]
    [InlineData("\r\n")]
    [InlineData("   \n")]
    [InlineData(" \r\n")]
    public void Line_ends_of_pasted_text_do_not_matter(string end)
    {
        string text = Event + Head + "<stack trace>\n => tcp_v4_rcv\n => kthread\n" + "CPU:0 [LOST 3 EVENTS]\n";
        TraceTextDecoder decoder = Decode(text.Replace("\n", end, StringComparison.Ordinal));
        Assert.Equal(["tcp_v4_rcv", "kthread"], Assert.Single(decoder.Batch.Drops).Stack!.Frames.Select(frame => frame.Symbol));
        Assert.Equal(3, Assert.Single(decoder.Batch.Losses).Records);
        Assert.Equal(0, decoder.Lines.Unparsed);
    }

    // An event probe fetches no "users", and up to 5.16 no reason: what a name says of them is not the first of its kind, and is the name's.
    [Theory]
    [InlineData("x\" users=2 a=\"")]
    [InlineData("x\" skb=0 a=\"")]
    [InlineData("x\" reason=3 a=\"")]
    [InlineData("x\" ifindex=9 y=")]
    [InlineData(" comm=\"")]
    [InlineData("\"")]
    public void A_task_may_be_called_like_fields_of_a_probe(string comm)
    {
        TraceTextDecoder decoder = Decode(Head + $"drop: (skb.kfree_skb) loc=tcp_v4_rcv+0x7d/0xf20 len=60 comm=\"{comm}\"\n");
        DropEvent drop = Assert.Single(decoder.Batch.Drops);
        Assert.Equal((comm, 60, null), (drop.Comm, drop.Length, drop.Reason));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("\n")]
    [InlineData("x\"\ny")]
    [InlineData("\"\n\"\n")]
    [InlineData("\"\n")]
    [InlineData(" pkt9={0x0\n")]
    [InlineData("123456789012\n4\n")]
    public void A_newline_in_a_task_s_name_ends_neither_the_head_nor_the_last_field(string comm)
    {
        string text = $"{comm,16}-7       [000] ..s1.     1.000001: drop: (skb.kfree_skb) loc=tcp_v4_rcv+0x7d/0xf20 reason=3 comm=\"{comm}\"\n"
            + $"{comm,16}-7       [000] ..s1.     1.000003: <stack trace>\n => tcp_v4_rcv\n => kthread\n";
        foreach (int size in new[] { 1, 7, 4096 })
        {
            var decoder = new TraceTextDecoder(ReasonTable.Empty);
            foreach (byte[] piece in Encoding.UTF8.GetBytes(text + text).Chunk(size))
                decoder.Feed(piece);
            decoder.Complete();
            Assert.Equal(0, decoder.Lines.Unparsed);
            Assert.All(decoder.Batch.Drops, drop => Assert.Equal((comm, 2), (drop.Comm, drop.Stack?.Frames.Count)));
            Assert.Equal([1L, 1 + text.Count(c => c == '\n')], decoder.Batch.Drops.Select(drop => drop.RawLine));
        }
    }

    // The first network namespace is 4026531840 up to 6.17 or so, 4026531833 on 6.18; none has a number far below.
    [Theory]
    [InlineData(4026531840, true)]
    [InlineData(4026531833, true)]
    [InlineData(4026532144, true)]
    [InlineData(1, false)]
    [InlineData(4026000000, false)]
    public void A_device_is_an_interface_only_in_a_network_namespace(long netns, bool isInterface)
    {
        TraceTextDecoder decoder = Decode(Head + $"drop: (skb.kfree_skb) skb=0xffff8a3168214b00 devp=0xffff8a3141ac0000 ifindex=2 netns={netns} dev=\"veth0\"\n");
        DropInterface? expected = isInterface ? new DropInterface(netns, 2, "veth0") : null;
        Assert.Equal(expected, Assert.Single(decoder.Batch.Drops).Interface);
    }

    // "veth0" in 16 bytes of memory; a device is what its own transmit queue points back to.
    [Theory]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x3068746576,0x0}", true)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x3068746576,0x4141414141414141}", true)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac8000 pktdev={0x3068746576,0x0}", false)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 pktdev={0x3068746576,0x0}", false)]
    [InlineData("devp=0x0 ifindex=2 netns=4026532144 iif=0 devq=0x0 pktdev={0x3068746576,0x0}", false)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=0 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x3068746576,0x0}", false)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x0,0x0}", false)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x0a68746576,0x0}", false)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x4141414141414141,0x4141414141414141}", false)]
    [InlineData("devp=0xffff8a3141ac0000 ifindex=2 netns=4026532144 iif=0 devq=0xffff8a3141ac0000 pktdev={0x3068746576}", false)]
    public void An_interface_is_what_its_own_queue_points_back_to_and_any_other_memory_is_zeroed(string fields, bool isInterface)
    {
        string line = $"{Head}drop: (skb.kfree_skb) skb=0xffff8a3168214b00 {fields} comm=\"x\"";
        DropInterface? expected = isInterface ? new DropInterface(4026532144, 2, "veth0") : null;
        Assert.Equal(expected, Assert.Single(Decode(line + "\n").Batch.Drops).Interface);

        byte[] masked = new byte[line.Length];
        int length = LineMask.Apply(Encoding.ASCII.GetBytes(line), keepsPayload: false, masked);
        string stored = Encoding.ASCII.GetString(masked, 0, length);
        Assert.Equal(expected, Assert.Single(Decode(stored + "\n").Batch.Drops).Interface);
        Assert.Equal(isInterface, stored.Contains("pktdev={0x3068746576,", StringComparison.Ordinal));
        Assert.DoesNotContain("pktdev={0x4141", stored);
    }

    [Fact]
    public void A_drop_waits_for_its_stack_until_the_stream_ends()
    {
        var decoder = new TraceTextDecoder(ReasonTable.Empty);
        decoder.Feed(Encoding.ASCII.GetBytes(Event));
        Assert.Empty(decoder.Batch.Drops);
        decoder.Complete();
        Assert.Null(Assert.Single(decoder.Batch.Drops).Stack);
        Assert.Throws<InvalidOperationException>(() => decoder.Feed("x"u8));
    }

    [Fact]
    public void Events_whose_stacks_never_come_are_not_held_without_end()
    {
        var decoder = new TraceTextDecoder(ReasonTable.Empty);
        for (int pid = 1; pid <= 1000; pid++)
            decoder.Feed(Encoding.ASCII.GetBytes(Event.Replace("bash-7   ", $"bash-{pid,-4}", StringComparison.Ordinal)));
        Assert.InRange(decoder.Batch.Drops.Count, 900, 999);
    }

    [Fact]
    public void A_known_number_prints_its_name_and_a_consumed_packet_is_no_drop()
    {
        ReasonTable reasons = ReasonTable.FromFormat(TraceFixture.FormatFile("6.12"));
        const string Probe = "k: (sk_skb_reason_drop+0x4/0x120) skb=0xffff8a3168214b00 reason=";
        TraceTextDecoder decoder = Decode(Head + Probe + "3\n" + Head + Probe + "1\n", reasons);
        Assert.Equal("NO_SOCKET", Assert.Single(decoder.Batch.Drops).Reason?.Name);
        Assert.Equal(1, decoder.Lines[LineKind.OtherEvent]);
        // Where nothing says what 1 is, it is not guessed.
        Assert.Equal(2, Decode(Head + Probe + "3\n" + Head + Probe + "1\n").Batch.Drops.Count);
    }

    [Fact]
    public void Another_events_text_cannot_forge_a_drop()
    {
        TraceTextDecoder decoder = Decode(Head + "sched_process_exec: filename=/tmp/ " + Event);
        Assert.Empty(decoder.Batch.Drops);
        Assert.Equal(1, decoder.Lines[LineKind.OtherEvent]);
    }

    [Fact]
    public void A_record_behind_one_that_the_kernel_cut_off_is_found()
    {
        TraceTextDecoder decoder = Decode(Head + "other: text=" + new string('x', 4090) + Event);
        Assert.Equal("kfree_skb", Assert.Single(decoder.Batch.Drops).Event);
        Assert.Equal(1, decoder.Lines[LineKind.UnparsedGlued]);
        Assert.Equal(1, decoder.Lines.Total);
    }

    [Theory]
    [InlineData(RawRecord.MaxLineBytes, 0)]
    [InlineData(RawRecord.MaxLineBytes + 1, 1)]
    [InlineData(1 << 20, 1)]
    public void A_line_over_the_cap_is_skipped_with_bounded_memory(int length, int tooLong)
    {
        byte[] line = new byte[length];
        line.AsSpan().Fill((byte)'x');
        byte[] next = Encoding.ASCII.GetBytes("\n" + Event);
        foreach (int cut in new[] { 4096, 1 << 16, length })
        {
            var decoder = new TraceTextDecoder(ReasonTable.Empty);
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int at = 0; at < length; at += cut)
                decoder.Feed(line.AsSpan(at, Math.Min(cut, length - at)));
            decoder.Feed(next);
            decoder.Complete();
            // The carried line grows by doubling up to the cap.
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 5 * RawRecord.MaxLineBytes);
            Assert.Equal(tooLong, decoder.Lines[LineKind.UnparsedTooLong]);
            Assert.Equal(2, decoder.Lines.Total);
            Assert.Equal(2, Assert.Single(decoder.Batch.Drops).RawLine);
            Assert.InRange(Assert.Single(decoder.Batch.Unparsed).Text.Length, 1, 200);
        }
    }

    [Fact]
    public void A_stack_without_end_is_cut_at_the_cap()
    {
        var decoder = new TraceTextDecoder(ReasonTable.Empty);
        decoder.Feed(Encoding.ASCII.GetBytes(Event + Head + "<stack trace>\n"));
        const int Frames = 100_000;
        for (int i = 0; i < Frames; i++)
            decoder.Feed(" => tcp_v4_rcv\n"u8);
        decoder.Complete();
        Assert.Equal(Frames + 2, decoder.Lines.Total);
        Assert.InRange(Assert.Single(decoder.Batch.Drops).Stack!.Frames.Count, 4000, OpenStack.MaxBytes / " => tcp_v4_rcv\n".Length);
    }

    [Fact]
    public void Unparsed_lines_keep_a_bounded_number_of_samples_of_each_kind()
    {
        TraceTextDecoder decoder = Decode(string.Concat(Enumerable.Repeat("garbage\n => frame\n", 300)));
        Assert.Equal(600, decoder.Lines.Unparsed);
        Assert.Equal(2 * TraceTextDecoder.MaxUnparsedSamples, decoder.Batch.Unparsed.Count);
    }

    [Fact]
    public void Drops_like_ones_before_allocate_nothing()
    {
        // Malformed lines too, once their samples are taken. Another event is a value of its own.
        byte[] trace = TraceFixture.Names.Where(name => !name.StartsWith("cut-", StringComparison.Ordinal) && !name.StartsWith("pasted-", StringComparison.Ordinal))
            .Select(TraceFixture.Load).Where(fixture => Decode(Encoding.Latin1.GetString(fixture.Bytes)).Batch.Others.Count == 0)
            .SelectMany(fixture => fixture.Bytes).ToArray();
        var decoder = new TraceTextDecoder(ReasonTable.FromFormat(TraceFixture.FormatFile("6.12")));
        for (int pass = 0; pass < 2 * TraceTextDecoder.MaxUnparsedSamples; pass++)
            Pass(decoder, trace);

        long before = GC.GetAllocatedBytesForCurrentThread();
        int drops = 0;
        for (int pass = 0; pass < 10; pass++)
            drops += Pass(decoder, trace);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(drops, 2000, int.MaxValue);
    }

    private static int Pass(TraceTextDecoder decoder, ReadOnlySpan<byte> trace)
    {
        int drops = 0;
        const int Read = 8155;
        for (; !trace.IsEmpty; trace = trace[Math.Min(Read, trace.Length)..])
        {
            decoder.Feed(trace[..Math.Min(Read, trace.Length)]);
            drops += decoder.Batch.Drops.Count;
            decoder.Batch.Clear();
        }
        return drops;
    }

    private static TraceTextDecoder Decode(string text, ReasonTable? reasons = null)
    {
        var decoder = new TraceTextDecoder(reasons ?? ReasonTable.Empty);
        decoder.Feed(Encoding.Latin1.GetBytes(text));
        decoder.Complete();
        return decoder;
    }
}
