using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// Stage three: which event it is, and its arguments. Each source of drops has a parser of its own:
/// <see cref="TracepointArguments"/>, <see cref="ProbeArguments"/>, <see cref="FunctionArguments"/>.
/// </summary>
internal static class EventText
{
    /// <param name="text">Name of the event and what follows.</param>
    /// <param name="hitsOf">A function every call of which counts as a drop does; empty for none.</param>
    /// <param name="arguments">Of a drop.</param>
    public static EventKind Parse(ReadOnlySpan<byte> text, ReadOnlySpan<byte> hitsOf, out DropArguments arguments)
    {
        arguments = default;
        int end = text.IndexOfAnyExcept(TraceText.NameBytes);
        if (end < 0)
            end = text.Length;
        if (end == 0)
            return EventKind.Malformed;

        ReadOnlySpan<byte> name = text[..end], rest = text[end..];
        if (rest.StartsWith(": ("u8))
            return ProbeArguments.Parse(name, rest[2..], hitsOf, out arguments);
        if (name.SequenceEqual("kfree_skb"u8) && rest.StartsWith(":"u8))
            return TracepointArguments.Parse(name, rest, out arguments);
        if (name.SequenceEqual("function"u8) && rest.StartsWith(": "u8))
            return FunctionArguments.ParseOfTraceCmd(rest[1..].TrimStart((byte)' '), hitsOf, out arguments);
        bool counts = hitsOf.IsEmpty ? FreeFunction.IsCalled(name) : name.SequenceEqual(hitsOf);
        if (counts && !rest.StartsWith(":"u8))
            return FunctionArguments.Parse(name, rest, out arguments);
        return IsWellFormed(rest) ? EventKind.Other : EventKind.Malformed;
    }

    /// <summary>What an event is, without what it says: its name with the colon, a probe with its place, a traced function with its arrow.</summary>
    public static ReadOnlySpan<byte> Describe(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(TraceText.NameBytes);
        if (end < 0)
            return text;
        ReadOnlySpan<byte> rest = text[end..];
        if (text[..end].SequenceEqual("function"u8) && rest.StartsWith(": "u8))
            return Describe(rest[1..].TrimStart((byte)' '));
        if (rest.StartsWith(": ("u8) && rest.IndexOfAny((byte)'+', (byte)')') is >= 0 and int place)
            return text[..(end + place)];
        return rest.StartsWith(":"u8) ? text[..(end + 1)] : text[..end];
    }

    /// <summary>Cuts <c>sched_switch: prev_comm=…</c> in two; false for a call that the function tracer printed, which has no fields.</summary>
    public static bool TryCut(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> fields)
    {
        int end = text.IndexOfAnyExcept(TraceText.NameBytes);
        bool isEvent = end > 0 && text[end..].StartsWith(": "u8) && !text[..end].SequenceEqual("function"u8);
        name = isEvent ? text[..end] : [];
        fields = isEvent ? text[(end + 2)..] : [];
        return isEvent;
    }

    // "sched_switch: …", "sys_read(fd: 3, …", "sys_read -> 0x0", "ip_rcv <-ip_sublist_rcv", "nf_hook+0x4/0xc0 [nf] <-…". A name
    // with nothing behind it may be a name cut short.
    private static bool IsWellFormed(ReadOnlySpan<byte> rest) =>
        rest.StartsWith(": "u8) || rest.StartsWith("("u8) || rest.StartsWith("+0x"u8)
        || rest.StartsWith(" <"u8) || rest.StartsWith(" ["u8) || rest.StartsWith(" -> "u8);
}

/// <summary>What the text behind a record's time is.</summary>
internal enum EventKind
{
    /// <summary>A packet drop.</summary>
    Drop,

    /// <summary>The event that tells of drops, of a packet that was consumed or is still held.</summary>
    NoDrop,

    /// <summary>Well-formed, and another event, which cannot tell of drops.</summary>
    Other,

    /// <summary>It names an event of ours, or none at all, and does not read as one.</summary>
    Malformed,
}
