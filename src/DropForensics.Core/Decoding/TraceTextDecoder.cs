using System.Text;
using DropForensics.Core.Events;
using DropForensics.Core.Filters;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Packets;
using DropForensics.Core.Text;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Decoding;

/// <summary>
/// Decodes trace text: one CPU's trace_pipe, or a merged trace_pipe in a file; and what <c>trace-cmd report</c> makes of the same ring.
/// </summary>
/// <remarks>
/// Three stages, all views of the bytes: <see cref="RawRecord"/> cuts the next record, <see cref="TraceHeader"/> reads task,
/// CPU and time, <see cref="EventText"/> the event's arguments.
/// </remarks>
public sealed class TraceTextDecoder : DropDecoder
{
    // Other events may print any text, such as a file name, and so a forged record. Only a line long enough to have been cut off by
    // the kernel (its page of text has 4 or 8 KiB) is searched for a record glued to it.
    internal const int LeastCutByKernel = 4000;

    private readonly List<CpuState?> _cpus = [];
    private readonly byte[] _window = new byte[MemoryWords.MaxBytes];
    private readonly byte[] _hitsOf;
    private readonly FlagLegend _legend = new();
    private bool? _isTraceCmd;

    /// <param name="reasons">Names the numbers a probe prints.</param>
    /// <param name="hitsOf">The function whose calls were recorded instead of drops; null for drops.</param>
    public TraceTextDecoder(ReasonTable reasons, string? hitsOf = null)
        : this(new TracePools(reasons), hitsOf)
    {
    }

    /// <param name="pools">Of all streams of one capture.</param>
    /// <param name="hitsOf">See above.</param>
    internal TraceTextDecoder(TracePools pools, string? hitsOf)
        : base(pools) => _hitsOf = Encoding.ASCII.GetBytes(hitsOf ?? "");

    /// <summary>Chooses the drops; the others are left out of the batch and of the text, each with its stack. Null: all of them.</summary>
    public DropFilter? Filter { get; init; }

    /// <summary>With <see cref="Filter"/>: whether packets have their payload.</summary>
    public bool HasPayload { get; init; }

    /// <summary>Receives the packet of each drop whose line shows one, in the order of the lines; null for nobody.</summary>
    public PacketSink? OnPacket { get; init; }

    private protected override int TakeFrames(ReadOnlySpan<byte> bytes) => Stack.TakeFrames(bytes);

    private protected override void End()
    {
        foreach (CpuState? cpu in _cpus)
            cpu?.FinishAll();
    }

    private protected override bool HasEvents
    {
        get
        {
            foreach (CpuState? cpu in _cpus)
            {
                if (cpu is { IsWaiting: true })
                    return true;
            }
            return false;
        }
    }

    // " => tcp_v4_rcv+0x7d/0xf20". A comm can begin so too, and a cut-off frame can have a record glued to it.
    private protected override bool TryAddFrame(in RawRecord record)
    {
        ReadOnlySpan<byte> text = record.Text;
        if (record.Lines > 1 || !FrameLine.IsFrame(text) || TraceHeader.TryParse(text, out _))
            return false;
        if (text.Length >= (Stack.IsUser ? LeastCutByKernel : 0) && text.Contains((byte)':') && GluedRecord.Find(text) >= 0)
            return false;
        bool mayBeCut = !record.IsTerminated && !Stack.IsUser;
        return (!mayBeCut || FrameLine.TryParse(text, out _)) && Stack.TryAdd(text);
    }

    private protected override LineKind Interpret(ReadOnlySpan<byte> text, out int glued)
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
        else if (BufferHeading.TryParse(text, out long held, out long written) && written > held)
            kind = Overwritten(written - held);
        else if (TraceText.SkipBlanks(text).IsEmpty || text[0] == '#' || TraceCmdLine.IsHeading(text))
            kind = Note(text);
        else
            kind = LineKind.UnparsedHeader;

