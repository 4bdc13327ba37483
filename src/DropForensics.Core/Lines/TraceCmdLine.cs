using DropForensics.Core.Text;

namespace DropForensics.Core.Lines;

/// <summary>
/// Differences of <c>trace-cmd report</c> (3.1) from the kernel's text: a heading, event names padded to a column, and stacks as events, their
/// frames without offset and module.
/// <code>
/// CPU 0 is empty
/// cpus=2
///           &lt;idle>-0     [001]   100.123456: kfree_skb:            skbaddr=0xffff99596362a500 protocol=2048 location=0xffffffff865ad8f3
///           &lt;idle>-0     [001]   100.123457: kernel_stack:         &lt;stack trace >
/// => kfree_skb (ffffffff8645ad8f)
/// </code>
/// </summary>
internal static class TraceCmdLine
{
    /// <summary>A line of the heading.</summary>
    public static bool IsHeading(ReadOnlySpan<byte> line) =>
        (line.StartsWith("cpus="u8) && IsNumber(line["cpus=".Length..]))
        || (line.StartsWith("CPU "u8) && line.EndsWith(" is empty"u8) && line.Length > "CPU  is empty".Length && IsNumber(line[4..^" is empty".Length]));

    /// <summary>
    /// Whether the text after a record's time is an event as trace-cmd prints it: at least two blanks after its name, or, if these were folded, an
    /// address with <c>0x</c>, which the kernel omits.
    /// </summary>
    public static bool IsEvent(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOfAnyExcept(TraceText.NameBytes);
        return end > 0 && (text[end..].StartsWith(":  "u8) || text[end..].StartsWith(": skbaddr=0x"u8));
    }

    /// <summary>Whether it is the head of a stack.</summary>
    public static bool IsStack(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> name = "kernel_stack:"u8;
        if (!text.StartsWith(name))
            return false;
        text = text[name.Length..].TrimStart((byte)' ');
        return text.SequenceEqual("<stack trace >"u8) || text.SequenceEqual("<stack trace>"u8);
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => !text.IsEmpty && AsciiNumber.CountDigits(text) == text.Length;
}
