using System.Buffers.Text;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// Counters of one CPU's ring from its <c>stats</c> file (kernel/trace/trace.c, <c>tracing_stats_read</c>), a line each:
/// <c>overrun: 12</c>.
/// </summary>
/// <param name="Entries">Records in it now.</param>
/// <param name="Overrun">Records overwritten before they were read.</param>
/// <param name="CommitOverrun">Records given up because an interrupt nested too deep for the ring.</param>
/// <param name="DroppedEvents">Records refused where overwriting is off.</param>
internal sealed record RingStats(long Entries, long Overrun, long CommitOverrun, long DroppedEvents)
{
    /// <summary>Records that happened and cannot be read.</summary>
    public long Lost => Overrun + CommitOverrun + DroppedEvents;

    /// <summary>Records written since the ring was made, if nobody reads it.</summary>
    public long Written => Entries + Lost;

    public static RingStats Parse(ReadOnlySpan<byte> text)
    {
        long entries = 0, overrun = 0, commitOverrun = 0, dropped = 0;
        foreach (var range in text.Split((byte)'\n'))
        {
            var line = text[range];
            if (line.StartsWith("entries: "u8)) entries = Number(line[9..]);
            else if (line.StartsWith("overrun: "u8)) overrun = Number(line[9..]);
            else if (line.StartsWith("commit overrun: "u8)) commitOverrun = Number(line[16..]);
            else if (line.StartsWith("dropped events: "u8)) dropped = Number(line[16..]);
        }

        return new RingStats(entries, overrun, commitOverrun, dropped);
    }

    private static long Number(ReadOnlySpan<byte> text) => Utf8Parser.TryParse(text, out long value, out _) ? value : 0;
}
