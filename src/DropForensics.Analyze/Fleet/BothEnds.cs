using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Selection;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Fleet;

/// <summary>
/// Joins what one host sent, or sent again, with drops of the same connection on another: by addresses, ports and protocol in either direction, because a
/// lost acknowledgement makes the sender repeat itself as well, and by time.
/// </summary>
internal static class BothEnds
{
    /// <summary>Clocks of two hosts are taken to agree to a second, beside the steps that their captures show.</summary>
    public const long DoubtNs = 1_000_000_000;

    // Connections of one capture, those with the most events.
    private const int MostConnections = 20_000;

    private const string Ends = "coalesce(f.inner_src, f.src), coalesce(f.inner_sport, f.sport), coalesce(f.inner_dst, f.dst), coalesce(f.inner_dport, f.dport), coalesce(f.inner_ip_protocol, f.ip_protocol)";

    /// <summary>What a host sent, as far as other events than drops show; empty of a redacted capture, whose addresses are its own tokens, or without the time of day.</summary>
    public static IReadOnlyList<SentSegments> SentIn(CaptureReader capture, CaptureFacts facts)
    {
        List<SentSegments> sent = [];
        if (facts.Capture.Redacted is not null || facts.OtherEvents.Count == 0) return sent;
        var clock = new HostClock(new CaptureQueries(capture.Connection).Clock(), facts.Capture);
        SqlRows.Read(
            capture.Connection,
            $"""
            SELECT {Ends}, k.name, count(*), min(o.t_ns), max(o.t_ns)
              FROM other_event o JOIN event_kind k ON k.id = o.kind_id JOIN flow f ON f.id = o.flow_id
             WHERE k.name LIKE '%retransmit%' OR k.name LIKE '%send%' OR k.name LIKE '%xmit%' OR k.name LIKE '%net_dev_queue'
             GROUP BY o.flow_id, k.id ORDER BY count(*) DESC LIMIT {MostConnections}
            """,
            row =>
            {
                if (Connection.Of(SqlRows.Text(row, 0), SqlRows.Number(row, 1), SqlRows.Text(row, 2), SqlRows.Number(row, 3), SqlRows.Number(row, 4)) is not { } connection) return;
                if (clock.RealNs(SqlRows.Number(row, 7) ?? 0) is { } first && clock.RealNs(SqlRows.Number(row, 8) ?? 0) is { } last)
                    sent.Add(new SentSegments(connection, Visible.Text(SqlRows.Text(row, 5) ?? ""), SqlRows.Number(row, 6) ?? 0, first, last));
            });
        return sent;
    }

    /// <summary>All joins, the most drops first. Reads those captures again that have flows: only then is known which to look for.</summary>
    /// <param name="filter">As the captures were read.</param>
    /// <param name="begin">Told how many captures are read again.</param>
    /// <exception cref="Core.UserError">A file changed meanwhile.</exception>
    public static IReadOnlyList<JoinedFlow> Find(IReadOnlyList<FleetCapture> captures, string? filter, Action<int> begin, CancellationToken stop)
    {
        ILookup<Connection, (FleetCapture Capture, SentSegments Segments)> sent = captures.SelectMany(each => each.Sent, (capture, segments) => (capture, segments)).ToLookup(each => each.segments.Connection);
        if (sent.Count == 0) return [];
        List<FleetCapture> others = [.. captures.Where(each => each.HasFlows && captures.Any(other => !IsSameHost(other, each) && other.Sent.Count > 0))];
        begin(others.Count);
        List<JoinedFlow> joined = [];
        FleetReader.OnAllCores([.. others.Select(each => each.Path)], (i, path) =>
        {
            List<JoinedFlow> found = Find(others[i], path, filter, sent, stop);
            lock (joined) joined.AddRange(found);
        }, stop);
        return [.. joined.OrderByDescending(each => each.Drops).ThenBy(each => each.At.Name, StringComparer.Ordinal).ThenBy(each => each.From.Name, StringComparer.Ordinal).ThenBy(each => each.Connection.Text, StringComparer.Ordinal)];
    }

    private static bool IsSameHost(FleetCapture one, FleetCapture other) => ReferenceEquals(one, other) || (one.Host is not null && one.Host == other.Host);

