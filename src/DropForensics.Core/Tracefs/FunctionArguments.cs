namespace DropForensics.Core.Tracefs;

/// <summary>
/// The function tracer on a function that frees packets: who called it.
/// <code>__kfree_skb &lt;-tcp_rcv_established</code>
/// <code>__kfree_skb+0x4/0xa0 &lt;ffffffff8acfe6ac> &lt;-tcp_ack+0x1a0/0xf10 &lt;ffffffff8acfe700></code>
/// <code>sk_skb_reason_drop(sk=0x0, skb=0xffff8bbd7e057100, reason=3) &lt;-__udp4_lib_rcv</code>
/// </summary>
internal static class FunctionArguments
{
    /// <summary>Whether a hit on the function frees a packet.</summary>
    public static bool IsFree(ReadOnlySpan<byte> function) =>
        function.SequenceEqual("kfree_skb"u8)
        || function.SequenceEqual("kfree_skb_reason"u8)
        || function.SequenceEqual("sk_skb_reason_drop"u8)
        || function.SequenceEqual("__kfree_skb"u8);

    // Behind the name stands the caller; not so with noprint-parent, and then the line may as well be one cut short.
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
