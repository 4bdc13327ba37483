using DropForensics.Core.Attribution;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Recording;

/// <summary>
/// From trace text to rows: <see cref="Feed"/> keeps the bytes of each stream as they are, decodes them, attributes each
/// drop and writes it. In steady state a drop allocates nothing. One thread at a time.
/// </summary>
/// <param name="reasons">Names the reason numbers a probe prints.</param>
/// <param name="netnsOf">Looks up the network namespace of a pid while it runs; null where the events are not of this host, or of now.</param>
public sealed class Recorder(CaptureWriter writer, ReasonTable reasons, Func<int, long?>? netnsOf = null)
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

    /// <summary>Says which driver filled the backlog that drops were taken from, where the host's counters leave one only.</summary>
    /// <param name="gains">Every interface of every namespace that could be looked into.</param>
    /// <param name="steering">Packets were steered between CPUs (RPS).</param>
    public void AttributeBacklog(IReadOnlyList<InterfaceGain> gains, bool steering)
    {
        foreach (Tally tally in Totals.Sites)
        {
            if (tally.Attribution is not { Entry: BacklogAttribution.Entry, Driver: null }) continue;
            if (BacklogAttribution.Infer(gains, tally.Drops, steering, NamespacesOf(tally.Senders)).Driver is not { } driver) continue;
            tally.Attribution = tally.Attribution with { Driver = driver, DriverRule = BacklogAttribution.Rule };
            writer.SetDriver(tally.SiteId, driver, BacklogAttribution.Rule);
        }
    }

    /// <summary>Null where one of the tasks was gone before its namespace could be looked up.</summary>
    private HashSet<long>? NamespacesOf(HashSet<int>? tasks)
    {
        if (tasks is null) return null;
        var namespaces = new HashSet<long>();
        foreach (int task in tasks)
        {
            if (writer.NetnsOf(task) is not { } netns) return null;
            namespaces.Add(netns);
        }

        return namespaces;
    }

    private void Drain(Stream stream)
    {
        DecodedBatch batch = stream.Decoder.Batch;
        foreach (DropEvent drop in batch.Drops)
        {
            Tally tally = _tallies.Of(drop);
            int taskId = writer.InternTask(drop, netnsOf);
            writer.AddDrop(drop, OpenedNs ??= drop.Timestamp, taskId, tally.SiteId, tally.ReasonId);
            tally.Add(taskId);
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
