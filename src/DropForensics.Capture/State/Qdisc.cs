using System.Buffers.Binary;
using DropForensics.Capture.Network;
using DropForensics.Capture.Rules;

namespace DropForensics.Capture.State;

/// <summary>A queueing discipline with its counters, or one of its classes (struct tcmsg, include/uapi/linux/rtnetlink.h; pkt_sched.h).</summary>
/// <param name="IfIndex">Of its interface.</param>
/// <param name="Handle">Its own.</param>
/// <param name="Parent">The class it hangs on; root is 4294967295.</param>
internal sealed record Qdisc(int IfIndex, uint Handle, uint Parent)
{
    public string Kind { get; init; } = "";
    public TcStatistics Counts { get; init; } = TcStatistics.None;

    /// <summary>How much it holds, where its kind is known here: packets, and of bfifo and tbf bytes.</summary>
    public uint? Limit { get; init; }

    /// <summary>Of netem that loses packets at random: the share of 2^32 that it loses.</summary>
    public uint? Loss { get; init; }

    /// <summary>From the body of an RTM_NEWQDISC or RTM_NEWTCLASS message; null where it is too short for one.</summary>
    public static Qdisc? TryParse(ReadOnlySpan<byte> body)
    {
        const int TcMsgSize = 20;
        if (body.Length < TcMsgSize) return null;
        var qdisc = new Qdisc(
            BinaryPrimitives.ReadInt32LittleEndian(body[4..]), BinaryPrimitives.ReadUInt32LittleEndian(body[8..]), BinaryPrimitives.ReadUInt32LittleEndian(body[12..]));
        for (ReadOnlySpan<byte> rest = body[TcMsgSize..]; RouteNetlink.NextAttribute(ref rest, out int type, out ReadOnlySpan<byte> value);)
        {
            qdisc = type switch
            {
                1 => qdisc with { Kind = RouteNetlink.Text(value) },
                2 => qdisc with { Limit = LimitOf(qdisc.Kind, value), Loss = qdisc.Kind == "netem" && At(value, 8) is > 0 and var loss ? loss : null },   // the kind comes before its options
                7 => qdisc with { Counts = TcStatistics.Parse(value) },
                _ => qdisc,
            };
        }

        return qdisc;
    }

    private static uint? LimitOf(string kind, ReadOnlySpan<byte> options)
    {
        switch (kind)
        {
            case "pfifo" or "bfifo" or "pfifo_head_drop": return At(options, 0);
            case "netem": return At(options, 4);
            case "sfq": return At(options, 8);
            case "tbf": return At(options, 1, 24);
            case "fq_codel" or "codel" or "pie": return At(options, 2, 0);
            case "fq": return At(options, 1, 0);
            default: return null;
        }
    }

    private static uint? At(ReadOnlySpan<byte> options, int wanted, int offset)
    {
        while (RouteNetlink.NextAttribute(ref options, out int type, out ReadOnlySpan<byte> value))
        {
            if (type == wanted) return At(value, offset);
        }

        return null;
    }

    private static uint? At(ReadOnlySpan<byte> bytes, int offset) =>
        bytes.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]) : null;
}
