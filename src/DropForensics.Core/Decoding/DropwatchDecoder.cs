using System.Buffers;
using System.Text;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;

namespace DropForensics.Core.Decoding;

/// <summary>
/// Decodes what dropwatch prints: a line that counts drops of a place, or a paragraph for each packet. Neither names a CPU or a task, and the counts
/// have no time: the line's number is used instead. A text has one mode, that of its first drop.
/// </summary>
public sealed class DropwatchDecoder : DropDecoder
{
    // A forged text of a few lines could demand more rows than a disk can hold.
    private const long MostDrops = 20_000_000;

    private static readonly SearchValues<byte> Marks = SearchValues.Create(" \t\r>|:+-0123456789"u8);

    private static readonly byte[][] OfProgram = [.. new[]
    {
        "dropwatch>", "Initializing ", "Enabling monitoring", "monitoring activated", "Issue Ctrl-C", "Got a stop message", "Deactivation requested", "Waiting for ",
        "Shutting down", "Terminating dropwatch", "etting alert", "etting software drops", "etting hardware drops", "etting truncation", "etting queue",
        "Alert limit reached", "Alert mode", "Truncation length", "Queue length", "Getting existing", "Getting statistics", "Software statistics:", "Hardware statistics:",
    }.Select(Encoding.ASCII.GetBytes)];

    // Packets dropped before the first printed time.
    private readonly List<DropEvent> _withoutTime = [];
    private long _drops;
    private long? _lastTimestamp;
    private bool? _isPacketMode;
    private DropEvent? _packet;

    /// <param name="pools">Of all streams of one capture.</param>
    internal DropwatchDecoder(TracePools pools)
        : base(pools)
    {
    }

    /// <summary>Whether the text has times: only packet mode does. Its first drop decides.</summary>
    /// <param name="head">The text's beginning.</param>
    public static bool HasTimes(ReadOnlySpan<byte> head)
    {
        foreach (Range line in head.Split((byte)'\n'))
        {
            if (DropwatchLine.TryParse(head[line], out DropwatchLine read))
                return read.Drops == 0;
        }

        return false;
    }

    /// <summary>Whether it holds only quote marks and a line's number.</summary>
    internal static bool IsEmpty(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Marks);

    /// <summary>Whether it is one of dropwatch's own messages.</summary>
    internal static bool IsOfTheProgram(ReadOnlySpan<byte> text)
    {
        foreach (byte[] words in OfProgram)
        {
            if (text.IndexOf(words) >= 0)
                return true;
        }

        return false;
    }

    private protected override int TakeFrames(ReadOnlySpan<byte> bytes) => 0;

    private protected override bool TryAddFrame(in RawRecord record) => false;

    private protected override void End()
    {
        FinishPacket();
        AddWaiting(0);
    }

    private protected override LineKind Interpret(ReadOnlySpan<byte> text, out int glued)
    {
        glued = -1;
        if (DropwatchLine.TryParse(text, out DropwatchLine read))
            return Interpret(read);
        if (DropwatchAttribute.TryParse(text, out DropwatchAttribute attribute))
            return Interpret(attribute);
        FinishPacket();
        return IsEmpty(text) || IsOfTheProgram(text) ? LineKind.Comment : LineKind.UnparsedHeader;
    }

    private LineKind Interpret(in DropwatchLine read)
    {
        FinishPacket();
        int count = (int)Math.Max(1, read.Drops);
        if (read.Drops < 0 || _drops + count > MostDrops)
            return LineKind.UnparsedArguments;
        _isPacketMode ??= read.Drops == 0;
        if (_isPacketMode != (read.Drops == 0))
            ForeignLine ??= Line; // one mode has times, the other has none
        _drops += count;
        var drop = new DropEvent
        {
            Cpu = null,
            Count = count,
            RawLine = Line,
            Timestamp = Line,
            Pid = null,
            Comm = null,
            Event = read.IsHardware ? "devlink_trap" : "kfree_skb",
            Location = read.IsHardware || read.Place == DropwatchLine.Nowhere ? null : Pools.Locations.Get(Encoding.UTF8.GetBytes(read.Place)),
            Reason = read.IsHardware ? new DropReason(read.Place, null, "devlink") : null,
        };
        if (read.Drops == 0)
            _packet = drop;
        else
            Add(drop, isTime: false);
        return LineKind.Event;
    }

    private LineKind Interpret(in DropwatchAttribute attribute)
    {
        if (attribute.Kind == DropwatchAttributeKind.Lost)
        {
            if (attribute.Number == 0)
                return LineKind.Comment;
            Batch.Losses.Add(new LossEvent(LossEvent.AllCpus, Line, null, attribute.Number));
            return LineKind.Loss;
        }

        if (_packet is not { } packet)
            return LineKind.UnparsedHeader;
        switch (attribute.Kind)
        {
            case DropwatchAttributeKind.IfIndex:
                packet = packet with { IncomingIfIndex = (int)attribute.Number };
                break;
            case DropwatchAttributeKind.Time:
                _lastTimestamp = attribute.Number;
                break;
            case DropwatchAttributeKind.EtherType:
                packet = packet with { EtherType = (int)attribute.Number };
                break;
            case DropwatchAttributeKind.Length:
                packet = packet with { Length = (int)attribute.Number }; // the original length comes last
                break;
            case DropwatchAttributeKind.Reason:
                packet = packet with { Reason = Pools.Reasons.Get(Encoding.ASCII.GetBytes(attribute.Text)) };
                break;
        }

        _packet = packet;
        return LineKind.Comment;
    }

    // A packet without a time gets the time of the one before it; those before the first time get the first time.
    private void FinishPacket()
    {
        if (_packet is not { } packet)
            return;
        _packet = null;
        if (_lastTimestamp is not { } time)
        {
            _withoutTime.Add(packet);
            return;
        }

        AddWaiting(time);
        Add(packet with { Timestamp = time }, isTime: true);
    }

    private void AddWaiting(long time)
    {
        foreach (DropEvent waiting in _withoutTime)
            Add(waiting with { Timestamp = time }, isTime: true);
        _withoutTime.Clear();
    }

    private void Add(in DropEvent drop, bool isTime)
    {
        FirstTimestamp ??= isTime ? drop.Timestamp : 0; // lines count from the text's beginning
        Batch.Drops.Add(drop);
    }
}