    private static List<JoinedFlow> Find(
        FleetCapture at, string path, string? filter, ILookup<Connection, (FleetCapture Capture, SentSegments Segments)> sent, CancellationToken stop)
    {
        List<JoinedFlow> found = [];
        using CaptureReader capture = AnyCapture.Open(path, stop);
        DropSelection.Apply(capture, filter, stop, null);
        Dictionary<long, Connection> known = [];
        SqlRows.Read(capture.Connection, $"SELECT {Ends}, f.id FROM flow f", row =>
        {
            if (Connection.Of(SqlRows.Text(row, 0), SqlRows.Number(row, 1), SqlRows.Text(row, 2), SqlRows.Number(row, 3), SqlRows.Number(row, 4)) is { } connection
                && sent[connection].Any(each => !IsSameHost(each.Capture, at))) known[SqlRows.Number(row, 5) ?? 0] = connection;
        });
        if (known.Count == 0) return found;
        var queries = new CaptureQueries(capture.Connection);
        var clock = new HostClock(queries.Clock(), queries.Capture());
        List<(Connection Connection, string? Reason, string? Function, long Drops, long First, long Last)> drops = [];
        SqlRows.Read(
            capture.Connection,
            """
            SELECT d.flow_id, r.name, s.function, count(*), min(d.t_ns), max(d.t_ns)
              FROM drop_event d LEFT JOIN reason r ON r.id = d.reason_id JOIN site s ON s.id = d.site_id
             WHERE d.flow_id IS NOT NULL GROUP BY d.flow_id, r.name, s.function
            """,
            row =>
            {
                if (known.TryGetValue(SqlRows.Number(row, 0) ?? 0, out Connection? connection) && clock.RealNs(SqlRows.Number(row, 4) ?? 0) is { } first && clock.RealNs(SqlRows.Number(row, 5) ?? 0) is { } last)
                    drops.Add((connection, SqlRows.Text(row, 1), SqlRows.Text(row, 2), SqlRows.Number(row, 3) ?? 0, first, last));
            });
        foreach (IGrouping<(Connection Connection, string? Reason, string? Function), (Connection Connection, string? Reason, string? Function, long Drops, long First, long Last)> each in drops.GroupBy(drop => (drop.Connection, drop.Reason, drop.Function)))
        {
            long first = each.Min(drop => drop.First), last = each.Max(drop => drop.Last);
            foreach ((FleetCapture from, SentSegments segments) in sent[each.Key.Connection])
            {
                // What was lost is sent again up to 1.2 s later, if the connection was idle before.
                long doubt = DoubtNs + (from.ClockSteppedNs ?? 0) + (at.ClockSteppedNs ?? 0);
                if (IsSameHost(from, at) || segments.FirstNs > last + RetransmitFacts.FirstNs + doubt || segments.LastNs < first - doubt) continue;
                found.Add(new JoinedFlow(
                    from, at, each.Key.Connection, segments.Kind, segments.Events, each.Sum(drop => drop.Drops),
                    each.Key.Reason is { } reason ? Visible.Text(reason) : null, each.Key.Function is { } function ? Visible.Text(function) : null, first, segments.FirstNs));
            }
        }

        return found;
    }
}

/// <summary>Two ends and a protocol, the same in both directions.</summary>
/// <param name="Text"><c>10.0.0.1:40000 ↔ 10.0.0.2:443, TCP</c></param>
public sealed record Connection(string Text)
{
    /// <summary>Null where an end is unknown, or its address is that of others elsewhere: a loopback, a link-local one, a broadcast.</summary>
    public static Connection? Of(string? src, long? sport, string? dst, long? dport, long? protocol)
    {
        if (src is null || dst is null || sport is null || dport is null || protocol is null || src == dst || IsOfManyHosts(src) || IsOfManyHosts(dst)) return null;
        (string one, string other) = (End(src, sport.Value), End(dst, dport.Value));
        (one, other) = string.CompareOrdinal(one, other) <= 0 ? (one, other) : (other, one);
        return new Connection(Visible.Text($"{one} ↔ {other}, {Protocols.Name(0x800, (int)protocol.Value)}"));
    }

    private static bool IsOfManyHosts(string address) =>
        address is "::1" or "0.0.0.0" or "::" or "255.255.255.255" || Array.Exists((string[])["127.", "169.254.", "fe80:", "ff"], each => address.StartsWith(each, StringComparison.OrdinalIgnoreCase));

    private static string End(string address, long port) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
}

/// <summary>Segments of a connection that a host sent, by the events of its capture.</summary>
/// <param name="Kind">The event: <c>tcp_retransmit_skb</c>.</param>
/// <param name="FirstNs">UTC in ns since 1970, by the host's clock.</param>
public sealed record SentSegments(Connection Connection, string Kind, long Events, long FirstNs, long LastNs);

/// <summary>Drops on one host of a connection of which another host sent segments at that time.</summary>
/// <param name="From">The host that sent.</param>
/// <param name="At">The host that dropped.</param>
/// <param name="Kind">The event that shows it: <c>tcp_retransmit_skb</c>.</param>
/// <param name="Events">How many of them.</param>
/// <param name="FirstDropNs">UTC in ns since 1970.</param>
/// <param name="FirstSentNs">The same, by the other host's clock.</param>
public sealed record JoinedFlow(
    FleetCapture From, FleetCapture At, Connection Connection, string Kind, long Events, long Drops, string? Reason, string? Function, long FirstDropNs, long FirstSentNs);
