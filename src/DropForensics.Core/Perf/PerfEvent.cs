using DropForensics.Core.Events;
using DropForensics.Core.Text;

namespace DropForensics.Core.Perf;

/// <summary>
/// What follows the time in a line of <c>perf script</c>: perhaps the sample's period, then the event and its arguments as libtraceevent
/// prints them, or a record of perf's own.
/// <code>skb:kfree_skb: skbaddr=0xffff88814f19ba00 rx_sk=(nil) protocol=2048 location=__udp4_lib_rcv+0x4bc reason: NO_SOCKET</code>
/// <code>PERF_RECORD_LOST lost 17</code>
/// </summary>
internal static class PerfEvent
{
    private static ReadOnlySpan<byte> Own => "PERF_RECORD_"u8;

    /// <summary>Whether it is one of perf's own records, not a sample.</summary>
    public static bool IsOwnRecord(ReadOnlySpan<byte> text) => text.StartsWith(Own);

    /// <summary>Whether it reports lost records; <paramref name="records"/> is null if it does not show how many.</summary>
    public static bool TryParseLoss(ReadOnlySpan<byte> text, out long? records)
    {
        records = null;
        if (!text.StartsWith("PERF_RECORD_LOST"u8))
            return false;
        int last = text.LastIndexOf("lost "u8);
        ReadOnlySpan<byte> digits = last < 0 ? [] : text[(last + "lost ".Length)..];
        if (AsciiNumber.TryDecimal(digits[..AsciiNumber.CountDigits(digits)], out ulong count) && count <= long.MaxValue)
            records = (long)count;
        return true;
    }

    /// <summary>Reads a sample.</summary>
    public static EventKind Parse(ReadOnlySpan<byte> text, out DropArguments arguments)
    {
        arguments = default;
        text = SkipPeriod(text);
        ReadOnlySpan<byte> name = NameOf(text);
        if (name.SequenceEqual("skb:kfree_skb:"u8) || name.SequenceEqual("kfree_skb:"u8)) // up to Linux 3.x perf leaves out the system
            return ParseDrop(text[name.Length..].TrimStart((byte)' '), out arguments);
        bool isName = name.Length > 1 && name.EndsWith(":"u8) && !name.ContainsAnyExceptInRange((byte)'!', (byte)'~');
        return isName ? EventKind.Other : EventKind.Malformed;
    }

    /// <summary>The event's name with its colon.</summary>
    public static ReadOnlySpan<byte> NameOf(ReadOnlySpan<byte> text)
    {
        text = SkipPeriod(text);
        int end = text.IndexOf((byte)' ');
        return end < 0 ? text : text[..end];
    }

    /// <summary>Cuts <c>tcp:tcp_retransmit_skb: skbaddr=…</c> in two, the name without its colon.</summary>
    public static void Cut(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> fields)
    {
        text = SkipPeriod(text);
        ReadOnlySpan<byte> withColon = NameOf(text);
        name = withColon.TrimEnd((byte)':');
        fields = text[withColon.Length..];
    }

    private static ReadOnlySpan<byte> SkipPeriod(ReadOnlySpan<byte> text)
    {
        int period = AsciiNumber.CountDigits(text);
        return period > 0 && period < text.Length && text[period] == ' ' ? text[period..].TrimStart((byte)' ') : text;
    }

    private static EventKind ParseDrop(ReadOnlySpan<byte> fields, out DropArguments arguments)
    {
        ReadOnlySpan<byte> name = "kfree_skb"u8;
        EventKind kind = TracepointArguments.ParseFields(name, fields, out arguments, sized: false);
        // Without call graph (-G) the innermost frame follows on the same line; it is the free function, which says nothing.
        return kind == EventKind.Malformed && fields.IndexOf(" ffff"u8) is > 0 and int frame
            ? TracepointArguments.ParseFields(name, fields[..frame], out arguments, sized: false) : kind;
    }
}
