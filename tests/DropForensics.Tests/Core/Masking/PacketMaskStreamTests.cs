using System.Text;
using DropForensics.Core.Lines;
using DropForensics.Core.Masking;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Masking;

public sealed class PacketMaskStreamTests
{
    private static readonly string Udp = PacketSamples.Of("udp").Skb.Line(), Vxlan = PacketSamples.Of("vxlan").Skb.Line();

    private static readonly string Trace = Udp + "\n"
        + "         dropgen-163     [000] .Ns1.     6.277120: <stack trace>\n => kfree_skb\n => udp_rcv\n"
        + Vxlan + "\nCPU:1 [LOST 5 EVENTS]\n\n" + Udp[..^40] + Vxlan + "\n pkt96={0xCPU\n" + Udp + "\n" + Vxlan[..^300];

    [Fact]
    public void Each_line_comes_out_as_if_it_were_alone()
    {
        string expected = string.Join('\n', Trace.Split('\n').Select(Mask));
        Assert.Equal(expected, Run(Trace, out bool changed));
        Assert.True(changed);
    }

    [Fact]
    public void A_stream_cut_anywhere_comes_out_the_same()
    {
        string whole = Run(Trace, out _);
        for (int cut = 0; cut <= Trace.Length; cut++)
            Assert.Equal(whole, Run(Trace, out _, cut));
        for (int piece = 1; piece < 50; piece++)
            Assert.Equal(whole, Run(Trace, out _, Enumerable.Range(1, Trace.Length / piece).Select(i => i * piece).ToArray()));
    }

    [Fact]
    public void What_is_complete_comes_out_at_once()
    {
        var stream = new PacketMaskStream(keepsPayload: false);
        Assert.Equal(Mask(Udp) + "\n", Text(stream.Feed(Bytes(Udp + "\n => kfree"))));
        Assert.Equal(" => kfree_skb\n", Text(stream.Feed("_skb\n"u8)));
        Assert.Equal("", Text(stream.Feed(Bytes(Udp))));
        Assert.Equal(Mask(Udp), Text(stream.Complete()));
        Assert.Equal("", Text(stream.Complete()));
    }

    [Fact]
    public void Text_without_a_window_is_passed_through_where_it_lies()
    {
        var stream = new PacketMaskStream(keepsPayload: false);
        byte[] trace = TraceFixture.Load("tracepoint-6.12-stack").Bytes;
        ReadOnlySpan<byte> stored = stream.Feed(trace);
        Assert.True(stored.Overlaps(trace, out int offset));
        Assert.Equal(0, offset);
        Assert.False(stream.TakeChanged());
    }

    [Fact]
    public void It_tells_once_that_it_changed_something()
    {
        var stream = new PacketMaskStream(keepsPayload: false);
        stream.Feed(Bytes(Udp + "\n"));
        Assert.True(stream.TakeChanged());
        Assert.False(stream.TakeChanged());
        stream.Feed(Bytes(Mask(Udp) + "\n"));
        Assert.False(stream.TakeChanged());
    }

    [Theory]
    [InlineData(RawRecord.MaxLineBytes, false)]
    [InlineData(RawRecord.MaxLineBytes + 1, true)]
    [InlineData(3 * RawRecord.MaxLineBytes, true)]
    public void A_line_over_the_cap_loses_its_windows_wherever_it_is_cut(int length, bool isZeroed)
    {
        string rest = " pkt96={0x4142,0x43}" + new string('x', 997);
        string line = Udp + string.Concat(Enumerable.Repeat(rest, length / rest.Length + 1));
        line = line[..length];
        string text = line + "\n" + Udp + "\n";
        string whole = Run(text, out _);
        Assert.Equal(!isZeroed, whole.StartsWith(Mask(Udp)[..^1], StringComparison.Ordinal));
        Assert.DoesNotContain("0x41", whole, StringComparison.Ordinal);
        Assert.DoesNotContain("0x43", whole, StringComparison.Ordinal);
        Assert.EndsWith("\n" + Mask(Udp) + "\n", whole, StringComparison.Ordinal);
        int cap = RawRecord.MaxLineBytes;
        foreach (int near in new[] { 0, cap, length, cap - rest.Length })
        {
            for (int cut = Math.Max(0, near - 60); cut < near + 60; cut++)
                Assert.Equal(whole, Run(text, out _, cut));
        }
        Assert.Equal(whole, Run(text, out _, Enumerable.Range(1, length / 1013).Select(i => i * 1013).ToArray()));
        // What comes out does not wait for an end that may never come.
        var stream = new PacketMaskStream(keepsPayload: false);
        Assert.Equal(isZeroed, stream.Feed(Bytes(line)).Length > 0);
    }

    [Fact]
    public void Masking_a_stream_allocates_nothing_once_its_buffers_are_there()
    {
        byte[] trace = Bytes(Udp + "\n => kfree_skb\n" + Vxlan + "\n");
        var stream = new PacketMaskStream(keepsPayload: false);
        long before = 0, stored = 0;
        for (int pass = 0; pass < 4; pass++)
        {
            before = GC.GetAllocatedBytesForCurrentThread();
            for (int cut = 0; cut <= trace.Length; cut += 7)
                stored += stream.Feed(trace.AsSpan(0, cut)).Length + stream.Feed(trace.AsSpan(cut)).Length;
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(stored > 0);
    }

    private static string Run(string text, out bool changed, params int[] cuts)
    {
        byte[] bytes = Bytes(text);
        var stream = new PacketMaskStream(keepsPayload: false);
        var stored = new StringBuilder();
        int from = 0;
        foreach (int cut in cuts.Where(cut => cut <= bytes.Length).Append(bytes.Length))
        {
            stored.Append(Text(stream.Feed(bytes.AsSpan(from, cut - from))));
            from = cut;
        }
        stored.Append(Text(stream.Complete()));
        changed = stream.TakeChanged();
        return stored.ToString();
    }

    private static string Mask(string line)
    {
        byte[] bytes = Bytes(line), destination = new byte[bytes.Length];
        return Text(destination.AsSpan(0, LineMask.Apply(bytes, false, destination)));
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);
}
