using System.Text;
using DropForensics.Core.Model;
using DropForensics.Core.Packets;

namespace DropForensics.Core.Tracefs;

/// <summary>
/// Turns one stream of trace text (one CPU's trace_pipe, or a merged trace_pipe in a file) into drops. The bytes may be
/// cut anywhere between two calls of <see cref="Feed"/>: the result does not depend on the cuts.
/// </summary>
/// <remarks>
/// Three stages, all views of the bytes: <see cref="RawRecord"/> cuts the next record, <see cref="TraceHeader"/> reads task,
/// CPU and time, <see cref="EventText"/> the event's arguments. What does not parse is counted by kind, never thrown.
/// Strings and stacks are made once and shared, so a drop like one before allocates nothing. The file is long because
/// what a line means depends on those before it, and that is read best in one place.
/// </remarks>
public sealed class TraceTextDecoder
{
    /// <summary>Unparsed lines kept with their text, for each kind.</summary>
    public const int MaxUnparsedSamples = 100;

    private const int SampleBytes = 200;

    // Other events may print any text, file names say, and so a forged record: only a line that can have been cut off by the
    // kernel (its page of text is 4 KiB, or 8) is searched for the record behind it.
    internal const int LeastCutByKernel = 4000;

    private readonly CarryBuffer _carry = new();
    private readonly OpenStack _stack = new();
    private readonly TracePools _pools;
    private readonly List<CpuState?> _cpus = [];
    private readonly byte[] _window = new byte[PacketText.MaxWindowBytes];
    private readonly byte[] _hitsOf;
    private readonly int[] _samples = new int[Enum.GetValues<LineKind>().Length];
    private long _line = 1;
    private long _nextLine = 1;
    private bool _isUnterminated;
    private bool _skipsTooLong;
    private bool _isComplete;

    /// <param name="reasons">Names the numbers a probe prints.</param>
    /// <param name="hitsOf">A function each call of which is recorded as an event, where it is not drops that were asked for; null for drops.</param>
    public TraceTextDecoder(ReasonTable reasons, string? hitsOf = null)
        : this(new TracePools(reasons), hitsOf)
    {
    }

    /// <param name="pools">Of all streams of one capture.</param>
    internal TraceTextDecoder(TracePools pools, string? hitsOf)
    {
        _pools = pools;
        _hitsOf = Encoding.ASCII.GetBytes(hitsOf ?? "");
    }

    /// <summary>Names the numbers a probe prints.</summary>
    public ReasonTable Reasons => _pools.ReasonTable;

    /// <summary>Is given the packet of each drop whose line shows one, in the order of the lines; null where nobody asks.</summary>
    public PacketSink? OnPacket { get; init; }

    /// <summary>What was decoded since it was last cleared.</summary>
    public DecodedBatch Batch { get; } = new();

    /// <summary>Lines seen so far, by kind; a line that is still open, and the frames of an open stack, are not in it.</summary>
    public LineCounts Lines { get; } = new();

    /// <summary>
    /// Time of the first record of the stream, drop or not; null before it. A drop that waits for its stack comes into the
    /// batch behind younger ones, so the batch does not tell.
    /// </summary>
    public long? FirstTimestamp { get; private set; }

    /// <summary>Stacks that belong to no event of this stream: the event was lost, or it is another buffer's.</summary>
    public long OrphanStacks { get; private set; }

