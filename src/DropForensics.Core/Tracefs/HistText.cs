using System.Globalization;
using DropForensics.Core.Text;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// The counts of a hist trigger by reason and location, from its event's <c>hist</c> file (kernel/trace/trace_events_hist.c):
/// <c>{ reason:          3, location: [ffffffff865ad8f3] __udp4_lib_rcv+0x235/0xd90 } hitcount:         20</c>
/// and at the end <c>    Dropped: 0</c>.
/// </summary>
/// <param name="Entries">Each reason and location once; the reason null where the kernel has none.</param>
/// <param name="Dropped">Hits for which its table had no room.</param>
public sealed record HistText(IReadOnlyList<(long? Reason, string Location, long Drops)> Entries, long Dropped)
{
    private const string ReasonLabel = "reason:", LocationLabel = "location:", CountLabel = "hitcount:", DroppedLabel = "Dropped:";

    /// <summary>Null if it is another text, or if a line does not parse: an incomplete count is worse than none.</summary>
    /// <param name="text">The file.</param>
    /// <param name="label">What is counted beside the reason: its key, with a colon. <see cref="Entries"/> has its value as <c>Location</c>.</param>
    public static HistText? TryParse(ReadOnlySpan<byte> text, string label = LocationLabel)
    {
        var entries = new List<(long?, string, long)>();
        long? dropped = null;
        foreach (string line in TraceText.Of(text).Split('\n'))
        {
            string trimmed = line.Trim();
            if (trimmed.StartsWith('{'))
            {
                if (Entry(trimmed, label) is not { } entry) return null;
                entries.Add(entry);
            }
            else if (trimmed.StartsWith(DroppedLabel, StringComparison.Ordinal))
            {
                dropped = Number(trimmed[DroppedLabel.Length..]);
            }
        }

        return dropped is { } count ? new HistText(entries, count) : null;
    }

    private static (long?, string, long)? Entry(string line, string label)
    {
        int end = line.IndexOf('}', StringComparison.Ordinal), at = line.IndexOf(label, StringComparison.Ordinal);
        int count = line.IndexOf(CountLabel, StringComparison.Ordinal), reason = line.IndexOf(ReasonLabel, StringComparison.Ordinal);
        if (at < 0 || end < at || count < end || Number(line[(count + CountLabel.Length)..]) is not { } drops) return null;

        // "[address] symbol", the address where kallsyms may be read.
        string location = line[(at + label.Length)..end].Trim();
        if (location.StartsWith('[') && location.IndexOf(']', StringComparison.Ordinal) is > 0 and var bracket) location = location[(bracket + 1)..].Trim();
        if (reason < 0 || reason > at) return (null, location, drops);
        return Number(line[(reason + ReasonLabel.Length)..at].Trim().TrimEnd(',')) is { } value ? (value, location, drops) : null;
    }

    private static long? Number(string text) =>
        long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
