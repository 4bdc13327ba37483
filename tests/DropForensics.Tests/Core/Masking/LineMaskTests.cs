using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Events;
using DropForensics.Core.Masking;
using DropForensics.Core.Model;
using DropForensics.Core.Packets;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Masking;

public sealed partial class LineMaskTests
{
    private static readonly PlacedPacket Udp = PacketSamples.Of("udp").Skb;

    [Theory]
    [MemberData(nameof(PacketSamples.Names), MemberType = typeof(PacketSamples))]
    public void A_masked_line_is_what_the_kernel_would_have_printed_for_the_masked_bytes(string name)
    {
        PlacedPacket skb = PacketSamples.Of(name).Skb;
        foreach (bool keepsPayload in new[] { false, true })
        {
            byte[] window = skb.Bytes();
            PacketMask.Apply(new SkbWindow(skb.Geometry, PlacedPacket.Before, window), keepsPayload);
            Assert.Equal(skb.Line(window: window), Mask(skb.Line(), keepsPayload));
        }
    }

    [Fact]
    public void A_kprobe_prints_the_protocol_byte_swapped()
    {
        string line = Udp.Line(), kprobe = line.Replace("protocol=2048", "protocol_be=0x8", StringComparison.Ordinal);
        Assert.NotNull(Decode(line));
        Assert.Equal(Decode(line), Decode(kprobe));
    }

