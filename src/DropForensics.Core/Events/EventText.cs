using DropForensics.Core.Text;

namespace DropForensics.Core.Events;

/// <summary>
/// Stage three: the event and its arguments. Each source of drops has its own parser:
/// <see cref="TracepointArguments"/>, <see cref="ProbeArguments"/>, <see cref="FunctionArguments"/>.
/// </summary>
internal static class EventText
{
    /// <param name="text">Name of the event and what follows.</param>
    /// <param name="hitsOf">The function whose calls count as drops; empty for none.</param>
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

    /// <summary>The event without its arguments: its name with the colon, a probe with its location, a traced function with its arrow.</summary>
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

    /// <summary>
    /// Cuts <c>sched_switch: prev_comm=…</c>, <c>sys_write(fd: 1, …</c> or <c>sys_write -> 0x2</c> in two; false for a call that the function tracer
    /// printed, which has no fields.
    /// </summary>
    public static bool TryCut(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> fields)
    {
        int end = text.IndexOfAnyExcept(TraceText.NameBytes);
        ReadOnlySpan<byte> rest = end > 0 && !text[..end].SequenceEqual("function"u8) ? text[end..] : [];
        bool hasColon = rest.StartsWith(": "u8), isEvent = hasColon || rest.StartsWith("("u8) || rest.StartsWith(" -> "u8);
        name = isEvent ? text[..end] : [];
        fields = isEvent ? hasColon ? rest[2..] : rest : [];
        return isEvent;
    }

    // "sched_switch: …", "sys_read(fd: 3, …", "sys_read -> 0x0", "ip_rcv <-ip_sublist_rcv", "nf_hook+0x4/0xc0 [nf] <-…". A name with nothing after it
    // may be truncated.
    private static bool IsWellFormed(ReadOnlySpan<byte> rest) =>
        rest.StartsWith(": "u8) || rest.StartsWith("("u8) || rest.StartsWith("+0x"u8)
        || rest.StartsWith(" <"u8) || rest.StartsWith(" ["u8) || rest.StartsWith(" -> "u8);
}

/// <summary>What the text after a record's time is.</summary>
internal enum EventKind
{
    /// <summary>A packet drop.</summary>
    Drop,

    /// <summary>The event that reports drops, but its packet was consumed or is still held.</summary>
    NoDrop,

    /// <summary>Well-formed, but another event, which cannot report drops.</summary>
    Other,

    /// <summary>It names one of our events, or no event, and does not parse.</summary>
    Malformed,
}
