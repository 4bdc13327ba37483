using System.Text;
using DropForensics.Core.Model;
using DropForensics.Core.Perf;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Perf;

public sealed class PerfTextDecoderTests
{
    private const string Fields = "skbaddr=0xffff88814f19ba00 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0x99 reason: NO_SOCKET";

    // Heads as perf prints them with various -F, and without -g.
    [Theory]
    [InlineData("bash  1699 [000] 15746.137294: skb:kfree_skb: ", "bash", 1699, null, 0, 15746_137294000)]
    [InlineData("            bash  1699/1700  [003] 15746.137294862: skb:kfree_skb: ", "bash", 1700, 1699, 3, 15746_137294862)]
    [InlineData("            bash  1699 [000] 15746.137294:          1 skb:kfree_skb: ", "bash", 1699, null, 0, 15746_137294000)]
    [InlineData("            bash  1699 [000] K     15746.137294: skb:kfree_skb: ", "bash", 1699, null, 0, 15746_137294000)]
    [InlineData("            bash  1699 [000] 2026-11-26 10:16:02.084069 15746.137294: skb:kfree_skb: ", "bash", 1699, null, 0, 15746_137294000)]
    [InlineData("bash  1699 [000] 15746.137294: skb:kfree_skb:                         ", "bash", 1699, null, 0, 15746_137294000)]
    [InlineData("my prog: 3  1702 [000]     0.000001: skb:kfree_skb: ", "my prog: 3", 1702, null, 0, 1000)]
    [InlineData("1-2 [004]  1703 [000] 15746.141369: skb:kfree_skb: ", "1-2 [004]", 1703, null, 0, 15746_141369000)]
    [InlineData("a 1 [000] 2.3:  1704 [001] 15746.141369: skb:kfree_skb: ", "a 1 [000] 2.3:", 1704, null, 1, 15746_141369000)]
    [InlineData(":-1    -1 [001] 15746.141369: skb:kfree_skb: ", ":-1", -1, null, 1, 15746_141369000)]
    [InlineData("swapper     0 [8191] 15746.141369: skb:kfree_skb: ", "swapper", 0, null, 8191, 15746_141369000)]
    public void A_head_is_read_whatever_fields_stand_in_it(string head, string comm, int pid, int? tgid, int cpu, long timestamp)
    {
        DropEvent drop = Assert.Single(Decode(head + Fields + "\n").Batch.Drops);
        Assert.Equal((comm, pid, tgid, cpu, timestamp), (drop.Comm, drop.Pid, drop.Tgid, drop.Cpu, drop.Timestamp));
        Assert.Equal(("kfree_skb", 2048, "tcp_v4_rcv+0x99", "NO_SOCKET"), (drop.Event, drop.EtherType, drop.Location, drop.Reason?.Name));
        Assert.Null(drop.Stack);
    }

    // What libtraceevent makes of each kernel's print format.
    [Theory]
    [InlineData("skbaddr=0xffff99596362a500 protocol=2048 location=0xffffffff865ad8f3", "0xffffffff865ad8f3", null)]
    [InlineData("skbaddr=0xffff99596362a500 protocol=2048 location=0xffffffff865ad8f3 reason: NO_SOCKET", "0xffffffff865ad8f3", "NO_SOCKET")]
    [InlineData("skbaddr=0xffff99596362a500 protocol=2048 location=tcp_v4_rcv+0x99 reason: 0x30002", "tcp_v4_rcv+0x99", "0x30002")]
    [InlineData("skbaddr=0xffff99596362a500 rx_sk=0x0 protocol=2048 location=tcp_v4_rcv+0x99 reason: NO_SOCKET ffffffff81e94fb0 sk_skb_reason_drop+0x90 ([kernel.kallsyms])", "tcp_v4_rcv+0x99", "NO_SOCKET")]
    [InlineData("skbaddr=0xffff99596362a500 protocol=2048 location=0xffffffff865ad8f3 ffffffff81e94fb0", "0xffffffff865ad8f3", null)]
    public void Each_kernels_arguments_are_read(string fields, string location, string? reason)
    {
        DropEvent drop = Assert.Single(Decode($"bash  1699 [000] 15746.137294: skb:kfree_skb: {fields}\n").Batch.Drops);
        Assert.Equal((location, reason), (drop.Location, drop.Reason?.Name));
    }

