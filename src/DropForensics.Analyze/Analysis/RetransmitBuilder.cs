using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Analysis;

/// <summary>Finds for each segment that TCP sent again whether a packet of its connection was dropped here before. Runs only where such events were recorded.</summary>
/// <param name="connection">Of the capture.</param>
internal sealed class RetransmitBuilder(SqliteConnection connection)
{
    private const int Tcp = 6, Ipv4 = 0x800, Ipv6 = 0x86dd;

    // perf writes the system before the name.
    private const string Kinds = "'tcp_retransmit_skb', 'tcp_retransmit_synack', 'tcp:tcp_retransmit_skb', 'tcp:tcp_retransmit_synack'";

    // Of copies of what had arrived: they come because something is sent again, and are not why.
    private const string OfCopies = "'TCP_OLD_DATA', 'TCP_OLD_SEQUENCE', 'TCP_OLD_ACK', 'TCP_OFOMERGE', 'TCP_OFO_DROP', 'TCP_RFC7323_PAWS_ACK'";

    private readonly Dictionary<ConnectionEnds, Connection> _connections = [];
    private readonly Dictionary<long, Connection> _byFlow = [];

    /// <param name="siteOf">What is known of a site by its id.</param>
    /// <param name="reasonOf">The name of a reason by its id; null where none was given.</param>
    /// <returns>Null if nothing was sent again, or nobody looked.</returns>
    public RetransmitFacts? Build(Func<long, string?> siteOf, Func<long, string?> reasonOf)
    {
        long all = 0;
        SqlRows.Read(connection, $"SELECT count(*) FROM other_event WHERE kind_id IN (SELECT id FROM event_kind WHERE name IN ({Kinds}))", row => all = SqlRows.Number(row, 0) ?? 0);
        if (all == 0) return null;
        SqlRows.Read(
            connection,
            $"""
            SELECT f.src, f.sport, f.dst, f.dport, o.t_ns FROM other_event o JOIN flow f ON f.id = o.flow_id
             WHERE o.kind_id IN (SELECT id FROM event_kind WHERE name IN ({Kinds})) ORDER BY o.t_ns
            """,
            row => Of(ConnectionEnds.Of(SqlRows.Text(row, 0), SqlRows.Number(row, 1), SqlRows.Text(row, 2), SqlRows.Number(row, 3))).Retransmits.Add(SqlRows.Number(row, 4) ?? 0));

        bool hasFlows = false, hidesFlows = false;
        SqlRows.Read(
            connection,
            $"""
            SELECT id, coalesce(inner_src, src), coalesce(inner_sport, sport), coalesce(inner_dst, dst), coalesce(inner_dport, dport) FROM flow
             WHERE coalesce(inner_ip_protocol, ip_protocol) = {Tcp}
            """,
            row =>
            {
                if (_connections.TryGetValue(ConnectionEnds.Of(SqlRows.Text(row, 1), SqlRows.Number(row, 2), SqlRows.Text(row, 3), SqlRows.Number(row, 4)), out Connection? known))
                    _byFlow[SqlRows.Number(row, 0) ?? 0] = known;
            });
        DirectRows.ReadNumbers(
            connection,
            $"""
            SELECT t_ns, ifnull(flow_id, 0), ifnull(reason_id, {DropPass.NotGiven}), site_id, ifnull(ethertype, {Ipv4}) FROM drop_event
             WHERE reason_id IS NULL OR reason_id NOT IN (SELECT id FROM reason WHERE name IN ({OfCopies}))
            """,
            row =>
            {
                hasFlows |= row[1] > 0;
                hidesFlows |= row[1] == 0 && row[4] is Ipv4 or Ipv6;
                if (_byFlow.TryGetValue(row[1], out Connection? known)) known.Drops.Add(new Drop(row[0], row[2], row[3]));
            });
        return Joined(all, (hasFlows || !hidesFlows) && _connections.Count > 0, siteOf, reasonOf);
    }

    private RetransmitFacts Joined(long all, bool areComparable, Func<long, string?> siteOf, Func<long, string?> reasonOf)
    {
        long after = 0, followed = 0;
        Dictionary<(string?, string?), long> by = [];
        foreach (Connection each in _connections.Values)
        {
            each.Drops.Sort((one, other) => one.TNs.CompareTo(other.TNs));
            int next = 0; // the first drop after the retransmit before
            long before = long.MinValue / 2;
            bool follows = false;
            Drop? last = null;
            foreach (long retransmit in each.Retransmits)
            {
                bool isFirst = before < retransmit - RetransmitFacts.LongestNs;
                long from = isFirst ? retransmit - RetransmitFacts.FirstNs : Math.Min(before, retransmit - RetransmitFacts.WithinNs);
                for (; next < each.Drops.Count && each.Drops[next].TNs <= retransmit; next++)
                {
                    last = each.Drops[next];
                    if (last.TNs >= from) followed++;
                }

                // What was lost together is sent again one after the other, long after the drops if the first had to wait.
                follows = last is not null && (last.TNs >= from || (follows && before >= retransmit - RetransmitFacts.WithinNs));
                before = retransmit;
                if (!follows || last is null) continue;
                after++;
                (string?, string?) cause = (siteOf(last.Site), reasonOf(last.Reason));
                by[cause] = by.GetValueOrDefault(cause) + 1;
            }
        }

        return new RetransmitFacts(
            all, after, followed, _connections.Values.Sum(each => (long)each.Drops.Count),
            [.. by.Select(cause => new RetransmitCause(cause.Key.Item1, cause.Key.Item2, cause.Value)).OrderByDescending(cause => cause.Retransmits).ThenBy(cause => cause.Function, StringComparer.Ordinal)],
            areComparable);
    }

    private Connection Of(ConnectionEnds ends)
    {
        if (!_connections.TryGetValue(ends, out Connection? known)) _connections.Add(ends, known = new Connection());
        return known;
    }

    private sealed class Connection
    {
        public List<long> Retransmits { get; } = [];

        public List<Drop> Drops { get; } = [];
    }

    private sealed record Drop(long TNs, long Reason, long Site);
}
