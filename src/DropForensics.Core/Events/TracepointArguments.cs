using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// The tracepoint skb:kfree_skb (include/trace/events/skb.h), 5.10 to 7.3.
/// <code>: skbaddr=ffff99596362a500 protocol=2048 location=ffffffff865ad8f3</code>
/// <code>: skbaddr=(____ptrval____) protocol=2048 location=(____ptrval____) reason: NO_SOCKET</code>
/// <code>: skbaddr=000000002d74f5c5 rx_sk=0000000000000000 protocol=2048 location=tcp_v4_rcv+0x7d/0xf20 reason: 0x30002</code>
/// and as libtraceevent prints the event for perf and trace-cmd:
/// <code>: skbaddr=0xffff88814f19ba00 rx_sk=(nil) protocol=2048 location=tcp_v4_rcv+0x7d reason: NO_SOCKET</code>
/// </summary>
internal static class TracepointArguments
{
    /// <param name="name">The event's name.</param>
    /// <param name="text">The text after it.</param>
    /// <param name="arguments">What it says.</param>
    public static EventKind Parse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, out DropArguments arguments)
    {
        bool isTraceCmd = text.StartsWith(":  "u8) || text.StartsWith(": skbaddr=0x"u8);
        if (isTraceCmd || text.StartsWith(": "u8))
            return ParseFields(name, isTraceCmd ? text[1..].TrimStart((byte)' ') : text[2..], out arguments, sized: !isTraceCmd);
        arguments = default;
        return EventKind.Malformed;
    }

    /// <param name="name">The event's name.</param>
    /// <param name="fields">The text from <c>skbaddr=</c> on.</param>
    /// <param name="arguments">What it says.</param>
    /// <param name="sized">The kernel's own text: <see cref="PrintedSymbol.TryParse"/>.</param>
    public static EventKind ParseFields(ReadOnlySpan<byte> name, ReadOnlySpan<byte> fields, out DropArguments arguments, bool sized)
    {
        arguments = default;
        if (!fields.StartsWith("skbaddr="u8) || !TryCutReason(ref fields, out ReadOnlySpan<byte> reason))
            return EventKind.Malformed;

        ReadOnlySpan<byte> mark = " location="u8;
        int at = fields.IndexOf(mark);
        if (at < 0 || !TryProtocol(fields[..at], out int protocol) || !TryLocation(fields[(at + mark.Length)..], sized, out ReadOnlySpan<byte> location))
            return EventKind.Malformed;

        arguments = new DropArguments { Event = name, EtherType = protocol, Location = location, Reason = reason };
        return EventKind.Drop;
    }

    // " reason: NO_SOCKET", " reason: 0x30002"; " reason: " on 6.1 with nohash-ptr, whose trailing blank a page may lose.
    private static bool TryCutReason(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> reason)
    {
        reason = [];
        ReadOnlySpan<byte> mark = " reason:"u8;
        int at = text.LastIndexOf(mark);
        if (at < 0)
        {
            text = text.TrimEnd((byte)' ');
            return true;
        }
        reason = text[(at + mark.Length)..].TrimEnd((byte)' ');
        text = text[..at].TrimEnd((byte)' '); // drop reasons of CAN have two blanks before them
        if (reason.IsEmpty)
            return true;
        bool sound = reason[0] == ' ';
        reason = reason[1..];
        return sound && !reason.ContainsAnyExcept(TraceText.NameBytes);
    }

    // "skbaddr=… rx_sk=… protocol=2048": fields that a later kernel adds are skipped.
    private static bool TryProtocol(ReadOnlySpan<byte> fields, out int protocol)
    {
        protocol = -1;
        foreach (Range range in fields.Split((byte)' '))
        {
            ReadOnlySpan<byte> field = fields[range];
            int equals = field.IndexOf((byte)'=');
            if (equals <= 0 || equals == field.Length - 1)
                return false;
            if (field[..equals].SequenceEqual("protocol"u8)
                && !AsciiNumber.TryDecimal(field[(equals + 1)..], ushort.MaxValue, out protocol))
            {
                return false;
            }
        }
        return protocol >= 0;
    }

    // Empty for text that names no function: (____ptrval____), and bare digits (%p), which are hashed unless an option prevents it; the
    // text does not show which, and the stack names the function anyway. 0x… (%pS of an address without symbol) is never hashed.
    private static bool TryLocation(ReadOnlySpan<byte> text, bool sized, out ReadOnlySpan<byte> location)
    {
        location = [];
        if (text.StartsWith("("u8) && text.EndsWith(")"u8) && !text.Contains((byte)' '))
            return true;
        if (text.Length >= 8 && AsciiNumber.TryHex(text, out _))
            return true;
        if (!PrintedSymbol.TryParse(text, out PrintedSymbol symbol, sized) || symbol.Name.IsEmpty)
            return false;
        location = symbol.Text;
        return true;
    }
}