    /// <summary>Decodes the next bytes of the stream into <see cref="Batch"/>.</summary>
    /// <exception cref="InvalidOperationException">The stream was completed before.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_isComplete)
            throw new InvalidOperationException("The stream was completed.");
        while (_carry.Length > 0 && !bytes.IsEmpty)
        {
            int before = _carry.Length;
            int added = Math.Min(bytes.Length, CarryBuffer.TopUpBytes);
            _carry.Append(bytes[..added]);
            int read = Decode(_carry.Bytes, atEnd: false);
            // Once the old bytes are done with, the new ones are read where they lie.
            _carry.RemoveFirst(read < before ? read : _carry.Length);
            bytes = bytes[(read < before ? added : read - before)..];
        }
        if (!bytes.IsEmpty)
            _carry.Append(bytes[Decode(bytes, atEnd: false)..]);
    }

    /// <summary>
    /// Ends the stream: the unfinished line, the open stack and the events that still wait for one. A last line without a
    /// newline that reads as a whole record, frame or LOST line is taken as such, for pasted text often ends so; whether
    /// bytes of its last word are missing cannot be seen, but in a reason that <see cref="Reasons"/> would know. Any other
    /// counts as <see cref="LineKind.UnparsedEnd"/>.
    /// </summary>
    public void Complete()
    {
        if (_isComplete)
            return;
        _isComplete = true;
        Decode(_carry.Bytes, atEnd: true);
        CloseStack();
        if (_skipsTooLong)
            Lines[LineKind.UnparsedTooLong]++;
        foreach (CpuState? cpu in _cpus)
            cpu?.FinishAll();
    }

    // Returns the bytes that are done with; the rest needs more behind it.
    private int Decode(ReadOnlySpan<byte> bytes, bool atEnd)
    {
        int at = 0;
        while (at < bytes.Length)
        {
            ReadOnlySpan<byte> rest = bytes[at..];
            int taken = _skipsTooLong ? SkipTooLong(rest) : _stack.IsOpen ? _stack.TakeFrames(rest) : 0;
            if (taken == 0)
            {
                if (!RawRecord.TryTake(rest, atEnd, out RawRecord record))
                    break;
                Read(record);
                taken = record.Length;
            }
            at += taken;
        }
        return at;
    }

    private int SkipTooLong(ReadOnlySpan<byte> bytes)
    {
        int newline = bytes.IndexOf((byte)'\n');
        if (newline < 0)
            return bytes.Length;
        _skipsTooLong = false;
        _line++;
        Lines[LineKind.UnparsedTooLong]++;
        return newline + 1;
    }

    private void Read(in RawRecord record)
    {
        if (_stack.IsOpen && TryAddFrame(record))
            return;
        CloseStack();
        if (record.IsTooLong && !record.IsTerminated)
        {
            _skipsTooLong = true;
            KeepSample(LineKind.UnparsedTooLong, _line, record.Text);
            return;
        }

        _nextLine = _line + record.Lines;
        _isUnterminated = !record.IsTerminated;
        ReadOnlySpan<byte> text = record.Text;
        int glued = -1;
        LineKind kind = record.IsTooLong ? LineKind.UnparsedTooLong : Interpret(text, out glued);
        if (glued >= 0)
            kind = LineKind.UnparsedGlued;
        else if (kind >= LineKind.UnparsedHeader && !record.IsTerminated)
            kind = LineKind.UnparsedEnd;
        Lines[kind] += record.Lines;
        if (kind >= LineKind.UnparsedHeader)
            KeepSample(kind, _line, text);

        while (glued >= 0)
        {
            CloseStack();
            text = text[glued..];
            Interpret(text, out glued);
        }
        _line = _nextLine;
    }

    // " => tcp_v4_rcv+0x7d/0xf20". A comm can begin so too, and a cut frame can have a record behind it.
    private bool TryAddFrame(in RawRecord record)
    {
        ReadOnlySpan<byte> text = record.Text;
        if (record.Lines > 1 || !FrameLine.IsFrame(text) || TraceHeader.TryParse(text, out _))
            return false;
        if (text.Length >= (_stack.IsUser ? LeastCutByKernel : 0) && text.Contains((byte)':') && GluedRecord.Find(text) >= 0)
            return false;
        bool mayBeCut = !record.IsTerminated && !_stack.IsUser;
        return (!mayBeCut || FrameLine.TryParse(text, out _)) && _stack.TryAdd(text);
    }

    private void CloseStack()
    {
        if (!_stack.IsOpen)
            return;
        if (_stack.IsUser)
        {
            Lines[LineKind.Frame] += _stack.Lines;
        }
        else
        {
            StackBlock block = _pools.Stacks.Get(_stack.Bytes);
            Lines[LineKind.Frame] += block.Lines - block.Bad.Length;
            CountBadFrames(block.Bad);
            if (_stack.Owner.Drop is { } drop)
                Batch.Drops.Add(drop with { Stack = block.Stack });
        }
        _line += _stack.Lines;
        _stack.Close();
    }

    private void CountBadFrames(int[] bad)
    {
        Lines[LineKind.UnparsedFrame] += bad.Length;
        ReadOnlySpan<byte> rest = _stack.Bytes;
        for (int line = 0, next = 0; next < bad.Length; line++)
        {
            ReadOnlySpan<byte> text = StackPool.TakeLine(ref rest);
            if (line != bad[next])
                continue;
            KeepSample(LineKind.UnparsedFrame, _stack.FirstLine + line, text);
            next++;
        }
    }

    // What one line is, and what follows from it. Where it was cut off and another record stands behind it, that one's place.
    private LineKind Interpret(ReadOnlySpan<byte> text, out int glued)
    {
        LineKind kind;
        if (TraceHeader.TryParse(text, out TraceHeader header))
            kind = Interpret(header);
        else if (LossLine.TryParse(text, out int cpu, out long? records))
            kind = Lose(cpu, records);
        else if (FrameLine.IsFrame(text))
            kind = LineKind.UnparsedFrame;
        else if (TraceHeader.TryParsePasted(text, out header))
            kind = Interpret(header);
        else if (TraceText.SkipBlanks(text).IsEmpty || text[0] == '#')
            kind = LineKind.Comment;
        else
            kind = LineKind.UnparsedHeader;

        bool mayBeCut = kind >= LineKind.UnparsedHeader || (kind == LineKind.OtherEvent && text.Length >= LeastCutByKernel);
        glued = mayBeCut ? GluedRecord.Find(text) : -1;
        return kind;
    }

    private LineKind Interpret(in TraceHeader header)
    {
        CpuState cpu = CpuOf(header.Cpu);
        cpu.LastTimestamp = header.Timestamp;
        FirstTimestamp ??= header.Timestamp;
        if (header.Event.SequenceEqual("<stack trace>"u8))
            return OpenStack(cpu, header, isUser: false);
        if (header.Event.SequenceEqual("<user stack trace>"u8))
            return OpenStack(cpu, header, isUser: true);

        EventKind kind = EventText.Parse(header.Event, _hitsOf, out DropArguments arguments);
        DropReason? reason = arguments.Reason.IsEmpty ? null : _pools.Reasons.Get(arguments.Reason);
        bool isCut = _isUnterminated && reason is { Value: null } && Reasons.Names.Count > 0;
        if (isCut || (kind == EventKind.Drop && GluedRecord.Find(header.Event) >= 0))
            kind = EventKind.Malformed;
        // A probe on a free function also sees the packets that were consumed.
        DropEvent? drop = kind == EventKind.Drop && !Reasons.IsConsumed(reason) ? DropOf(header, arguments, reason) : null;
        cpu.Add(new PendingDrop(header.Pid, header.Flags, drop));
        return drop is not null ? LineKind.Event
            : kind == EventKind.Malformed ? LineKind.UnparsedArguments : LineKind.OtherEvent;
    }

    private DropEvent DropOf(in TraceHeader header, in DropArguments arguments, DropReason? reason) => new()
    {
        Cpu = header.Cpu,
        RawLine = _line,
        Timestamp = header.Timestamp,
        Pid = header.Pid,
        Tgid = header.Tgid,
        Comm = _pools.Comms.Get(arguments.Comm.IsEmpty ? header.Comm : arguments.Comm),
        Event = _pools.Events.Get(arguments.Event),
        EtherType = arguments.EtherType,
        Location = arguments.Location.IsEmpty ? null : _pools.Locations.Get(arguments.Location),
        Reason = reason,
        Interface = arguments.Device.Length == 0 ? null : new DropInterface(arguments.Netns, arguments.IfIndex, NameOf(arguments.Device)),
        IncomingIfIndex = arguments.IncomingIfIndex,
        Length = arguments.Length,
        Headers = HeadersOf(arguments.Fields),
    };

    private PacketHeaders? HeadersOf(ReadOnlySpan<byte> fields)
    {
        if (!PacketText.TryRead(fields, _window, out SkbWindow window))
            return null;
        OnPacket?.Invoke(_line, window);
        return PacketDecoder.TryDecode(window, out PacketHeaders headers, out _) ? headers : null;
    }

    private string NameOf(in DeviceName device)
    {
        Span<byte> name = stackalloc byte[DeviceName.Size];
        device.CopyTo(name);
        return _pools.Devices.Get(name[..device.Length]);
    }

    private LineKind OpenStack(CpuState cpu, in TraceHeader header, bool isUser)
    {
        PendingDrop owner = default;
        bool isOrphan = !isUser && !cpu.TryTake(header.Pid, header.Flags, out owner);
        if (isOrphan)
            OrphanStacks++;
        if (owner.Drop is { Comm: "<...>" } drop)
            owner = owner with { Drop = drop with { Comm = _pools.Comms.Get(header.Comm) } };
        _stack.Open(isUser, _nextLine, owner);
        return isOrphan ? LineKind.OrphanStack : LineKind.Stack;
    }

    private LineKind Lose(int cpu, long? records)
    {
        CpuState state = CpuOf(cpu);
        state.FinishAll();
        Batch.Losses.Add(new LossEvent(cpu, _line, state.LastTimestamp, records));
        return LineKind.Loss;
    }

    private CpuState CpuOf(int cpu)
    {
        while (_cpus.Count <= cpu)
            _cpus.Add(null);
        return _cpus[cpu] ??= new CpuState(Batch.Drops);
    }

    private void KeepSample(LineKind kind, long line, ReadOnlySpan<byte> text)
    {
        if (_samples[(int)kind] == MaxUnparsedSamples)
            return;
        _samples[(int)kind]++;
        Batch.Unparsed.Add(new UnparsedLine(line, kind, TraceText.Of(text[..Math.Min(text.Length, SampleBytes)])));
    }
}
