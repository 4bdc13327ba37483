using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// The function tracer on a function that frees packets: who called it.
/// <code>kfree_skb &lt;-tcp_v4_rcv</code>
/// <code>kfree_skb+0x4/0xa0 &lt;ffffffff8acfe6ac> &lt;-ip_rcv_finish+0x1a0/0xf10 &lt;ffffffff8acfe700></code>
/// <code>sk_skb_reason_drop(sk=0x0, skb=0xffff8bbd7e057100, reason=3) &lt;-__udp4_lib_rcv</code>
/// and as trace-cmd prints the same, where the caller may be missing:
/// <code>function:             kfree_skb &lt;-- ip_rcv_finish</code>
/// </summary>
internal static class FunctionArguments
{
    /// <summary>What trace-cmd prints after the event's name: a function, and perhaps its caller.</summary>
    public static EventKind ParseOfTraceCmd(ReadOnlySpan<byte> text, ReadOnlySpan<byte> hitsOf, out DropArguments arguments)
    {
        arguments = default;
        ReadOnlySpan<byte> arrow = " <-- "u8;
        int at = text.IndexOf(arrow);
        ReadOnlySpan<byte> name = at < 0 ? text.TrimEnd((byte)' ') : text[..at], caller = at < 0 ? [] : text[(at + arrow.Length)..];
        if (name.IsEmpty || name.ContainsAnyExcept(TraceText.NameBytes) || caller.ContainsAnyExcept(TraceText.NameBytes))
            return EventKind.Other;
        if (!(hitsOf.IsEmpty ? FreeFunction.IsCalled(name) : name.SequenceEqual(hitsOf)))
            return EventKind.Other;
        arguments = new DropArguments { Event = name, Location = caller };
        return EventKind.Drop;
    }

    // The caller follows the name. With noprint-parent it is missing, which also happens in a truncated line.
    public static EventKind Parse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> rest, out DropArguments arguments)
    {
        arguments = default;
        ReadOnlySpan<byte> arrow = " <-"u8;
        int at = rest.IndexOf(arrow);
        if (at < 0 || !PrintedSymbol.TryParse(rest[(at + arrow.Length)..], out PrintedSymbol caller) || caller.Name.IsEmpty)
            return EventKind.Malformed;
        arguments = new DropArguments { Event = name, Location = caller.Text };
        return EventKind.Drop;
    }
}
