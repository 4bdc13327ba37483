using System.Globalization;
using System.Text;
using DropForensics.Core.Lines;
using DropForensics.Core.Model;
using DropForensics.Core.Text;

namespace DropForensics.Core.Decoding;

/// <summary>
/// Decodes what dropwatch prints: a line that counts drops of a place, or a paragraph for each packet. Neither names a CPU or a task, and the counts
/// have no time: the number of the line stands for it.
/// </summary>
public sealed class DropwatchDecoder : DropDecoder
{
    // Made by hand, a few lines could ask for more rows than a disk can hold.
    private const long MostDrops = 20_000_000;

    private long _drops;
    private long _lastTimestamp;
    private bool? _hasTimes;
    private DropEvent? _packet;

    /// <param name="pools">Of all streams of one capture.</param>
    internal DropwatchDecoder(TracePools pools)
        : base(pools)
    {
    }

    /// <summary>Whether the text tells when packets were dropped: only packet mode does. Its first drop decides.</summary>
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

    private protected override int TakeFrames(ReadOnlySpan<byte> bytes) => 0;

    private protected override bool TryAddFrame(in RawRecord record) => false;

    private protected override void End() => FinishPacket();

    private protected override LineKind Interpret(ReadOnlySpan<byte> text, out int glued)
    {
        glued = -1;
        if (DropwatchLine.TryParse(text, out DropwatchLine read))
            return Interpret(read);
        if (_packet is not null && TryReadAttribute(text))
            return LineKind.Comment;
        FinishPacket();
        return TraceText.SkipBlanks(text).IsEmpty || IsOfTheProgram(text) ? LineKind.Comment : LineKind.UnparsedHeader;
    }

    private LineKind Interpret(in DropwatchLine read)
    {
        FinishPacket();
        int count = (int)Math.Max(1, read.Drops);
        if (read.Drops < 0 || _drops + count > MostDrops)
            return LineKind.UnparsedArguments;
        _drops += count;
        _hasTimes ??= read.Drops == 0;
        var drop = new DropEvent
        {
            Cpu = null,
            Count = count,
            RawLine = Line,
            Timestamp = _hasTimes == true ? _lastTimestamp : Line,
            Pid = null,
            Comm = null,
            Event = read.IsHardware ? "devlink_trap" : "kfree_skb",
            Location = read.IsHardware || read.Place == DropwatchLine.Nowhere ? null : read.Place,
            Reason = read.IsHardware ? new DropReason(read.Place, null, "devlink") : null,
        };
        if (read.Drops == 0)
            _packet = drop;
        else
            Add(drop);
        return LineKind.Event;
    }

    // "timestamp: Thu Dec 22 13:14:21 2022 005165840 nsec", "protocol: 0x800"
    private bool TryReadAttribute(ReadOnlySpan<byte> text)
    {
        int colon = text.IndexOf(": "u8);
        if (_packet is not { } packet || colon <= 0 || text[..colon].ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return false;
        ReadOnlySpan<byte> name = text[..colon].Trim((byte)' '), value = text[(colon + 2)..].Trim((byte)' ');
        if (name.EndsWith("input port ifindex"u8) && AsciiNumber.TryDecimal(value, out ulong ifIndex) && ifIndex <= int.MaxValue)
            packet = packet with { IncomingIfIndex = (int)ifIndex };
        else if (name.EndsWith("timestamp"u8) && TryTime(TraceText.Of(value), out long ns))
            packet = packet with { Timestamp = _hasTimes == true ? _lastTimestamp = ns : packet.Timestamp };
        else if (name.EndsWith("protocol"u8) && value.StartsWith("0x"u8) && AsciiNumber.TryHex(value[2..], out ulong etherType) && etherType <= ushort.MaxValue)
            packet = packet with { EtherType = (int)etherType };
        else if (name.EndsWith("length"u8) && AsciiNumber.TryDecimal(value, out ulong length) && length <= int.MaxValue)
            packet = packet with { Length = (int)length }; // the original length comes last
        else if (name.EndsWith("drop reason"u8) && !value.IsEmpty)
            packet = packet with { Reason = Pools.Reasons.Get(value) };
        _packet = packet;
        return true;
    }

    // The kernel's, in UTC.
    private static bool TryTime(string text, out long ns)
    {
        ns = 0;
        string[] parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 6 || !long.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out long fraction) || fraction is < 0 or > 999_999_999)
            return false;
        bool isTime = DateTime.TryParseExact(
            string.Join(' ', parts[1..5]), "MMM d HH:mm:ss yyyy", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTime time);
        long seconds = isTime ? (long)(time - DateTime.UnixEpoch).TotalSeconds : -1;
        if (seconds is < 0 or > 9_000_000_000)
            return false;
        ns = (seconds * 1_000_000_000) + fraction;
        return true;
    }

    private void FinishPacket()
    {
        if (_packet is { } packet)
            Add(packet);
        _packet = null;
    }

    private void Add(in DropEvent drop)
    {
        FirstTimestamp ??= _hasTimes == true ? drop.Timestamp : 0; // lines count from the text's beginning
        Batch.Drops.Add(drop with { Location = drop.Location is { } location ? Pools.Locations.Get(Encoding.UTF8.GetBytes(location)) : null });
    }

    // What it says to the person who started it.
    private static bool IsOfTheProgram(ReadOnlySpan<byte> text) =>
        text.IndexOf("dropwatch>"u8) >= 0 || text.IndexOf("Initializing "u8) >= 0 || text.IndexOf("Enabling monitoring"u8) >= 0
        || text.IndexOf("monitoring activated"u8) >= 0 || text.IndexOf("Issue Ctrl-C"u8) >= 0 || text.IndexOf("Got a stop message"u8) >= 0
        || text.IndexOf("Disabling monitoring"u8) >= 0 || text.IndexOf("Waiting for "u8) >= 0 || text.IndexOf("Shutting down"u8) >= 0
        || text.IndexOf("Setting "u8) >= 0 || text.IndexOf("Alert "u8) >= 0;
}
