namespace DropForensics.Core.Tracefs;

/// <summary>
/// A dynamic probe (kernel/trace/trace_probe.c): where it sits in parentheses, then the arguments its definition names.
/// <code>(kfree_skb_reason+0x0/0x110) skb=18446617078699127552 reason=3</code>
/// <code>(sk_skb_reason_drop+0x4/0x120) skb=0xffff8a3168214b00 users=1 comm="dropgen" pkt={0x0,0x2d00004500080000}</code>
/// No drops of their own: a return probe <c>(a &lt;- b)</c>, an event probe <c>(skb.kfree_skb)</c>, another function.
/// </summary>
internal static class ProbeArguments
{
    public static EventKind Parse(ReadOnlySpan<byte> name, ReadOnlySpan<byte> text, out DropArguments arguments)
    {
        arguments = default;
        int close = text.IndexOf((byte)')');
        if (close < 0)
            return EventKind.Malformed;
        ReadOnlySpan<byte> place = text[1..close];
        int end = place.IndexOfAny((byte)'+', (byte)' ');
        if (end < 0 || place.IndexOf(" <- "u8) >= 0 || !FunctionArguments.IsFree(place[..end]))
            return EventKind.Other;
        return ParseHit(name, text[(close + 1)..], out arguments);
    }

    // Where the packet was freed is not the place of the probe, so Location stays empty: the stack tells.
    private static EventKind ParseHit(ReadOnlySpan<byte> name, ReadOnlySpan<byte> fields, out DropArguments arguments)
    {
        arguments = default;
        ulong? skb = null, users = null;
        ReadOnlySpan<byte> reason = [];
        while (!fields.IsEmpty)
        {
            if (!ProbeField.TryTake(ref fields, out ProbeField field))
                return EventKind.Malformed;
            // The first of a name counts: a string further on may pretend to be anything, comm="x" users=9 y=".
            if (skb is null && field.Name.SequenceEqual("skb"u8) && field.TryNumber(out ulong number))
                skb = number;
            else if (users is null && field.Name.SequenceEqual("users"u8) && field.TryNumber(out number))
                users = number;
            else if (reason.IsEmpty && field.Name.SequenceEqual("reason"u8) && IsNumber(field.Value))
                reason = field.Value;
        }
        // kfree_skb(NULL), and a packet that somebody else still holds, free nothing.
        if (skb == 0 || users > 1)
            return EventKind.Other;
        arguments = new DropArguments { Event = name, Reason = reason };
        return EventKind.Drop;
    }

    // Of any base and sign, not "(fault)".
    private static bool IsNumber(ReadOnlySpan<byte> value) => !value.TrimStart((byte)'-').ContainsAnyExcept(EventText.Name);
}