    [Theory]
    [InlineData("\tffffffff820a7f2c __udp4_lib_rcv+0x4bc ([kernel.kallsyms])", "__udp4_lib_rcv", 0x4bcL, null)]
    [InlineData("\tffffffffc02d1f4e veth_poll+0x9e ([veth])", "veth_poll", 0x9eL, "veth")]
    [InlineData("\tffffffffc02d1f4e nf_hook_slow+0x3f (/lib/modules/6.1.0/kernel/net/netfilter/nf-tables.ko.xz)", "nf_hook_slow", 0x3fL, "nf_tables")]
    [InlineData("\tffffffff820a7f2c __udp4_lib_rcv+0x4bc (/usr/lib/debug/boot/vmlinux-6.1.0)", "__udp4_lib_rcv", 0x4bcL, null)]
    [InlineData("\tffffffff820a7f2c __udp4_lib_rcv (inlined)", "__udp4_lib_rcv", null, null)]
    [InlineData("\tffffffff820a7f2c __udp4_lib_rcv", "__udp4_lib_rcv", null, null)]
    [InlineData("\tffffffff820a7f2c", "0xffffffff820a7f2c", null, null)]
    [InlineData("\tffffffff820a7f2c [unknown] ([kernel.kallsyms])", "0xffffffff820a7f2c", null, null)]
    [InlineData("        ffffffff820a7f2c __udp4_lib_rcv+0x4bc ([kernel.kallsyms])", "__udp4_lib_rcv", 0x4bcL, null)] // pasted, the tab lost
    [InlineData("\t          8da2b1 __dev_queue_xmit (/lib/modules/5.8.0/build/vmlinux)", "__dev_queue_xmit", null, null)] // an offset into the file
    [InlineData("\t            1f39 vlan_dev_hard_start_xmit ([8021q])", "vlan_dev_hard_start_xmit", null, "8021q")]
    [InlineData("\t           2c4f1 mlx5e_poll_rx_cq (/lib/modules/6.1.0/mlx5-core.ko.debug)", "mlx5e_poll_rx_cq", null, "mlx5_core")]
    [InlineData("\tc0601234 __udp4_lib_rcv ([kernel.kallsyms])", "__udp4_lib_rcv", null, null)] // 32 bits
    [InlineData("\t     549628c94 __udp4_lib_rcv+0x4 ([kernel.kallsyms]+0x28c94)", "__udp4_lib_rcv", 4L, null)] // s390x, with dsoff
    public void A_frame_of_the_kernel_is_read(string line, string symbol, long? offset, string? module)
    {
        PerfTextDecoder decoder = Decode($"bash  1699 [000] 15746.137294: skb:kfree_skb: {Fields}\n{line}\n\n");
        Assert.Equal([new Frame(symbol, offset, module)], Assert.Single(decoder.Batch.Drops).Stack!.Frames); // a frame was given
        Assert.Equal(0, decoder.Lines.Unparsed);
    }

    [Fact]
    public void An_inlined_function_is_the_kernels_where_the_next_line_is()
    {
        PerfTextDecoder decoder = Decode($"bash  1699 [000] 15746.137294: skb:kfree_skb: {Fields}\n"
            + "\t8bfd56 kfree_skb (inlined)\n\t8bfd56 kfree_skb_list (/boot/vmlinux)\n\t53878 inner (inlined)\n\t53878 connect (/lib/libc.so)\n\n");
        Assert.Equal(["kfree_skb", "kfree_skb_list"], Assert.Single(decoder.Batch.Drops).Stack!.Frames.Select(frame => frame.Symbol)); // a stack was given
    }

    [Theory]
    [InlineData("\t           f8350 __GI___libc_write+0x10 (/usr/lib/x86_64-linux-gnu/libc.so.6)")]
    [InlineData("\t    7f1f3f01f0e5 std::vector<int, std::allocator<int> >::push_back(int const&)+0x1 (/usr/bin/app (deleted))")]
    [InlineData("\t               0 [unknown] ([unknown])")]
    [InlineData("\t           4d1a0 cpuidle_noop (/usr/bin/notthekernel)")]
    [InlineData("\t           4d1a0 inner (inlined)")]
    [InlineData("\t           4d1a0 gettime ([vdso])")]
    [InlineData("\t           4d1a0 main (//anon)")]
    [InlineData("\tffffffffff600000 __vdso_time+0x0 ([vsyscall])")]
    [InlineData("  net/ipv4/udp.c:2421")]
    [InlineData("  [kernel.kallsyms][ffffffff81e94fb0]")]
    public void What_is_no_frame_of_the_kernel_is_passed_over_and_is_no_fault(string line)
    {
        PerfTextDecoder decoder = Decode($"bash  1699 [000] 15746.137294: skb:kfree_skb: {Fields}\n\tffffffff820a7f2c f+0x1 ([kernel.kallsyms])\n{line}\n\n");
        Assert.Equal("f", Assert.Single(Assert.Single(decoder.Batch.Drops).Stack!.Frames).Symbol); // a frame was given
        Assert.Equal((2, 1, 1, 0), (decoder.Lines[LineKind.Frame], decoder.Lines[LineKind.Event], decoder.Lines[LineKind.Comment], decoder.Lines.Unparsed));
    }