    [Fact]
    public void The_first_field_of_a_name_counts_and_a_comm_that_plays_a_window_is_zeroed()
    {
        string line = Udp.Line("\" pkt96={0x41");
        string masked = Mask(line);
        Assert.EndsWith("comm=\"\" pkt96={0x0\"", masked, StringComparison.Ordinal);
        Assert.NotNull(Decode(line));
        Assert.Equal(Decode(line), Decode(masked));
        Assert.Equal(Mask(Udp.Line("")), masked.Replace(" pkt96={0x0\"", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_task_that_calls_itself_a_window_keeps_its_name()
    {
        string line = " pkt96={0x414243" + Udp.Line()[16..];
        Assert.Equal(Mask(Udp.Line())[16..], Mask(line)[16..]);
        Assert.StartsWith(" pkt96={0x414243-257 ", Mask(line), StringComparison.Ordinal);
    }

    // 16 columns and a dash make a head: shorter, it would be none.
    [Fact]
    public void The_beginning_of_a_head_with_a_newline_in_its_name_keeps_its_length() =>
        Assert.Equal("   pkt9={0x4142", Mask("   pkt9={0x4142"));

    [Fact]
    public void A_newline_in_a_comm_leaves_the_window_readable()
    {
        string second = "b" + Udp.Line("a")[16..^1];
        Assert.NotNull(Decode(second));
        Assert.Equal(Decode(second), Decode(Mask(second)));
    }

    [Theory]
    [InlineData("len=", "len:")]
    [InlineData("<...>-257", "<...>257")]
    [InlineData(": drop: ", ": drop ")]
    [InlineData("(skb.kfree_skb) ", "(skb.kfree_skb ")]
    [InlineData(" head=", " ahead=")]
    [InlineData(" data=0x", " data=(fault)0x")]
    [InlineData("} devp", ",} devp")]
    [InlineData("} devp", ",0x41414141414141414} devp")]
    [InlineData("} devp", " devp")]
    [InlineData("} devp", "}         dropgen-163     [000] .Ns1.     6.277120: devp")]
    [InlineData(",0x", ",0x41,,{y0x")]
    public void A_line_that_does_not_say_which_bytes_are_the_packets_loses_them_all(string sound, string broken)
    {
        string line = Udp.Line();
        Assert.Contains(sound, line, StringComparison.Ordinal);
        string changed = line.Replace(sound, broken, StringComparison.Ordinal);
        Assert.Equal(EveryWord().Replace(changed, match => " " + AnyWord().Replace(match.Value[1..], "0x0")), Mask(changed));
    }

    [Fact]
    public void A_loss_glued_to_a_word_is_still_read()
    {
        string line = Udp.Line();
        string cut = line[..(line.IndexOf("pkt96={", StringComparison.Ordinal) + 7)];
        Assert.Equal(cut + "0x0,0x0CPU:1 [LOST 5 EVENTS]", Mask(cut + "0xdd,0x42CPU:1 [LOST 5 EVENTS]"));
        Assert.Equal(cut + "0x0,0xCPU:1 [LOST 5 EVENTS]", Mask(cut + "0xdd,0xCPU:1 [LOST 5 EVENTS]"));
        Assert.Equal(cut + "0x0,0x0", Mask(cut + "0xdd,0xC"));
    }

    [Fact]
    public void A_line_cut_anywhere_keeps_no_byte_that_is_no_header()
    {
        string line = Udp.Line();
        HashSet<string> kept = [.. AnyWord().Matches(Mask(line)).Select(match => match.Value)];
        for (int length = 0; length <= line.Length; length++)
        {
            string masked = Mask(line[..length]);
            int window = masked.IndexOf("pkt96={", StringComparison.Ordinal);
            Assert.Equal(line[..length][..(window < 0 ? length : window)], masked[..(window < 0 ? length : window)]);
            if (window >= 0)
                Assert.All(EveryWord().Match(masked).Groups[1].Value.Split(','), word => Assert.True(word is "" or "0" or "0x" || kept.Contains(word), word));
        }
    }

    [Fact]
    public void Real_lines_decode()
    {
        byte[] trace = TraceFixture.Load("kprobe-6.12-packet").Bytes;
        string[] lines = Encoding.Latin1.GetString(trace).Split('\n').Where(line => line.Contains(" ifx=3 ", StringComparison.Ordinal)).ToArray();
        // Recorded with a window from data on, and other names; the packet was pulled to its payload, so no header is in it.
        string line = lines[0].Replace(" ho=", " head=", StringComparison.Ordinal).Replace(" da=", " data=", StringComparison.Ordinal)
            .Replace(" nh=", " net=", StringComparison.Ordinal).Replace(" tl=", " tail=", StringComparison.Ordinal).Replace(" b={", " protocol_be=0x8 pkt0={", StringComparison.Ordinal);
        Assert.Null(Decode(line));
        Assert.DoesNotMatch("pkt0={.*0x[1-9a-f]", Mask(line));
        Assert.Matches("pkt0={0x2d14190009003c8d,0x72642d6f6c6c6568,0x30303030302d706f,0x30,0x0,", Mask(line, keepsPayload: true));
    }

    // 6.12, an eprobe, a datagram to a closed port of loopback: link header at 2, network header at 16, data behind the UDP header's start.
    [Fact]
    public void A_real_window_decodes()
    {
        const string Head = "         dropgen-156     [000] ..s2.     8.302880: e: (skb.kfree_skb) skb=0xffff8a3168374500 loc=0xffffffff9bcff275 reason=3 ";
        const string Line = Head + "protocol=0x800 len=25 dlen=0 mac=2 net=16 th=36 tail=61 head=0xffff8a3141a7f900 data=0xffff8a3141a7f924 "
            + "pkt64={0x0,0x0,0x0,0x0,0x0,0x2d00004500080000,0x6d1e11400040511e,0x100007f0100007f,0x2cfe1900090086a4,0x72642d6f6c6c6568,0x30303030302d706f,0x30,0x4100,0x0}";
        Assert.Equal(new PacketFlow { EtherType = 0x800, IpProtocol = 17, Source = 0x7f000001, Destination = 0x7f000001, SourcePort = 0xa486, DestinationPort = 9 }, Decode(Line)?.Flow);
        Assert.EndsWith("0x2d00004500080000,0x6d1e11400040511e,0x100007f0100007f,0x2cfe1900090086a4,0x0,0x0,0x0,0x0,0x0}", Mask(Line), StringComparison.Ordinal);
        Assert.EndsWith("0x2cfe1900090086a4,0x72642d6f6c6c6568,0x30303030302d706f,0x30,0x0,0x0}", Mask(Line, keepsPayload: true), StringComparison.Ordinal);
    }

    // Whatever a line is, masking it twice is masking it once, and where it decodes, it decodes the same masked.
    [Fact]
    public void Masking_is_idempotent_and_keeps_what_a_line_decodes_to()
    {
        var random = new Random(7);
        int flows = 0;
        byte[] once = new byte[8192], twice = new byte[8192];
        for (int round = 0; round < 30_000; round++)
        {
            PlacedPacket skb = PacketSamples.All[random.Next(PacketSamples.All.Length)].Skb;
            byte[] window = skb.Bytes();
            random.NextBytes(window.AsSpan(random.Next(window.Length - 2), random.Next(3)));
            byte[] line = Encoding.Latin1.GetBytes(skb.Line(window: window));
            int changes = random.Next(3);
            bool tellsPlace = true;
            for (int i = 0; i < changes; i++)
            {
                int at = random.Next(line.Length);
                line[at] = (byte)" =,{}0x9afC\"pP"[random.Next(14)];
                tellsPlace &= line[at] != ' ' && line.AsSpan(0, at).Contains((byte)'{');
            }

            bool keepsPayload = random.Next(2) == 0;
            int length = LineMask.Apply(line, keepsPayload, once);
            int again = LineMask.Apply(once.AsSpan(0, length), keepsPayload, twice);
            Assert.True(once.AsSpan(0, length).SequenceEqual(twice.AsSpan(0, again)), Encoding.Latin1.GetString(line));
            string masked = Encoding.Latin1.GetString(once, 0, length);
            // Of other memory nothing stays, unless the geometry was changed, or the window by a blank, which the kernel writes behind it only.
            if (tellsPlace)
                Assert.DoesNotMatch(@" pkt\d+=\{[^ ]*dddddd", masked);
            PacketHeaders? headers = Decode(masked);
            if (headers is not null || changes == 0)
                Assert.Equal(Decode(Encoding.Latin1.GetString(line)), headers);
            flows += headers is null ? 0 : 1;
        }
        Assert.InRange(flows, 10_000, 30_000);
    }

    [Fact]
    public void Masking_a_line_allocates_nothing()
    {
        byte[] line = Encoding.ASCII.GetBytes(Udp.Line()), destination = new byte[line.Length];
        LineMask.Apply(line, false, destination);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int written = LineMask.Apply(line, false, destination);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.InRange(written, 100, line.Length - 1);
    }

    private static string Mask(string line, bool keepsPayload = false)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(line), destination = new byte[bytes.Length];
        return Encoding.Latin1.GetString(destination, 0, LineMask.Apply(bytes, keepsPayload, destination));
    }

    private static PacketHeaders? Decode(string line)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(line), buffer = new byte[MemoryWords.MaxBytes];
        int fields = line.IndexOf(')', StringComparison.Ordinal) + 1;
        ProbeFields.TryRead(bytes.AsSpan(fields), out ProbeFields read);
        return read.Window.TryRead(buffer, out SkbWindow window) && PacketDecoder.TryDecode(window, out PacketHeaders headers, out _) ? headers : null;
    }

    [GeneratedRegex(@" pkt\d+=\{([0-9a-fxy,{]*)")]
    private static partial Regex EveryWord();

    [GeneratedRegex("0x[0-9a-f]+")]
    private static partial Regex AnyWord();
}
