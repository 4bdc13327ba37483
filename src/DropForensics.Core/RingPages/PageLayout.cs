using DropForensics.Core.Text;

namespace DropForensics.Core.RingPages;

/// <summary>
/// How a page of per_cpu/cpuN/trace_pipe_raw is laid out: tracefs <c>events/header_page</c> for its head, and the widths that
/// <c>events/header_event</c> must name for the records (kernel/trace/ring_buffer.c, <c>ring_buffer_print_page_header</c> and
/// <c>ring_buffer_print_entry_header</c>).
/// </summary>
/// <param name="Timestamp">Offset of the page's time, 8 bytes.</param>
/// <param name="Commit">Offset of the number of bytes of records; its top bits mark lost ones.</param>
/// <param name="CommitSize">4 or 8 bytes.</param>
/// <param name="Data">Offset of the first record.</param>
/// <param name="PageBytes">The whole page; more than the machine's where the instance has larger ones.</param>
public sealed record PageLayout(int Timestamp, int Commit, int CommitSize, int Data, int PageBytes)
{
    private const int LargestPage = 16 << 20;

    /// <summary>Null if we cannot read this layout.</summary>
    public static PageLayout? TryParse(ReadOnlySpan<byte> headerPage, ReadOnlySpan<byte> headerEvent)
    {
        if (Field(headerPage, " timestamp;"u8) is not { Size: 8 } timestamp || Field(headerPage, " commit;"u8) is not { Size: 4 or 8 } commit
            || Field(headerPage, " data;"u8) is not { } data || !HasKnownRecords(headerEvent))
            return null;
        int page = data.Offset + data.Size;
        bool fits = timestamp.Offset + 8 <= data.Offset && commit.Offset + commit.Size <= data.Offset && page is > 64 and <= LargestPage;
        return fits ? new PageLayout(timestamp.Offset, commit.Offset, commit.Size, data.Offset, page) : null;
    }

    private static EventField? Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> declared)
    {
        int at = text.IndexOf(declared);
        if (at < 0)
            return null;
        int start = text[..at].LastIndexOf("field:"u8), end = text[at..].IndexOf((byte)'\n');
        return start < 0 ? null : EventFormat.TryField(text[(start + 6)..(end < 0 ? text.Length : at + end)]);
    }

    // "\ttype_len    :    5 bits" and so on: the same since 2.6.30.
    private static bool HasKnownRecords(ReadOnlySpan<byte> text) =>
        Number(text, "type_len"u8) == 5 && Number(text, "time_delta"u8) == 27 && Number(text, "array"u8) == 32 && Number(text, "padding"u8) == 29
        && Number(text, "time_extend"u8) == 30 && Number(text, "data max type_len"u8) == 28;

    private static int? Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label)
    {
        int at = text.IndexOf(label);
        if (at < 0)
            return null;
        text = text[(at + label.Length)..];
        int digit = text.IndexOfAnyInRange((byte)'0', (byte)'9'), end = text.IndexOf((byte)'\n');
        if (digit < 0 || (end >= 0 && digit > end))
            return null;
        text = text[digit..];
        return AsciiNumber.TryDecimal(text[..AsciiNumber.CountDigits(text)], 1024, out int value) ? value : null;
    }
}
