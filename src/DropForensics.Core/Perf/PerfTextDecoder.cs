using DropForensics.Core.Decoding;
using DropForensics.Core.Events;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Text;
using DropForensics.Core.Tracefs;

namespace DropForensics.Core.Perf;

/// <summary>
/// Decodes what <c>perf script</c> prints of skb:kfree_skb: a line for each sample, below it the frames of its stack, an empty line.
/// <code>
/// bash  1699 [000] 15746.137294: skb:kfree_skb: skbaddr=0xffff88814f19ba00 rx_sk=(nil) protocol=2048 location=… reason: NO_SOCKET
/// 	ffffffff81e94fb0 sk_skb_reason_drop+0x90 ([kernel.kallsyms])
/// 	ffffffff820a7f2c __udp4_lib_rcv+0x4bc ([kernel.kallsyms])
/// 	           f8350 __GI___libc_write+0x10 (/usr/lib/x86_64-linux-gnu/libc.so.6)
///
/// </code>
/// </summary>
/// <remarks>Three stages, as for trace text: <see cref="PerfHeader"/>, <see cref="PerfEvent"/>, and <see cref="PerfFrame"/> for what is below.</remarks>
public sealed class PerfTextDecoder : DropDecoder
{
    private readonly List<long?> _lastByCpu = [];
    private readonly PendingDrop _owner = new();
    private bool _isInHeading;

    /// <param name="reasons">Finds the number of a reason that perf printed by name, and the name of one that it printed as a number.</param>
    public PerfTextDecoder(ReasonTable reasons)
        : this(PoolsFor(reasons))
    {
    }

    /// <param name="pools">Shared by all streams of one capture: see <see cref="PoolsFor"/>.</param>
    internal PerfTextDecoder(TracePools pools)
        : base(pools)
    {
    }

    /// <summary>The line that begins and ends the heading.</summary>
    internal static ReadOnlySpan<byte> HeadingMark => "# ========"u8;

    /// <summary>Pools that read frames as perf prints them.</summary>
    internal static TracePools PoolsFor(ReasonTable reasons) => new(reasons, PerfFrame.TryParse);

    // Whole lines that begin with a tab: only frames do.
    private protected override int TakeFrames(ReadOnlySpan<byte> bytes) => Stack.TakeLines(bytes, (byte)'\t');

    private protected override bool TryAddFrame(in RawRecord record)
    {
        ReadOnlySpan<byte> text = record.Text;
        // A frame begins with a blank; so does a header whose task name perf padded.
        if (TraceText.SkipBlanks(text).Length == text.Length || (text[0] == ' ' && PerfHeader.TryParse(text, out _)))
            return false;
        return (record.IsTerminated || PerfFrame.TryParse(text, out _)) && Stack.TryAdd(text);
    }

    private protected override CallStack? Taken(CallStack stack) => stack.Frames.Count > 0 ? stack : null;

    private protected override LineKind Interpret(ReadOnlySpan<byte> text, out int glued)
    {
        glued = -1;
        if (PerfHeader.TryParse(text, out PerfHeader header))
            return Interpret(header);

        // What `perf script --header` prints stands between two marks. The command in it may hold newlines, so not all of it begins with #.
        bool isMark = text.SequenceEqual(HeadingMark);
        _isInHeading ^= isMark;
        if (isMark || _isInHeading || text.StartsWith("#"u8) || TraceText.SkipBlanks(text).IsEmpty)
            return LineKind.Comment;
        return text[0] == '\t' ? LineKind.UnparsedFrame : LineKind.UnparsedHeader;
    }

    private LineKind Interpret(in PerfHeader header)
    {
        _isInHeading = false;
        while (_lastByCpu.Count <= header.Cpu)
            _lastByCpu.Add(null);
        if (PerfEvent.TryParseLoss(header.Event, out long? records))
        {
            Batch.Losses.Add(new LossEvent(header.Cpu, Line, _lastByCpu[header.Cpu], records));
            return LineKind.Loss;
        }
        if (PerfEvent.IsOwnRecord(header.Event)) // usually from before the recording, with time 0
            return LineKind.OtherEvent;

        EventKind kind = PerfEvent.Parse(header.Event, out DropArguments arguments);
        if (kind == EventKind.Malformed)
            return LineKind.UnparsedArguments;
        FirstTimestamp ??= header.Timestamp;
        _lastByCpu[header.Cpu] = header.Timestamp;
        DropReason? reason = arguments.Reason.IsEmpty ? null : Pools.Reasons.Get(arguments.Reason);
        if (IsUnterminated && reason is { Value: null } && Reasons.Names.Count > 0)
            return LineKind.UnparsedArguments; // the text ends within the reason's name
        if (kind == EventKind.Drop)
            _owner.Drop = DropOf(header, arguments, reason);
        _owner.IsDrop = kind == EventKind.Drop;
        _owner.Other = kind == EventKind.Other ? OtherOf(header) : null;
        if (kind == EventKind.Other)
            CountOther(PerfEvent.NameOf(header.Event));
        Stack.Open(isUser: false, NextLine, _owner);
        return _owner.IsDrop ? LineKind.Event : LineKind.OtherEvent;
    }

    private OtherEvent OtherOf(in PerfHeader header)
    {
        PerfEvent.Cut(header.Event, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> fields);
        return OtherOf(name, fields, header.Cpu, header.Timestamp, (header.Pid, header.Tgid, Pools.Comms.Get(header.Comm)));
    }

    private DropEvent DropOf(in PerfHeader header, in DropArguments arguments, DropReason? reason) => new()
    {
        Cpu = header.Cpu,
        RawLine = Line,
        Timestamp = header.Timestamp,
        Pid = header.Pid,
        Tgid = header.Tgid,
        Comm = Pools.Comms.Get(header.Comm),
        Event = Pools.Events.Get(arguments.Event),
        EtherType = arguments.EtherType,
        Location = arguments.Location.IsEmpty ? null : Pools.Locations.Get(arguments.Location),
        Reason = reason,
    };
}
