namespace DropForensics.Core.Events;

/// <summary>
/// A dynamic probe (kernel/trace/trace_probe.c): its location in parentheses, then the arguments of its definition.
/// <code>(kfree_skb_reason+0x0/0x110) skb=18446617078699127552 reason=3</code>
/// <code>(sk_skb_reason_drop+0x4/0x120) skb=0xffff8a3168214b00 users=1 comm="dropgen" pkt={0x0,0x2d00004500080000}</code>
/// <code>(skb.kfree_skb) skb=0xffff8bbd7e1c2e00 loc=__udp4_lib_rcv+0x235/0xd90 reason=3 protocol=2048 len=25 … dev="lo" comm="dropgen"</code>
/// Not drops: a return probe <c>(a &lt;- b)</c>, another event's probe, another function, unless its calls were
/// requested.
/// </summary>
internal static class ProbeArguments
{
    /// <param name="hitsOf">The function whose calls count; empty for none.</param>
    public static EventKind Parse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, ReadOnlySpan<byte> hitsOf, out DropArguments arguments)
    {
        arguments = default;
        int close = text.IndexOf((byte)')');
        if (close < 0)
            return EventKind.Malformed;
        ReadOnlySpan<byte> place = text[1..close], fields = text[(close + 1)..];
        if (place.SequenceEqual("skb.kfree_skb"u8))
            return ParseDrop(name, fields, out arguments);
        int end = place.IndexOfAny((byte)'+', (byte)' ');
        if (end < 0 || place.IndexOf(" <- "u8) >= 0)
            return EventKind.Other;
        ReadOnlySpan<byte> function = place[..end];
        if (!hitsOf.IsEmpty)
            return function.SequenceEqual(hitsOf) ? ParseHit(function, fields, out arguments) : EventKind.Other;
        return FreeFunction.IsCalled(function) ? ParseDrop(name, fields, out arguments) : EventKind.Other;
    }

    private static EventKind ParseDrop(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, out DropArguments arguments)
    {
        arguments = default;
        if (!ProbeFields.TryRead(text, out ProbeFields fields))
            return EventKind.Malformed;
        // kfree_skb(NULL) frees nothing; neither does a call for a packet that someone else still holds.
        if (fields.Skb == 0 || fields.Users > 1)
            return EventKind.NoDrop;
        arguments = fields.Describe(name);
        return EventKind.Drop;
    }

    private static EventKind ParseHit(ReadOnlySpan<byte> function, ReadOnlySpan<byte> text, out DropArguments arguments)
    {
        bool sound = ProbeFields.TryRead(text, out ProbeFields fields);
        arguments = sound ? fields.Describe(function) : default;
        return sound ? EventKind.Drop : EventKind.Malformed;
    }
}
