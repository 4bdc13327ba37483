using System.Text;
using DropForensics.Core.Attribution;
using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

/// <summary>What a decoder makes of stacks: those of a kprobe at a function's first instruction, and equal ones.</summary>
public sealed class StackTests
{
    private const string Head = "            bash-7       [000] ..s1.     1.000001: ";

    // As Linux 6.12 on arm64 prints it; 5.10 has kprobe_breakpoint_handler and el1_sync.
    [Theory]
    [InlineData("kprobe_brk_handler call_break_hook brk_handler do_debug_exception el1_dbg el1h_64_sync_handler el1h_64_sync")]
    [InlineData("kprobe_brk_handler do_el1_brk64 el1_brk64 el1h_64_sync_handler el1h_64_sync")]
    [InlineData("kprobe_breakpoint_handler call_break_hook brk_handler do_debug_exception el1_dbg el1_sync_handler el1_sync")]
    public void A_kprobe_of_arm64_has_its_caller_in_the_link_register_alone(string breakpoint)
    {
        DropEvent drop = Assert.Single(Decode(Kprobe(breakpoint)).Batch.Drops);

        string[] expected =
        [
            "kprobe_trace_func", "kprobe_dispatcher", .. breakpoint.Split(' '),
            "sk_skb_reason_drop", "__udp4_lib_rcv", "ip_protocol_deliver_rcu", "ip_local_deliver_finish",
        ];
        Assert.Equal(expected, drop.Stack?.Frames.Select(frame => frame.Symbol));
        Assert.Equal(0x228, drop.Stack?.Frames[^3].Offset);
        Assert.Equal("__udp4_lib_rcv", SiteAttributor.Attribute(drop.Event, drop.Location, drop.Stack).Function);
    }

    [Theory]
    [InlineData("kprobe_ftrace_handler 0xffffffffc05610de")]
    [InlineData("kprobe_int3_handler exc_int3 asm_exc_int3")]
    public void A_kprobe_of_x86_64_has_it_in_its_stack(string breakpoint) =>
        Assert.Equal(6 + breakpoint.Split(' ').Length - 1, Assert.Single(Decode(Kprobe(breakpoint)).Batch.Drops).Stack?.Frames.Count);

    [Fact]
    public void Equal_stacks_are_one_instance()
    {
        List<DropEvent> drops = TraceFixture.Load("tracepoint-6.18-flood-stack").Decode().Batch.Drops;
        int distinct = drops.Select(drop => string.Join('\n', drop.Stack!.Frames)).Distinct().Count();
        Assert.InRange(distinct, 2, drops.Count - 1);
        Assert.Equal(distinct, drops.Select(drop => drop.Stack).Distinct(ReferenceEqualityComparer.Instance).Count());
    }

    private static string Kprobe(string breakpoint) =>
        Head + "drop: (sk_skb_reason_drop+0x0/0x120) skb=0xffff000003214b00 loc=__udp4_lib_rcv+0x228/0xa40 users=1 reason=3 comm=\"bash\"\n" + Head + "<stack trace>\n"
        + string.Concat($"kprobe_trace_func kprobe_dispatcher {breakpoint} sk_skb_reason_drop ip_protocol_deliver_rcu ip_local_deliver_finish".Split(' ')
            .Select(symbol => symbol.StartsWith("0x") ? $" => {symbol}\n" : $" => {symbol}+0x0/0x120\n"));

    private static TraceTextDecoder Decode(string text)
    {
        var decoder = new TraceTextDecoder(ReasonTable.Empty);
        decoder.Feed(Encoding.Latin1.GetBytes(text));
        decoder.Complete();
        return decoder;
    }
}
