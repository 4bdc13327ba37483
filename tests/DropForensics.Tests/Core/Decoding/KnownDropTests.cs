using System.Text;
using DropForensics.Core.Decoding;
using DropForensics.Core.Model;
using DropForensics.Core.Tracefs;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Core.Decoding;

/// <summary>A line known by what follows the packet's address must say what it would say if it were parsed.</summary>
public sealed class KnownDropTests
{
    private const string Head = "            bash-7       [000] ..s1.     1.000001: ";

    // Sixteen digits are known again; fifteen are parsed each time.
    private const string Known = "ffff888000001000", Another = "ffff888000002000", Parsed = "fff888000001000";

    private static readonly string[] Rests =
    [
        " protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: NO_SOCKET",
        " rx_sk=0000000000000000 protocol=34525 location=ip6_input+0x7d/0xf20 [ipv6] reason: 0x30002",
        " protocol=4 location=0xffffffffc05610de", " protocol=2048 location=(____ptrval____) reason: SKB_CONSUMED",
        " protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: CONSUMED", " protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: ",
        " protocol=2048 location=tcp_v4        flood-183     [000] ..s1.     6.276872: kfree_skb: skbaddr=ffff888000001000 protocol=2048 location=a+0x1/0x2",
        " protocol=2048 location=a+0x1/0x2 CPU:1 [LOST 4711 EVENTS]", " protocol=", " ", "  protocol=1 location=a+0x1/0x2",
    ];

    [Fact]
    public void It_says_the_same_as_the_line_parsed_and_damaged_text_too()
    {
        ReasonTable reasons = ReasonTable.FromFormat(TraceFixture.FormatFile("6.12"));
        var random = new Random(1);
        int drops = 0;
        for (int i = 0; i < 5_000; i++)
        {
            var rest = new StringBuilder(Rests[random.Next(Rests.Length)]);
            for (int changes = random.Next(3); changes > 0 && rest.Length > 1; changes--)
            {
                int at = 1 + random.Next(rest.Length - 1);
                if (random.Next(2) == 0) rest.Remove(at, 1);
                else rest[at] = " =:[]-+0x9\"ab"[random.Next(13)];
            }

            string parsed = Decoded(Parsed, rest.ToString(), reasons), known = Decoded(Known, rest.ToString(), reasons);
            Assert.True(parsed == known, $"{rest}\nparsed: {parsed}\nknown:  {known}");
            drops += parsed.Contains("Location", StringComparison.Ordinal) ? 1 : 0;
        }

        Assert.InRange(drops, 700, 5_000);
    }

    [Fact]
    public void A_packet_whose_address_is_none_is_not_known()
    {
        Assert.False(KnownDrop.TryCut("kfree_skb: skbaddr=(____ptrval____) protocol=1"u8, out _));
        Assert.False(KnownDrop.TryCut("kfree_skb: skbaddr=ffff888000001000"u8, out _));
        Assert.False(KnownDrop.TryCut("kfree_skb:  skbaddr=ffff888000001000 protocol=1"u8, out _));
        Assert.True(KnownDrop.TryCut("kfree_skb: skbaddr=ffff888000001000 protocol=1"u8, out ReadOnlySpan<byte> rest));
        Assert.Equal(" protocol=1"u8, rest);
        Assert.True(KnownDrop.TryCut("kfree_skb: skbaddr=ffff888000001000 rx_sk=ffff888000002000 protocol=1"u8, out rest));
        Assert.Equal(" protocol=1"u8, rest);
        Assert.True(KnownDrop.TryCut("kfree_skb: skbaddr=ffff888000001000 rx_sk=(null) protocol=1"u8, out rest));
        Assert.Equal(" rx_sk=(null) protocol=1"u8, rest);
    }

    [Fact]
    public void Sockets_are_no_kinds_of_drops()
    {
        var pools = new TracePools(ReasonTable.FromFormat(TraceFixture.FormatFile("6.12")));
        var decoder = new TraceTextDecoder(pools, hitsOf: null);
        for (int socket = 0; socket < 1000; socket++)
            decoder.Feed(Encoding.ASCII.GetBytes($"{Head}kfree_skb: skbaddr={Known} rx_sk={socket:x16} protocol=2048 location=a+0x1/0x2 reason: NO_SOCKET\n"));
        decoder.Complete();
        Assert.Equal(1000, decoder.Batch.Drops.Count);
        Assert.Equal(1, pools.Tracepoint.Count);
    }

    // Twice, so that the second is known; once more at the end of the stream, where its last word may be cut.
    private static string Decoded(string address, string rest, ReasonTable reasons)
    {
        var decoder = new TraceTextDecoder(reasons);
        string line = $"{Head}kfree_skb: skbaddr={address}{rest}";
        string again = $"{Head}kfree_skb: skbaddr={(address == Known ? Another : address)}{rest.Replace("rx_sk=0000000000000000", "rx_sk=ffff888000003000", StringComparison.Ordinal)}";
        decoder.Feed(Encoding.Latin1.GetBytes($"{line}\n{Head}<stack trace>\n => a+0x1/0x2\n{again}\n{Head}<stack trace>\n => b+0x1/0x2\n{line}"));
        decoder.Complete();
        LineKind[] kinds = Enum.GetValues<LineKind>();
        return string.Join(' ', decoder.Batch.Drops.Select(drop => $"{drop with { Stack = null }} {drop.Stack?.Frames.Count} {drop.Stack?.Frames[0].Symbol};"))
            + string.Join(' ', kinds.Select(kind => $"{kind}={decoder.Lines[kind]}"))
            + $" lost={decoder.Batch.Losses.Count} orphans={decoder.OrphanStacks}";
    }
}
