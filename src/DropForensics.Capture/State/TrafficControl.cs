using System.Buffers.Binary;
using System.Globalization;
using DropForensics.Capture.Network;
using DropForensics.Capture.Rules;

namespace DropForensics.Capture.State;

/// <summary>The tables of traffic control of the network namespace that the calling thread is in: queueing disciplines, their classes, and filters.</summary>
/// <param name="names">Of interfaces, by index.</param>
internal sealed class TrafficControl(IReadOnlyDictionary<int, string> names)
{
    private const ushort GetQdisc = 38, GetClass = 42, GetFilter = 46;
    private const int MostRows = 4_000, MostBytes = 128 * 1024;

    /// <summary>The kernel is asked once for each place that may have filters, and once for each interface with classes.</summary>
    private const int MostAsked = 1_000;

    // TC_H_… (include/uapi/linux/pkt_sched.h)
    private const uint Root = 0xffffffff, IngressQdisc = 0xfffffff1, Ingress = 0xfffffff2, Egress = 0xfffffff3;

    // Those whose classes their users made. Classes of others are queues of a card, which have disciplines of their own, or flows, which come and go.
    private static readonly string[] WithClasses = ["htb", "hfsc", "drr", "qfq", "ets", "prio", "cbq"];

    private IReadOnlyList<Qdisc> _qdiscs = [];

    /// <summary>The file <c>qdiscs.tsv</c>; the other two are read from what it lists.</summary>
    /// <exception cref="IOException">The kernel would not answer: it may have no queueing disciplines at all.</exception>
    public byte[] Qdiscs()
    {
        var dump = NetlinkDump<Qdisc>.Read(RouteNetlink.Route, GetQdisc, Request(0, 0), MostRows, Qdisc.TryParse);
        _qdiscs = dump.Rows;
        TsvTable table = QdiscColumns();
        foreach (Qdisc qdisc in dump.Rows) Add(table, qdisc);
        Remark(table, dump.IsCut, dump.IsConsistent);
        return table.Bytes();
    }

    /// <summary>The file <c>classes.tsv</c>, with the columns of <c>qdiscs.tsv</c>; null where there are none.</summary>
    /// <exception cref="IOException">The kernel would not answer.</exception>
    public byte[]? Classes()
    {
        TsvTable table = QdiscColumns();
        var interfaces = _qdiscs.Where(qdisc => WithClasses.Contains(qdisc.Kind)).Select(qdisc => qdisc.IfIndex).Distinct().ToList();
        int asked = 0;
        foreach (int ifindex in interfaces.Take(MostAsked))
        {
            if (table.IsFull) break;
            asked++;
            var dump = NetlinkDump<Qdisc>.Read(RouteNetlink.Route, GetClass, Request(ifindex, 0), MostRows, Qdisc.TryParse);
            foreach (Qdisc? each in dump.Rows.Where(row => WithClasses.Contains(row.Kind))) Add(table, each);
            Remark(table, dump.IsCut, dump.IsConsistent);
        }

        Remark(table, interfaces.Count - asked, "interfaces");
        return table.Rows == 0 ? null : table.Bytes();
    }

    /// <summary>The file <c>filters.tsv</c>, a row for each action of a filter; null where there are none.</summary>
    /// <exception cref="IOException">The kernel would not answer.</exception>
    public byte[]? Filters()
    {
        var table = new TsvTable(
            MostBytes, "interface", "parent", "priority", "protocol", "chain", "kind", "handle", "what", "action", "index", "verdict", "packets", "bytes", "drops");
        var places = _qdiscs.SelectMany(Places).Distinct().ToList();
        int asked = 0;
        foreach ((int ifindex, uint parent) in places.Take(MostAsked))
        {
            if (table.IsFull) break;
            asked++;
            var dump = NetlinkDump<TcFilter>.Read(RouteNetlink.Route, GetFilter, Request(ifindex, parent), MostRows, TcFilter.TryParse);
            foreach (TcFilter filter in dump.Rows)
            {
                foreach (TcAction? action in filter.Actions.DefaultIfEmpty()) Add(table, ifindex, parent, filter, action);
            }

            Remark(table, dump.IsCut, dump.IsConsistent);
        }

        Remark(table, places.Count - asked, "places");
        return table.Rows == 0 ? null : table.Bytes();
    }

    // One without a handle has neither classes nor filters.
    private static IEnumerable<(int IfIndex, uint Parent)> Places(Qdisc qdisc) => qdisc switch
    {
        { Kind: "clsact" } => [(qdisc.IfIndex, Ingress), (qdisc.IfIndex, Egress)],
        { Kind: "ingress" } => [(qdisc.IfIndex, Ingress)],
        { Handle: > 0 } => [(qdisc.IfIndex, qdisc.Handle)],
        _ => [],
    };

    private void Add(TsvTable table, int ifindex, uint parent, TcFilter filter, TcAction? action) => table.Add(
        NameOf(ifindex), Handle(parent), Text(filter.Priority), filter.ProtocolName, Text(filter.Chain), filter.Kind, $"0x{filter.Handle:x}", filter.What, action?.Kind, Text(action?.Index),
        action?.Verdict ?? (filter.IsDecidedByProgram ? "by the program" : null), Number(action?.Counts.Packets), Number(action?.Counts.Bytes), Text(action?.Counts.Drops));

    private static TsvTable QdiscColumns() =>
        new(MostBytes, "interface", "kind", "handle", "parent", "limit", "sent", "bytes", "drops", "overlimits", "requeues", "qlen", "backlog", "loss");

    private void Add(TsvTable table, Qdisc qdisc) => table.Add(
        NameOf(qdisc.IfIndex), qdisc.Kind, Handle(qdisc.Handle), Handle(qdisc.Parent), Text(qdisc.Limit), Number(qdisc.Counts.Packets), Number(qdisc.Counts.Bytes), Text(qdisc.Counts.Drops),
        Text(qdisc.Counts.Overlimits), Text(qdisc.Counts.Requeues), Text(qdisc.Counts.QueueLength), Text(qdisc.Counts.Backlog), Percent(qdisc.Loss));

    private static void Remark(TsvTable table, bool isCut, bool isConsistent)
    {
        if (isCut) table.Remark($"more than the {MostRows} that are listed here");
        if (!isConsistent) table.Remark("it changed each time it was listed");
    }

    private static void Remark(TsvTable table, int left, string what)
    {
        if (left > 0) table.Remark($"{left} more {what} were not asked about");
    }

    // struct tcmsg
    private static byte[] Request(int ifindex, uint parent)
    {
        byte[] request = new byte[20];
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(4), ifindex);
        BinaryPrimitives.WriteUInt32LittleEndian(request.AsSpan(12), parent);
        return request;
    }

    private string NameOf(int ifindex) => names.GetValueOrDefault(ifindex) ?? $"index {ifindex}";

    private static string Handle(uint handle) => handle switch
    {
        Root => "root",
        IngressQdisc or Ingress => "ingress",
        Egress => "egress",
        _ => $"{handle >> 16:x}:{(handle & 0xffff) switch { 0 => "", var minor => $"{minor:x}" }}",
    };

    // A whole of 2^32 - 1 is 100 %.
    private static string? Percent(uint? share) => share is { } part ? (100.0 * part / uint.MaxValue).ToString("0.###", CultureInfo.InvariantCulture) : null;

    private static string? Text(long? number) => number?.ToString(CultureInfo.InvariantCulture);

    private static string? Number(ulong? number) => number?.ToString(CultureInfo.InvariantCulture);
}
