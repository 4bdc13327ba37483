using System.Runtime.InteropServices;
using DropForensics.Core.Attribution;
using DropForensics.Core.Decoding;
using DropForensics.Core.Filters;
using DropForensics.Core.Masking;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Recording;

/// <summary>
/// From trace text to rows: <see cref="Feed"/> zeroes packet bytes that must not be kept, stores the bytes of each stream, decodes them,
/// attributes each drop and writes it. In steady state a drop allocates nothing. One thread at a time.
/// </summary>
/// <remarks>The file is long because the way of a line from its bytes to its row stands here from end to end.</remarks>
public sealed class Recorder
{
    // Larger pieces are decoded in parts, so that a whole file fed at once does not become one giant batch.
    private const int MaxPiece = RawText.LargestChunk;

    private readonly CaptureWriter _writer;
    private readonly Func<int, long?>? _netnsOf;
    private readonly Func<long, CgroupOwner> _describeOwner;
    private readonly Tallies _tallies;
    private readonly ReasonTable _reasons;
    private readonly MaskedBytes _masked = new();
    private readonly Dictionary<int, RecordedStream> _streams = [];
    private long _stacksUntilNs = long.MaxValue;
    private TracePools? _pools;

    /// <param name="writer">Where the rows go; the caller finishes and closes it.</param>
    /// <param name="reasons">Names the reason numbers a probe prints.</param>
    /// <param name="netnsOf">Looks up the network namespace of a pid while it runs; null if the events are not of this host at this moment.</param>
    public Recorder(CaptureWriter writer, ReasonTable reasons, Func<int, long?>? netnsOf = null)
    {
        _writer = writer;
        _netnsOf = netnsOf;
        _reasons = reasons;
        _tallies = new Tallies(writer);
        _describeOwner = id => OwnerAttributor.Of(id, CgroupPathOf?.Invoke(id));
        Totals = new Totals(this);
    }

    /// <summary>The trace-clock time that counts as zero; null for that of the first record.</summary>
    public long? OpenedNs { get; set; }

    /// <summary>Time of the newest drop, in ns of the trace clock; 0 before there is one.</summary>
    public long LastDropNs { get; private set; }

    /// <summary>The function whose calls are recorded instead of drops; usually null. Set it before the first <see cref="Feed"/>.</summary>
    public string? HitsOf { get; init; }

    /// <summary>Looks up the path of a control group by its id; null if it cannot be looked up. Set it before the first <see cref="Feed"/>.</summary>
    public Func<long, string?>? CgroupPathOf { get; init; }

    /// <summary>The tool that printed the text.</summary>
    public TextFormat Format { get; init; }

    /// <summary>Chooses the drops; of the others only marks are stored. Null: all drops. Of <see cref="TextFormat.Trace"/> only; set it before the first <see cref="Feed"/>.</summary>
    public DropFilter? Filter { get; init; }

    /// <summary>Whether packet bytes after the headers are stored as well; otherwise they are zeroed first.</summary>
    public bool KeepPayload { get; init; }

    /// <summary>Number of streams, one for each CPU: they share the memory for text that waits to be packed.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>The trace-clock time from which no stacks are taken. May be set by another thread, before the first such drop can have been read.</summary>
    public long StacksUntilNs
    {
        get => Volatile.Read(ref _stacksUntilNs);
        set => Volatile.Write(ref _stacksUntilNs, value);
    }

    /// <summary>Whether packet bytes of the next input were already zeroed when it was first recorded.</summary>
    public bool WasMasked { get; set; }

    /// <summary>Running totals of everything recorded so far.</summary>
    public Totals Totals { get; }

    /// <summary>The first line of a stream that is another tool's than those before it; null if there is none.</summary>
    public long? ForeignLine
    {
        get
        {
            foreach (RecordedStream stream in _streams.Values)
            {
                if (stream.Decoder.ForeignLine is { } line) return line;
            }

            return null;
        }
    }

    /// <summary>Events that cannot report drops, by kind: <see cref="DropDecoder.OtherEvents"/>.</summary>
    public IReadOnlyDictionary<string, long> OtherEvents
    {
        get
        {
            var all = new Dictionary<string, long>();
            foreach (DropDecoder decoder in Decoders)
            {
                foreach ((string kind, long count) in decoder.OtherEvents) all[kind] = all.GetValueOrDefault(kind) + count;
            }

            return all;
        }
    }

    internal IEnumerable<DropDecoder> Decoders => _streams.Values.Select(stream => stream.Decoder);

