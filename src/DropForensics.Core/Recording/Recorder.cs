using System.Runtime.InteropServices;
using DropForensics.Core.Attribution;
using DropForensics.Core.Decoding;
using DropForensics.Core.Masking;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Recording;

/// <summary>
/// From trace text to rows: <see cref="Feed"/> zeroes what is not to be kept of packets, stores the bytes of each stream, decodes them,
/// attributes each drop and writes it. In steady state a drop allocates nothing. One thread at a time.
/// </summary>
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
    private readonly Dictionary<int, Stream> _streams = [];
    private long _stacksUntilNs = long.MaxValue;
    private TracePools? _pools;

    /// <param name="writer">Where the rows go; it stays the caller's to finish and close.</param>
    /// <param name="reasons">Names the reason numbers a probe prints.</param>
    /// <param name="netnsOf">Looks up the network namespace of a pid while it runs; null where the events are not of this host and moment.</param>
    public Recorder(CaptureWriter writer, ReasonTable reasons, Func<int, long?>? netnsOf = null)
    {
        _writer = writer;
        _netnsOf = netnsOf;
        _reasons = reasons;
        _tallies = new Tallies(writer);
        _describeOwner = id => OwnerAttributor.Of(id, CgroupPathOf?.Invoke(id));
        Totals = new Totals(this);
    }

    /// <summary>The trace-clock time that counts as zero. Null takes that of the first record.</summary>
    public long? OpenedNs { get; set; }

    /// <summary>The function whose calls are recorded instead of drops; null as a rule. Set it before the first <see cref="Feed"/>.</summary>
    public string? HitsOf { get; init; }

    /// <summary>Looks up the path of a control group by its id; null where nobody knows. Set it before the first <see cref="Feed"/>.</summary>
    public Func<long, string?>? CgroupPathOf { get; init; }

    /// <summary>Whose text is fed.</summary>
    public TextFormat Format { get; init; }

    /// <summary>Whether packet bytes behind the headers are stored as well; else they are zeroed before.</summary>
    public bool KeepPayload { get; init; }

    /// <summary>Streams to come, a CPU each: they share what memory there is for text that waits to be packed.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>The trace-clock time from which no stacks are taken. May be set by another thread, before the first such drop can have been read.</summary>
    public long StacksUntilNs
    {
        get => Volatile.Read(ref _stacksUntilNs);
        set => Volatile.Write(ref _stacksUntilNs, value);
    }

    /// <summary>Whether packet bytes in what is fed next were zeroed already, when it was first recorded.</summary>
    public bool WasMasked { get; set; }

    /// <summary>Running totals of everything recorded so far.</summary>
    public Totals Totals { get; }

    /// <summary>The first line of a stream that is another tool's than those before it; null where there is none.</summary>
    public long? ForeignLine
    {
        get
        {
            foreach (Stream stream in _streams.Values)
            {
                if (stream.Decoder.ForeignLine is { } line) return line;
            }

            return null;
        }
    }

    /// <summary>Events that cannot tell of drops, by what they are: <see cref="DropDecoder.OtherEvents"/>.</summary>
    public IReadOnlyDictionary<string, long> OtherEvents =>
        Decoders.SelectMany(decoder => decoder.OtherEvents).GroupBy(each => each.Key).ToDictionary(group => group.Key, group => group.Sum(each => each.Value));

    internal IEnumerable<DropDecoder> Decoders => _streams.Values.Select(stream => stream.Decoder);

    internal IReadOnlyList<StreamLines> LinesByStream => [.. _streams.Values.Select(stream => new StreamLines(stream.Cpu, stream.Decoder.Lines))];

    internal IReadOnlyCollection<Tally> Tallies => _tallies.All;

    internal int Stacks => _writer.Stacks;

    /// <summary>How bytes are decoded: for tests of what happens when that fails.</summary>
    internal DecodeStep Decode { get; set; } = (decoder, bytes) => decoder.Feed(bytes);

    internal delegate void DecodeStep(DropDecoder decoder, ReadOnlySpan<byte> bytes);

    /// <summary>Takes the next bytes of a stream, cut anywhere.</summary>
    /// <param name="stream">The CPU whose trace_pipe they come from, null for a merged one.</param>
    public void Feed(int? stream, ReadOnlySpan<byte> bytes)
    {
        Stream target = StreamOf(stream);
        while (bytes.Length > 0)
        {
            ReadOnlySpan<byte> piece = bytes[..Math.Min(bytes.Length, MaxPiece)];
            Take(target, target.Mask.Feed(piece));
            bytes = bytes[piece.Length..];
        }
    }

    /// <summary>Notes what a CPU's ring counted as lost over the whole window (the growth of its <c>stats</c>).</summary>
    public void AddRingLoss(int cpu, long records)
    {
        _writer.AddRingLoss(cpu, records);
        Totals.AddRingLoss(cpu, records);
    }

    /// <summary>Makes safe what came so far, but for each stream's unfinished line and the drops that wait for their stack.</summary>
    public void Commit()
    {
        foreach (Stream stream in _streams.Values)
        {
            stream.Raw.StoreWholeLines();
            _writer.SetLineCounts(stream.Cpu, stream.Decoder.Lines);
        }

        _writer.Commit();
        Totals.Committed = Totals.Drops;
    }

    /// <summary>Ends all streams and commits.</summary>
    public void Complete()
    {
        foreach (Stream stream in _streams.Values)
        {
            Take(stream, stream.Mask.Complete());
            stream.Raw.Complete();
            if (!stream.IsFaulty)
            {
                stream.Decoder.Complete();
                Drain(stream);
            }

            _writer.SetLineCounts(stream.Cpu, stream.Decoder.Lines);
        }

        _writer.Commit();
        Totals.Committed = Totals.Drops;
    }

    // What is decoded is what is stored, so that the file can be decoded again with the same result.
    private void Take(Stream stream, ReadOnlySpan<byte> masked)
    {
        stream.Raw.Add(masked, stream.Mask.TakeChanged() | WasMasked);
        if (!stream.IsFaulty && masked.Length > 0) DecodePiece(stream, masked);
    }

    private void DecodePiece(Stream stream, ReadOnlySpan<byte> piece)
    {
        try
        {
            Decode(stream.Decoder, piece);
        }
        catch (Exception fault)
        {
            // No input may make a decoder throw, so this is a defect. It must not cost the capture: the bytes are kept for a
            // better decoder, and the file says from where on.
            stream.IsFaulty = true;
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

            // Renamed in the window, it has a row under a name that no list of the host had.
            _writer.SetBaseDriver(id, driver);
            (string? first, string? rule) = DriverRule.First(tally.Attribution.Driver, tally.Attribution.DriverRule, hasInterface: true, driver);
            tally.Attribution = tally.Attribution with { Driver = first, DriverRule = rule };
        }
    }

    /// <summary>Says which driver filled the backlog that drops were taken from, where the host's counters leave one only.</summary>
    /// <param name="gains">Every interface of every namespace that could be looked into.</param>
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

    /// <summary>Null where one of the tasks was gone before its namespace could be looked up.</summary>
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

    private void Drain(Stream stream)
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
            if (drop.Stack is not null) continue;
            if (drop.Timestamp < StacksUntilNs) Totals.WithoutStack += drop.Count;
            else Totals.AfterStacks += drop.Count;
        }

        foreach (OtherEvent other in batch.Others)
        {
            int? stackId = other.Stack is { } stack ? _writer.InternStack(stack, SiteAttributor.Attribute(other.Name, null, stack).FirstFrame) : null;
            _writer.AddOther(other, OpenedNs ??= other.Timestamp, _writer.InternTask(other, _netnsOf), stackId);
        }

        foreach (LossEvent loss in batch.Losses)
        {
            _writer.AddLoss(loss, OpenedNs);
            Totals.AddLoss(loss);
        }

        foreach (UnparsedLine line in batch.Unparsed) _writer.AddUnparsed(stream.Cpu, line);
        batch.Clear();
    }

    private Stream StreamOf(int? cpu)
    {
        int key = cpu ?? -1;
        if (!_streams.TryGetValue(key, out Stream? stream))
            _streams.Add(key, stream = NewStream(cpu));
        return stream;
    }

    private Stream NewStream(int? cpu) => new(
        cpu, new PacketMaskStream(KeepPayload, _masked), new RawText(_writer, cpu, RawText.ChunkBytesFor(Streams)),
        TextDecoders.New(Format, _pools ??= TextDecoders.Pools(Format, _reasons), HitsOf));

    /// <summary>One trace_pipe: what it said, and what it means.</summary>
    private sealed class Stream(int? cpu, PacketMaskStream mask, RawText raw, DropDecoder decoder)
    {
        public int? Cpu { get; } = cpu;

        public PacketMaskStream Mask { get; } = mask;

        public RawText Raw { get; } = raw;

        public DropDecoder Decoder { get; } = decoder;

        /// <summary>Only the bytes are kept from here on.</summary>
        public bool IsFaulty { get; set; }
    }
}
