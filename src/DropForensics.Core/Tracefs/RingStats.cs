using System.Buffers.Text;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// Counters of one CPU's ring from its <c>stats</c> file (kernel/trace/trace.c, <c>tracing_stats_read</c>), a line each:
/// <c>overrun: 12</c>.
/// </summary>
/// <param name="Entries">Records in it now.</param>
/// <param name="Overrun">Records overwritten before they were read.</param>
/// <param name="CommitOverrun">Records given up because an interrupt nested too deep for the ring.</param>
/// <param name="DroppedEvents">Records refused where overwriting is off.</param>
/// <param name="ReadEvents">Records that readers took out of it; null where the file does not say.</param>
public sealed record RingStats(long Entries, long Overrun, long CommitOverrun, long DroppedEvents, long? ReadEvents)
{
    /// <summary>When the oldest record in it was written, in ns of the trace clock, which the file gives in µs; 0 if it is empty, or the file does not say.</summary>
    public long OldestNs { get; init; }

    /// <summary>Records that were written or refused and can no longer be read.</summary>
    public long Lost => Overrun + CommitOverrun + DroppedEvents;

    /// <summary>Records written since the ring was made, if nobody reads it.</summary>
    public long Written => Entries + Lost;

    /// <summary>The same with the losses and reads that came after an earlier look at the same ring.</summary>
    public RingStats Since(RingStats start) => new(
        Entries, Overrun - start.Overrun, CommitOverrun - start.CommitOverrun, DroppedEvents - start.DroppedEvents, ReadEvents - start.ReadEvents);

    /// <summary>Null if a counter is missing: unknown is not zero.</summary>
    public static RingStats? TryParse(ReadOnlySpan<byte> text) =>
        Number(text, "entries: "u8) is { } entries && Number(text, "\noverrun: "u8) is { } overrun
        && Number(text, "commit overrun: "u8) is { } commitOverrun && Number(text, "dropped events: "u8) is { } dropped
            ? new RingStats(entries, overrun, commitOverrun, dropped, Number(text, "read events: "u8)) { OldestNs = Moment(text, "oldest event ts: "u8) }
            : null;

    /// <summary>Nanoseconds of <c>   123.456789</c>.</summary>
    private static long Moment(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label)
    {
        int at = text.IndexOf(label);
        ReadOnlySpan<byte> number = at < 0 ? [] : text[(at + label.Length)..].TrimStart((byte)' ');
        return Utf8Parser.TryParse(number, out long seconds, out int used) && number[used..] is [(byte)'.', .. var rest] && Utf8Parser.TryParse(rest, out long micros, out int digits) && digits == 6
            ? ((seconds * 1_000_000) + micros) * 1_000 : 0;
    }

    private static long? Number(ReadOnlySpan<byte> text, ReadOnlySpan<byte> label)
    {
        int at = text.IndexOf(label);
        return at >= 0 && Utf8Parser.TryParse(text[(at + label.Length)..], out long value, out _) ? value : null;
    }
}
