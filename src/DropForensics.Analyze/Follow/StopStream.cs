using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core;
using DropForensics.Core.Lines;
using DropForensics.Core.Store;
using DropForensics.Core.Text;

namespace DropForensics.Analyze.Follow;

/// <summary>The events of packets' lives in one stream's text, in its order.</summary>
internal sealed class StopStream : IDisposable
{
    private const int MostNames = 1 << 16;

    private static readonly BytePool<string> Names = new(MostNames, 1 << 22, name => Visible.Text(Encoding.UTF8.GetString(name)));

    private readonly CaptureReader _capture;
    private readonly ChunkReader _chunks;
    private readonly IdLookup _drops;
    private readonly CpuRuns _runs;
    private readonly Gaps _gaps;
    private readonly long _openedNs;
    private readonly FlagLegend _legend = new();
    private bool _hasDrop, _isTorn;
    private int _at;
    private long _line, _lastNs;

    /// <param name="capture">The capture.</param>
    /// <param name="cpu">The stream; null for the merged one.</param>
    /// <param name="openedNs">The trace-clock time that counts as zero.</param>
    /// <param name="runs">Numbers the runs of all CPUs.</param>
    /// <param name="gaps">Takes the times in which the stream lost records.</param>
    public StopStream(CaptureReader capture, int? cpu, long openedNs, CpuRuns runs, Gaps gaps)
    {
        (_capture, _openedNs, _runs, _gaps) = (capture, openedNs, runs, gaps);
        _chunks = capture.Chunks(cpu);

        // Of a selection too, all drops end the life of a packet.
        _drops = new IdLookup(capture.Connection, cpu is null ? "SELECT raw_line, id FROM main.drop_event WHERE ?1 IS NOT NULL ORDER BY raw_line" : "SELECT raw_line, id FROM main.drop_event WHERE cpu = ?1 ORDER BY raw_line");
        _hasDrop = _drops.Find(cpu ?? 0);
        _lastNs = long.MinValue;
    }

    /// <summary>The current event.</summary>
    public StopEvent Current { get; private set; }

    /// <summary>Events of packets' lives whose address is hidden.</summary>
    public long Hidden { get; private set; }

    /// <summary>Goes to the next one; false at the end.</summary>
    /// <exception cref="UserError">The text is damaged.</exception>
    public bool Next()
    {
        while (true)
        {
            ReadOnlySpan<byte> text = _chunks.Text;
            while (_at < text.Length)
            {
                _ = RawRecord.TryTake(text[_at..], atEnd: true, out RawRecord record);
                long line = _line;
                _at += record.Length;
                _line += record.Lines;
                if (Take(record.Text, line)) return true;
            }

            if (!_chunks.Next()) return false;
            if (_chunks.Fault is { } fault)
                throw new UserError($"{_capture.Path} is damaged: chunk {_chunks.Id} of the raw text {fault.What}", "Copy it again from where it was captured.");
            (_at, _line) = (0, _chunks.FirstLine);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _chunks.Dispose();
        _drops.Dispose();
    }

    private bool Take(ReadOnlySpan<byte> text, long line)
    {
        if (text.IsEmpty || text.StartsWith(" => "u8)) return false;
        if (!TraceHeader.TryParse(text, out TraceHeader header))
        {
            // A record that is lost, or cannot be read, may have been the end of any packet.
            _legend.Read(text);
            _isTorn |= LossLine.TryParse(text, out _, out _) || text[0] is not ((byte)'#' or (byte)' ');
            return false;
        }

        long tNs = header.Timestamp - _openedNs;
        if (_isTorn) _gaps.Add(_lastNs, tNs);
        (_isTorn, _lastNs) = (false, tNs);
        return Take(header, line, tNs);
    }

    private bool Take(in TraceHeader header, long line, long tNs)
    {
        ReadOnlySpan<byte> text = header.Event;
        while (_hasDrop && _drops.Number(0) < line) _hasDrop = _drops.Next();
        bool isDrop = _hasDrop && _drops.Number(0) == line;
        int end = text.IndexOf((byte)':');
        if (end < 0) return false;
        if ((isDrop ? StopKind.Dropped : KindOf(text[..end])) is not { } kind) return false;
        ReadOnlySpan<byte> fields = text[end..];
        if (!AsciiNumber.TryHex(Hex(Field(fields, isDrop && text[(end + 1)..].StartsWith(" ("u8) ? " skb="u8 : " skbaddr="u8)), out ulong address) || address == 0)
        {
            Hidden++;
            return false;
        }

        int run = _runs.Next(header.Cpu, header.Pid, (byte)(_legend.Order(header.Flags) >> 16), tNs);
        Current = new StopEvent(
            kind, address, kind.IsEnd() ? null : Names.Get(Field(fields, " dev="u8)), tNs, header.Cpu, line, Number(fields, " len="u8) ?? -1, Number(fields, " rc="u8) ?? 0, run,
            isDrop ? _drops.Number(1) ?? 0 : 0);
        return true;
    }

    private static StopKind? KindOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("net_dev_queue"u8) ? StopKind.Queue
        : name.SequenceEqual("net_dev_start_xmit"u8) ? StopKind.Send
        : name.SequenceEqual("net_dev_xmit"u8) ? StopKind.Sent
        : name.SequenceEqual("netif_rx"u8) ? StopKind.Backlog
        : name.SequenceEqual("netif_receive_skb"u8) ? StopKind.Receive
        : name.SequenceEqual("napi_gro_receive_entry"u8) ? StopKind.Gro
        : name.SequenceEqual("consume_skb"u8) ? StopKind.Consumed
        : name.SequenceEqual("kfree_skb"u8) ? StopKind.Dropped
        : null;

    private static int? Number(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> name) => AsciiNumber.TryDecimal(Field(fields, name), int.MaxValue, out int number) ? number : null;

    private static ReadOnlySpan<byte> Hex(ReadOnlySpan<byte> digits) => digits.StartsWith("0x"u8) ? digits[2..] : digits;

    // A name of an interface has no blank.
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> fields, ReadOnlySpan<byte> name)
    {
        int at = fields.IndexOf(name);
        if (at < 0) return default;
        ReadOnlySpan<byte> value = fields[(at + name.Length)..];
        int end = value.IndexOf((byte)' ');
        return end < 0 ? value : value[..end];
    }
}
