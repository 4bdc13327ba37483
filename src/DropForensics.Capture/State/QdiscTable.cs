using System.Buffers.Binary;
using System.Globalization;
using DropForensics.Capture.Network;

namespace DropForensics.Capture.State;

/// <summary>A queueing discipline with its counters (struct tcmsg, include/uapi/linux/rtnetlink.h; pkt_sched.h; gen_stats.h).</summary>
/// <param name="IfIndex">Of its interface.</param>
/// <param name="Handle">Its own.</param>
/// <param name="Parent">The class it hangs on; root is 4294967295.</param>
internal sealed record Qdisc(int IfIndex, uint Handle, uint Parent)
{
    public string Kind { get; init; } = "";
    public ulong? SentBytes { get; init; }
    public uint? SentPackets { get; init; }
    public uint? QueueLength { get; init; }
    public uint? Backlog { get; init; }
    public uint? Drops { get; init; }
    public uint? Requeues { get; init; }
    public uint? Overlimits { get; init; }

    /// <summary>How much it holds, where its kind is known here: packets, and of bfifo and tbf bytes.</summary>
    public uint? Limit { get; init; }

    /// <summary>From the body of an RTM_NEWQDISC message; null where it is too short for one.</summary>
    public static Qdisc? TryParse(ReadOnlySpan<byte> body)
    {
        const int TcMsgSize = 20;
        if (body.Length < TcMsgSize) return null;
        var qdisc = new Qdisc(
            BinaryPrimitives.ReadInt32LittleEndian(body[4..]), BinaryPrimitives.ReadUInt32LittleEndian(body[8..]), BinaryPrimitives.ReadUInt32LittleEndian(body[12..]));
        for (var rest = body[TcMsgSize..]; RouteNetlink.NextAttribute(ref rest, out var type, out var value);)
        {
            qdisc = type switch
            {
                1 => qdisc with { Kind = RouteNetlink.Text(value) },
                2 => qdisc with { Limit = LimitOf(qdisc.Kind, value) },   // the kind comes before its options
                7 => qdisc.WithStatistics(value),
                _ => qdisc,
            };
        }

        return qdisc;
    }

    private Qdisc WithStatistics(ReadOnlySpan<byte> statistics)
    {
        const int Basic = 1, Queue = 3, QueueSize = 20;
        var qdisc = this;
        while (RouteNetlink.NextAttribute(ref statistics, out var type, out var value))
        {
            if (type == Basic && value.Length >= 12)
                qdisc = qdisc with { SentBytes = BinaryPrimitives.ReadUInt64LittleEndian(value), SentPackets = At(value, 8) };
            if (type == Queue && value.Length >= QueueSize)
                qdisc = qdisc with { QueueLength = At(value, 0), Backlog = At(value, 4), Drops = At(value, 8), Requeues = At(value, 12), Overlimits = At(value, 16) };
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
        while (RouteNetlink.NextAttribute(ref options, out var type, out var value))
        {
            if (type == wanted) return At(value, offset);
        }

        return null;
    }

    private static uint? At(ReadOnlySpan<byte> bytes, int offset) =>
        bytes.Length >= offset + 4 ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[offset..]) : null;
}

/// <summary>The file <c>qdiscs.tsv</c> of the network namespace that the calling thread is in.</summary>
internal static class QdiscTable
{
    private const ushort GetQdisc = 38;
    private const int MostRows = 4_000, MostBytes = 128 * 1024;
    private const uint Root = uint.MaxValue, Ingress = 0xfffffff1;

    /// <exception cref="IOException">The kernel would not answer: it may have no queueing disciplines at all.</exception>
    public static byte[] Read(IReadOnlyDictionary<int, string> names)
    {
        Span<byte> request = stackalloc byte[20];
        request.Clear();
        var dump = NetlinkDump<Qdisc>.Read(RouteNetlink.Route, GetQdisc, request, MostRows, Qdisc.TryParse);
        var table = new TsvTable(MostBytes, "interface", "kind", "handle", "parent", "limit", "sent", "bytes", "drops", "overlimits", "requeues", "qlen", "backlog");
        foreach (var qdisc in dump.Rows)
        {
            table.Add(
                names.GetValueOrDefault(qdisc.IfIndex) ?? $"index {qdisc.IfIndex}", qdisc.Kind, Handle(qdisc.Handle), Handle(qdisc.Parent), Text(qdisc.Limit), Text(qdisc.SentPackets),
                qdisc.SentBytes?.ToString(CultureInfo.InvariantCulture), Text(qdisc.Drops), Text(qdisc.Overlimits), Text(qdisc.Requeues), Text(qdisc.QueueLength), Text(qdisc.Backlog));
        }

        if (dump.IsCut) table.Remark($"more than the {MostRows} that are listed here");
        if (!dump.IsConsistent) table.Remark("it changed each time it was listed");
        return table.Bytes();
    }

    private static string Handle(uint handle) => handle switch { Root => "root", Ingress => "ingress", _ => $"{handle >> 16:x}:{(handle & 0xffff) switch { 0 => "", var minor => $"{minor:x}" }}" };

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);
}