    [Fact]
    public void Other_events_and_perfs_own_records_are_no_drops_and_take_their_stacks_with_them()
    {
        PerfTextDecoder decoder = Decode(
            "swapper     0 [000]     0.000000: PERF_RECORD_FORK(1:1):(0:0)\n"
            + "perf    12 [001] 15746.137290: irq:softirq_raise: vec=3 [action=NET_RX]\n\tffffffff820a7f2c other+0x1 ([kernel.kallsyms])\n\n"
            + $"bash  1699 [000] 15746.137294: skb:kfree_skb: {Fields}\n\tffffffff820a7f2c mine+0x1 ([kernel.kallsyms])\n\n");
        Assert.Equal("mine", Assert.Single(Assert.Single(decoder.Batch.Drops).Stack!.Frames).Symbol); // a frame was given
        Assert.Equal(2, decoder.Lines[LineKind.OtherEvent]);
        Assert.Equal(15746_137290000, decoder.FirstTimestamp);
    }

    [Fact]
    public void A_comm_like_an_address_is_no_frame_of_the_drop_before_it()
    {
        string line = $"            dead  1699 [000] 15746.137294: skb:kfree_skb: {Fields}\n";
        PerfTextDecoder decoder = Decode(line + line);
        Assert.Equal(["dead", "dead"], decoder.Batch.Drops.Select(drop => drop.Comm));
    }

    [Fact]
    public void A_commands_newlines_in_the_heading_are_part_of_it()
    {
        PerfTextDecoder decoder = Decode($"# ========\n# cmdline : perf record -- sh -c \n  for i in 1 2; do x; done\n \n# ========\n#\nbash     1 [000] 1.000000: skb:kfree_skb: {Fields}\n");
        Assert.Equal((6, 0, 1), (decoder.Lines[LineKind.Comment], decoder.Lines.Unparsed, decoder.Batch.Drops.Count));
    }

    [Theory]
    [InlineData("bash [000] 15746.137294: skb:kfree_skb: ", LineKind.UnparsedHeader)]
    [InlineData("      my prog: 3 [000] 15746.137294: skb:kfree_skb: ", LineKind.UnparsedHeader)]
    [InlineData("bash  1699 15746.137294: skb:kfree_skb: ", LineKind.UnparsedHeader)]
    [InlineData("bash  1699 [000] skb:kfree_skb: ", LineKind.UnparsedHeader)]
    [InlineData("bash  1699 [000] 15746.137294: ", LineKind.UnparsedArguments)]
    [InlineData("a-comm-too-long-  1699 [000] 15746.137294: skb:kfree_skb: ", LineKind.UnparsedHeader)]
    public void A_drop_that_lacks_a_field_is_counted_and_kept(string head, LineKind kind)
    {
        PerfTextDecoder decoder = Decode(head + Fields + "\n");
        Assert.Empty(decoder.Batch.Drops);
        Assert.Equal((1L, kind), (Assert.Single(decoder.Batch.Unparsed).RawLine, decoder.Batch.Unparsed[0].Kind));
    }

    [Fact]
    public void In_steady_state_a_drop_allocates_nothing()
    {
        byte[] text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(
            $"bash  1699 [000] 15746.137294: skb:kfree_skb: {Fields}\n\tffffffff820a7f2c f+0x1 ([kernel.kallsyms])\n\t           f8350 write+0x10 (/lib/libc.so.6)\n\n", 200)));
        var decoder = new PerfTextDecoder(ReasonTable.Empty);
        for (int warm = 0; warm < 3; warm++) Feed();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 10; round++) Feed();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Feed()
        {
            decoder.Feed(text);
            decoder.Batch.Clear();
        }
    }

    private static PerfTextDecoder Decode(string text)
    {
        var decoder = new PerfTextDecoder(ReasonTable.Empty);
        decoder.Feed(Encoding.UTF8.GetBytes(text));
        decoder.Complete();
        Assert.Equal(LineLedger.LinesIn(Encoding.UTF8.GetBytes(text)), decoder.Lines.Total);
        return decoder;
    }
}