    internal IReadOnlyList<StreamLines> LinesByStream => [.. _streams.Values.Select(stream => new StreamLines(stream.Cpu, stream.Decoder.Lines))];

    internal IReadOnlyCollection<Tally> Tallies => _tallies.All;

    internal int Stacks => _writer.Stacks;

    /// <summary>How bytes are decoded: tests make it fail.</summary>
    internal DecodeStep Decode { get; set; } = (decoder, bytes) => decoder.Feed(bytes);

    internal delegate void DecodeStep(DropDecoder decoder, ReadOnlySpan<byte> bytes);

    /// <summary>Takes the next bytes of a stream, cut anywhere.</summary>
    /// <param name="stream">The CPU whose trace_pipe they come from, null for a merged one.</param>
    public void Feed(int? stream, ReadOnlySpan<byte> bytes)
    {
        RecordedStream target = StreamOf(stream);
        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, MaxPiece)];
            Take(target, target.Mask.Feed(piece));
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>Notes how many records a CPU's ring lost over the whole window (the growth of its <c>stats</c>).</summary>
    public void AddRingLoss(int cpu, long records)
    {
        _writer.AddRingLoss(cpu, records);
        Totals.AddRingLoss(cpu, records);
    }

    /// <summary>Commits everything so far except each stream's unfinished line and the drops that wait for their stacks.</summary>
    public void Commit()
    {
        foreach (RecordedStream stream in _streams.Values)
        {
            stream.Raw.StoreWholeLines();
            _writer.SetLineCounts(stream.Cpu, stream.Decoder.Lines);
        }

        _writer.Commit();
        Totals.Committed = Totals.Drops;
    }

    /// <summary>A drop waits for the lines that follow it: it is not in <see cref="Totals"/> yet.</summary>
    public bool IsWaiting
    {
        get
        {
            foreach (RecordedStream stream in _streams.Values)
            {
                if (stream is { IsFaulty: false, Decoder.IsWaiting: true }) return true;
            }

            return false;
        }
    }

    /// <summary>Stores the drops of a stream that wait for the lines that follow, where all that the kernel wrote has come: see <see cref="DropDecoder.Settle"/>.</summary>
    public void Settle(int? stream)
    {
        RecordedStream target = StreamOf(stream);
        if (target.IsFaulty) return;
        target.Decoder.Settle();
        Drain(target);
    }

    /// <summary>Ends all streams and commits.</summary>
    public void Complete()
    {
        foreach (RecordedStream stream in _streams.Values)
        {
            Take(stream, stream.Mask.Complete());
            if (stream.Filtered is null) stream.Raw.Complete();
            if (!stream.IsFaulty)
            {
                stream.Decoder.Complete();
                Drain(stream);
            }

            stream.Filtered?.Release();
            stream.Raw.Complete();

            _writer.SetLineCounts(stream.Cpu, stream.Decoder.Lines);
        }

        _writer.Commit();
        Totals.Committed = Totals.Drops;
    }

    // Decodes the stored bytes, so that decoding the file again gives the same result.
    private void Take(RecordedStream stream, ReadOnlySpan<byte> masked)
    {
        bool isMasked = stream.Mask.TakeChanged() | WasMasked;
        if (stream.Filtered is { } undecided && !stream.IsFaulty) undecided.Add(masked, isMasked);
        else stream.Raw.Add(masked, isMasked);
        if (!stream.IsFaulty && masked.Length > 0) DecodePiece(stream, masked);
    }

    private void DecodePiece(RecordedStream stream, ReadOnlySpan<byte> piece)
    {
        try
        {
            Decode(stream.Decoder, piece);
        }
        catch (Exception fault)
        {
            // No input may make a decoder throw, so this is a bug. It must not cost the capture: the bytes are kept for a
            // better decoder, and the file says from where on.
            stream.IsFaulty = true;
            stream.Filtered?.Release();
            Totals.FaultyStreams++;
            _writer.AddDecoderFault(stream.Cpu, stream.Decoder.Lines.Total + 1, fault.ToString());
        }

        Drain(stream);
    }

    /// <summary>Gives the driver behind its interface to each drop whose stack did not show the driver itself.</summary>
    public void AttributeInterfaces(InterfaceDrivers drivers)
    {
        foreach (Tally tally in Totals.Sites)
        {
            if (tally is not { Interface: { } device, InterfaceId: { } id } || drivers.Of(device.Netns, device.IfIndex) is not { } driver) continue;

            // Renamed within the window, it has a row under a name that no listing of the host had.
            _writer.SetBaseDriver(id, driver);
            (string? first, string? rule) = DriverRule.First(tally.Attribution.Driver, tally.Attribution.DriverRule, hasInterface: true, driver);
            tally.Attribution = tally.Attribution with { Driver = first, DriverRule = rule };
        }
    }

    /// <summary>Sets which driver filled the backlog that drops were taken from, if the host's counters leave only one.</summary>
    /// <param name="gains">Every interface of every namespace that could be read.</param>
    /// <param name="steering">Packets were steered between CPUs (RPS).</param>
    public void AttributeBacklog(IReadOnlyList<InterfaceGain> gains, bool steering)
    {
        foreach (Tally tally in Totals.Sites)
        {
            if (tally.Attribution is not { Entry: BacklogAttribution.Entry, Driver: null } || tally.Interface is not null) continue;
            var backlog = BacklogAttribution.Infer(gains, tally.Drops, steering, NamespacesOf(tally.Senders));
            tally.Attribution = tally.Attribution with
            {
                Driver = backlog.Driver,
                DriverRule = backlog.Driver is null ? null : DriverRule.Backlog,
                DriverCandidates = backlog.Choice,
            };
            _writer.SetDriver(tally.SiteId, tally.Attribution);
        }
    }

    /// <summary>Null if one of the tasks ended before its namespace could be looked up.</summary>
    private HashSet<long>? NamespacesOf(HashSet<int>? tasks)
    {
        if (tasks is null) return null;
        var namespaces = new HashSet<long>();
        foreach (int task in tasks)
        {
            if (_writer.NetnsOf(task) is not { } netns) return null;
            namespaces.Add(netns);
        }

        return namespaces;
    }

    private void Drain(RecordedStream stream)
    {
        DecodedBatch batch = stream.Decoder.Batch;
        OpenedNs ??= stream.Decoder.FirstTimestamp;
        foreach (ref readonly DropEvent drop in CollectionsMarshal.AsSpan(batch.Drops))
        {
            Tally tally = _tallies.Of(drop);
            int? taskId = _writer.InternTask(drop, _netnsOf);
            int? flowId = drop.Headers is { } headers ? _writer.InternFlow(headers) : null;
            int? ownerId = drop.Owner is { } owner ? _writer.InternOwner(owner, _describeOwner) : null;
            for (int i = 0; i < drop.Count; i++)
                _writer.AddDrop(drop, OpenedNs ??= drop.Timestamp, taskId, tally.SiteId, tally.ReasonId, tally.InterfaceId, flowId, ownerId);
            tally.Add(taskId, drop.Count);
            Totals.Add(drop.Headers);
            Totals.Drops += drop.Count;
            LastDropNs = Math.Max(LastDropNs, drop.Timestamp);
            if (drop.Stack is not null) continue;
            if (drop.Timestamp < StacksUntilNs) Totals.WithoutStack += drop.Count;
            else Totals.AfterStacks += drop.Count;
        }

        foreach (OtherEvent other in batch.Others)
        {
            int? stackId = other.Stack is { } stack ? _writer.InternStack(stack, SiteAttributor.Attribute(other.Name, null, stack).FirstFrame) : null;
            int? flowId = other.Flow is { } flow ? _writer.InternFlow(new PacketHeaders(flow, null, null)) : null;
            _writer.AddOther(other, OpenedNs ??= other.Timestamp, _writer.InternTask(other, _netnsOf), stackId, flowId);
        }

        foreach (LossEvent loss in batch.Losses)
        {
            _writer.AddLoss(loss, OpenedNs);
            Totals.AddLoss(loss);
        }

        foreach (UnparsedLine line in batch.Unparsed) _writer.AddUnparsed(stream.Cpu, line);
        batch.Clear();
    }

    private RecordedStream StreamOf(int? cpu)
    {
        int key = cpu ?? -1;
        if (!_streams.TryGetValue(key, out RecordedStream? stream))
            _streams.Add(key, stream = NewStream(cpu));
        return stream;
    }

    private RecordedStream NewStream(int? cpu)
    {
        var raw = new RawText(_writer, cpu, RawText.ChunkBytesFor(Streams));
        FilteredText? filtered = Filter is null ? null : new FilteredText(raw);
        TracePools pools = _pools ??= TextDecoders.Pools(Format, _reasons);
        DropDecoder decoder = filtered is null ? TextDecoders.New(Format, pools, HitsOf)
            : new TraceTextDecoder(pools, HitsOf) { Filter = Filter, HasPayload = KeepPayload, OnText = filtered.Decide };
        return new RecordedStream(cpu, new PacketMaskStream(KeepPayload, _masked), raw, decoder) { Filtered = filtered };
    }
}