        bool mayBeCut = kind.IsUnparsed() || (kind == LineKind.OtherEvent && text.Length >= LeastCutByKernel);
        glued = mayBeCut ? GluedRecord.Find(text) : -1;
        return kind;
    }

    private LineKind Note(ReadOnlySpan<byte> comment)
    {
        if (FilterMarks.Find(comment) is { } mark)
            return mark;
        _legend.Read(comment);
        return LineKind.Comment;
    }

    private LineKind Interpret(in TraceHeader header)
    {
        CpuState cpu = CpuOf(header.Cpu);
        long? before = cpu.LastTimestamp;
        cpu.LastTimestamp = header.Timestamp;
        FirstTimestamp ??= header.Timestamp;
        LineKind kind = Interpret(cpu, header);
        if (kind is LineKind.Filtered or LineKind.FilteredUnseen or LineKind.FilteredStack)
            cpu.LastTimestamp = before; // its text will not be there to find the time in
        return kind;
    }

    private LineKind Interpret(CpuState cpu, in TraceHeader header)
    {
        if (header.Event.SequenceEqual("<stack trace>"u8) || TraceCmdLine.IsStack(header.Event))
            return OpenStack(cpu, header, isUser: false);
        if (header.Event.SequenceEqual("<user stack trace>"u8))
            return OpenStack(cpu, header, isUser: true);

        if (KnownDrop.TryCut(header.Event, out ReadOnlySpan<byte> rest))
            return Interpret(cpu, header, Pools.Tracepoint.Get(rest));
        EventKind kind = EventText.Parse(header.Event, _hitsOf, out DropArguments arguments);
        DropReason? reason = arguments.Reason.IsEmpty ? null : Pools.Reasons.Get(arguments.Reason);
        if (IsCut(reason) || (kind == EventKind.Drop && GluedRecord.Find(header.Event) >= 0))
            kind = EventKind.Malformed;
        if (kind == EventKind.Drop)
            NoteTool(TraceCmdLine.IsEvent(header.Event));
        PendingDrop pending = cpu.Add(header.Pid, _legend.Order(header.Flags));
        if (kind == EventKind.Other)
        {
            CountOther(EventText.Describe(header.Event));
            pending.Other = OtherOf(header);
        }
        // A probe on a free function also sees the packets that were consumed.
        bool isDrop = kind == EventKind.Drop && !Reasons.IsConsumed(reason);
        if (isDrop && Filter is not null && LeftOut(pending, arguments, reason) is { } leftOut)
            return leftOut;
        if (isDrop)
            pending.Drop = DropOf(header, arguments, reason);
        pending.IsDrop = isDrop;
        return isDrop ? LineKind.Event
            : kind == EventKind.Malformed ? LineKind.UnparsedArguments : LineKind.OtherEvent;
    }

    private LineKind Interpret(CpuState cpu, in TraceHeader header, KnownDrop known)
    {
        PendingDrop pending = cpu.Add(header.Pid, _legend.Order(header.Flags));
        if (!known.IsSound || IsCut(known.Reason))
            return LineKind.UnparsedArguments;
        NoteTool(isTraceCmd: false);
        if (!known.IsDrop)
            return LineKind.OtherEvent;
        if (Filter is not null && LeftOut(pending, new FilterSubject { EtherType = known.EtherType, Reason = known.Reason?.Name }) is { } leftOut)
            return leftOut;
        pending.Drop = new DropEvent
        {
            Cpu = header.Cpu,
            RawLine = Line,
            Timestamp = header.Timestamp,
            Pid = header.Pid,
            Tgid = header.Tgid,
            Comm = Pools.Comms.Get(header.Comm),
            Event = KnownDrop.Event,
            EtherType = known.EtherType,
            Location = known.Location,
            Reason = known.Reason,
        };
        pending.IsDrop = true;
        return LineKind.Event;
    }

    // What the line becomes if the filter leaves its drop out; null where the drop is kept.
    private LineKind? LeftOut(PendingDrop pending, in FilterSubject drop)
    {
        Answer answer = IsGlued ? Answer.Yes : Filter!.Test(drop); // the caller saw the filter
        if (answer == Answer.Yes)
            return null;
        pending.IsLeftOut = true;
        return answer == Answer.Unknown ? LineKind.FilteredUnseen : LineKind.Filtered;
    }

    private LineKind? LeftOut(PendingDrop pending, in DropArguments arguments, DropReason? reason)
    {
        FilterSubject drop = arguments.Window.TryRead(_window, out SkbWindow window) ? FilterSubject.Of(window, HasPayload) : new FilterSubject();
        string? device = arguments.Device.Length == 0 ? null : NameOf(arguments.Device);
        return LeftOut(pending, drop with { EtherType = arguments.EtherType, Reason = reason?.Name, Interface = device });
    }

    // At the end of the text, an unknown name may be incomplete.
    private bool IsCut(DropReason? reason) => IsUnterminated && reason is { Value: null } && Reasons.Names.Count > 0;

    // The two may print the same drop with times of different clocks.
    private void NoteTool(bool isTraceCmd)
    {
        _isTraceCmd ??= isTraceCmd;
        if (_isTraceCmd != isTraceCmd)
            ForeignLine ??= Line;
    }

    private DropEvent DropOf(in TraceHeader header, in DropArguments arguments, DropReason? reason) => new()
    {
        Cpu = header.Cpu,
        RawLine = Line,
        Timestamp = header.Timestamp,
        Pid = header.Pid,
        Tgid = header.Tgid,
        Comm = Pools.Comms.Get(arguments.Comm.IsEmpty ? header.Comm : arguments.Comm),
        Event = Pools.Events.Get(arguments.Event),
        EtherType = arguments.EtherType,
        Location = arguments.Location.IsEmpty ? null : Pools.Locations.Get(arguments.Location),
        Reason = reason,
        Interface = arguments.Device.Length == 0 ? null : new DropInterface(arguments.Netns, arguments.IfIndex, NameOf(arguments.Device)),
        IncomingIfIndex = arguments.IncomingIfIndex,
        Length = arguments.Length,
        Owner = arguments.Owner,
        Headers = HeadersOf(arguments.Window),
    };

    private OtherEvent? OtherOf(in TraceHeader header) => EventText.TryCut(header.Event, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> fields)
        ? OtherOf(name, fields, header.Cpu, header.Timestamp, (header.Pid, header.Tgid, Pools.Comms.Get(header.Comm))) : null;

    private PacketHeaders? HeadersOf(in ProbeWindow words)
    {
        if (!words.TryRead(_window, out SkbWindow window))
            return null;
        OnPacket?.Invoke(Line, window);
        return PacketDecoder.TryDecode(window, out PacketHeaders headers, out _) ? headers : null;
    }

    private string NameOf(in DeviceName device)
    {
        Span<byte> name = stackalloc byte[DeviceName.Size];
        device.CopyTo(name);
        return Pools.Devices.Get(name[..device.Length]);
    }

    private LineKind OpenStack(CpuState cpu, in TraceHeader header, bool isUser)
    {
        PendingDrop? owner = isUser ? null : cpu.Take(header.Pid, _legend.Order(header.Flags));
        bool isOrphan = !isUser && owner is null;
        if (isOrphan)
            OrphanStacks++;
        if (owner is { IsDrop: true, Drop.Comm: "<...>" })
            owner.Drop = owner.Drop with { Comm = Pools.Comms.Get(header.Comm) };
        Stack.Open(isUser, NextLine, owner);
        return Stack.IsLeftOut ? LineKind.FilteredStack : isOrphan ? LineKind.OrphanStack : LineKind.Stack;
    }

    private LineKind Lose(int cpu, long? records)
    {
        CpuState state = CpuOf(cpu);
        state.FinishAll();
        Batch.Losses.Add(new LossEvent(cpu, Line, state.LastTimestamp, records));
        return LineKind.Loss;
    }

    // Lost before the first record of the text, on all CPUs together.
    private LineKind Overwritten(long records)
    {
        Batch.Losses.Add(new LossEvent(LossEvent.AllCpus, Line, null, records));
        return LineKind.Loss;
    }

    private CpuState CpuOf(int cpu)
    {
        while (_cpus.Count <= cpu)
            _cpus.Add(null);
        return _cpus[cpu] ??= new CpuState(Batch);
    }
}

/// <summary>Receives a drop's packet as its line shows it.</summary>
/// <param name="rawLine">Number of the line in its stream, from 1.</param>
/// <param name="window">Valid during the call.</param>
public delegate void PacketSink(long rawLine, in SkbWindow window);
