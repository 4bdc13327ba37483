using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Recording;

/// <summary>
/// From trace text to rows: <see cref="Feed"/> keeps the bytes of each stream as they are, decodes them, attributes each
/// drop and writes it. In steady state a drop allocates nothing. One thread at a time.
/// </summary>
/// <param name="reasons">Names the reason numbers a probe prints.</param>
public sealed class Recorder(CaptureWriter writer, ReasonTable reasons)
{
    // Larger pieces are decoded in parts, so that a whole file fed at once does not become one giant batch.
    private const int MaxPiece = RawText.ChunkBytes;

    private readonly Dictionary<int, Stream> _streams = [];
    private readonly Tallies _tallies = new(writer);
    private Totals? _totals;

    /// <summary>The trace-clock time that counts as zero. Null takes the first event's own.</summary>
    public long? OpenedNs { get; set; }

    public Totals Totals => _totals ??= new Totals(() => _tallies.All, () => writer.Stacks, () => _streams.Values.Sum(s => s.Decoder.Lines.Unparsed));

    /// <summary>Takes the next bytes of a stream, cut anywhere.</summary>
    /// <param name="stream">The CPU whose trace_pipe they come from, null for a merged one.</param>
    public void Feed(int? stream, ReadOnlySpan<byte> bytes)
    {
        Stream target = StreamOf(stream);
        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, MaxPiece)];
            target.Raw.Add(piece);
            target.Decoder.Feed(piece);
            Drain(target);
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>Notes what a CPU's ring counted as lost over the whole window (the growth of its <c>stats</c>).</summary>
    public void AddRingLoss(int cpu, long records)
    {
        writer.AddRingLoss(cpu, records);
        Totals.AddRingLoss(cpu, records);
    }

    /// <summary>Makes safe what came so far, but for each stream's unfinished line and the drops that wait for their stack.</summary>
    public void Commit()
    {
        foreach (Stream stream in _streams.Values)
        {
            stream.Raw.StoreWholeLines();
            writer.SetLineCounts(stream.Cpu, stream.Decoder.Lines);
        }

        writer.Commit();
    }

    /// <summary>Ends all streams and commits.</summary>
    public void Complete()
    {
        foreach (Stream stream in _streams.Values)
        {
            stream.Raw.Complete();
            stream.Decoder.Complete();
            Drain(stream);
            writer.SetLineCounts(stream.Cpu, stream.Decoder.Lines);
        }

        writer.Commit();
    }

    private void Drain(Stream stream)
    {
        DecodedBatch batch = stream.Decoder.Batch;
        foreach (DropEvent drop in batch.Drops)
        {
            Tally tally = _tallies.Of(drop);
            writer.AddDrop(drop, OpenedNs ??= drop.Timestamp, tally.SiteId, tally.ReasonId);
            tally.Drops++;
            Totals.Drops++;
        }

        foreach (LossEvent loss in batch.Losses)
        {
            writer.AddLoss(loss, OpenedNs ??= loss.AfterTimestamp);
            Totals.AddLoss(loss);
        }

        foreach (UnparsedLine line in batch.Unparsed) writer.AddUnparsed(stream.Cpu, line);
        batch.Clear();
    }

    private Stream StreamOf(int? cpu)
    {
        int key = cpu ?? -1;
        if (!_streams.TryGetValue(key, out Stream? stream))
            _streams.Add(key, stream = new Stream(cpu, new RawText(writer, cpu), new TraceTextDecoder(reasons)));
        return stream;
    }

    /// <summary>One trace_pipe: what it said, and what it means.</summary>
    private sealed record Stream(int? Cpu, RawText Raw, TraceTextDecoder Decoder);
}
