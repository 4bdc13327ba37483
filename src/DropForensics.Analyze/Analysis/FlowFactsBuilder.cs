using System.Runtime.InteropServices;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Analysis;

/// <summary>Gathers what the pass counted by flow and by service.</summary>
internal sealed class FlowFactsBuilder(
    DropPass pass, FlowIndex index, Func<long, FlowRow> rowOf, LinkNames names, IReadOnlyDictionary<long, ReasonRow> reasons, long drops)
{
    private readonly List<(int Flow, long Drops)> _byFlow = pass.Flows.All
        .GroupBy(f => f.Key.Flow, f => f.Value.Drops).Select(g => (g.Key, g.Sum())).OrderByDescending(f => f.Item2).ThenBy(f => f.Key).ToList();

    /// <summary>Drops of packets whose flow is known.</summary>
    public long WithFlow { get; } = pass.Services.All.Sum(s => s.Drops);

    /// <summary>How many distinct flows were counted.</summary>
    public int Distinct => _byFlow.Count;

    /// <summary>The most frequent flows; only their addresses are read from the file.</summary>
    public IReadOnlyList<FlowFacts> Flows()
    {
        ILookup<int, KeyValuePair<FlowKey, FlowTally>> tallies = Listed();
        return tallies.Select(flow => Of(rowOf(flow.Key), flow.ToList())).ToList();
    }

    /// <summary>Drops in each bin, of the flows that <see cref="Flows"/> lists and of the services listed; null where that is not known.</summary>
    public (IReadOnlyList<int[]?> Flows, IReadOnlyList<int[]?> Services) DropsInBins(IReadOnlyList<ServiceFacts> services)
    {
        ILookup<string, ServiceKey> keys = pass.Services.All.ToLookup(s => index.NameOf(s.Key.Service), s => s.Key);
        return (
            Listed().Select(flow => pass.Flows.Over(flow.Select(f => f.Value), pass.Bins)).ToList(),
            services.Select(s => pass.Services.Over(keys[s.Service])).ToList());
    }

    /// <summary>The values that <see cref="DropPass.Crossed"/> has of the flows that <see cref="Flows"/> lists, and of services.</summary>
    public (IReadOnlyList<IReadOnlyList<int>> Flows, IReadOnlyList<IReadOnlyList<int>> Services) NumbersInPass(IReadOnlyList<ServiceFacts> services)
    {
        ILookup<string, int> numbers = pass.Services.All.Select(s => s.Key.Service).Distinct().ToLookup(index.NameOf);
        return ([.. Listed().Select(flow => (IReadOnlyList<int>)[flow.Key])], [.. services.Select(s => (IReadOnlyList<int>)[.. numbers[s.Service]])]);
    }

    // In order of drops, as a lookup keeps it.
    private ILookup<int, KeyValuePair<FlowKey, FlowTally>> Listed()
    {
        Dictionary<int, int> places = _byFlow.Take(FactLimits.Flows).Select((f, i) => (f.Flow, i)).ToDictionary(f => f.Flow, f => f.i);
        return pass.Flows.All.Where(f => places.ContainsKey(f.Key.Flow)).OrderBy(f => places[f.Key.Flow]).ToLookup(f => f.Key.Flow);
    }

    /// <summary>Drops by service, at most <paramref name="most"/>, and how many there are.</summary>
    public (IReadOnlyList<ServiceFacts> Facts, int Distinct) Services(int most)
    {
        // Two services may be one to a reader: to a port within two versions of IP.
        List<ServiceFacts> all = pass.Services.All
            .GroupBy(s => index.NameOf(s.Key.Service))
            .Select(g => Of(index.Services[g.First().Key.Service], g.Key, g.Sum(s => s.Drops)))
            .OrderByDescending(s => s.Drops).ThenBy(s => s.Service, StringComparer.Ordinal)
            .ToList();
        return (all.Take(most).ToList(), all.Count);
    }

    private ServiceFacts Of(FlowService service, string name, long count) => service is { Tunnel: not null, InnerEtherType: { } inner }
        ? new(name, Protocols.Name(inner, service.InnerIpProtocol), service.InnerDestinationPort, service.Tunnel, count, Share(count))
        : new(name, Protocols.Name(service.EtherType, service.IpProtocol), service.DestinationPort, null, count, Share(count));

    private FlowFacts Of(FlowRow row, List<KeyValuePair<FlowKey, FlowTally>> members)
    {
        FlowTally all = members.Select(m => m.Value).Aggregate((a, b) => a.With(b));
        List<int> links = members.Select(m => m.Key.Interface).Distinct().ToList();
        return new FlowFacts
        {
            EtherType = (int)row.EtherType,
            Vlan = (int?)row.Vlan,
            IpProtocol = (int?)row.IpProtocol,
            Protocol = Protocols.Name((int)row.EtherType, (int?)row.IpProtocol),
            Src = row.Src,
            Dst = row.Dst,
            Sport = (int?)row.Sport,
            Dport = (int?)row.Dport,
            Type = (int?)row.Type,
            Code = (int?)row.Code,
            Service = Protocols.Service((int)row.EtherType, (int?)row.IpProtocol, (int?)row.Dport, (int?)row.Type, row.LaterFragment != 0),
            LaterFragment = row.LaterFragment != 0,
            Tunnel = row.Tunnel,
            Inner = row is { Tunnel: not null, InnerEtherType: { } inner } ? Inner(row, (int)inner) : null,
            Interface = links is [var only] ? names.Label(only) : null,
            Interfaces = links.Count,
            Reasons = Tally.Of(members.Select(m => (reasons.GetValueOrDefault(m.Key.Reason)?.Name, m.Value.Drops))).Top(),
            Drops = all.Drops,
            Share = Share(all.Drops),
            FirstNs = all.FirstNs,
            LastNs = all.LastNs,
        };
    }

    private static PacketEnds Inner(FlowRow row, int etherType) => new()
    {
        EtherType = etherType,
        Vlan = (int?)row.InnerVlan,
        IpProtocol = (int?)row.InnerIpProtocol,
        Protocol = Protocols.Name(etherType, (int?)row.InnerIpProtocol),
        Src = row.InnerSrc ?? "",
        Dst = row.InnerDst ?? "",
        Sport = (int?)row.InnerSport,
        Dport = (int?)row.InnerDport,
        Type = (int?)row.InnerType,
        Code = (int?)row.InnerCode,
        Service = Protocols.Service(etherType, (int?)row.InnerIpProtocol, (int?)row.InnerDport, (int?)row.InnerType, false),
    };

    private double Share(long count) => drops == 0 ? 0 : (double)count / drops;
}

/// <summary>Sums the drops of flows that differ in nothing but the source port.</summary>
internal sealed class ConversationBuilder(DropPass pass, FlowIndex index, SqliteConnection connection)
{
    /// <summary>Past this number of distinct ones no new one is counted: the drops of the others are missing in the sum.</summary>
    private const int Most = 1 << 17;

    private const string Sql = "SELECT id, src, dst FROM flow";

    /// <summary>The most drops first.</summary>
    public IReadOnlyList<ConversationFacts> Build()
    {
        Dictionary<int, long> byFlow = [];
        foreach ((FlowKey key, FlowTally tally) in pass.Flows.All)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(byFlow, key.Flow, out _) += tally.Drops;
        }

        Dictionary<(string Src, string Dst, string Service), Conversation> conversations = [];
        SqlRows.Read(connection, Sql, row =>
        {
            long flow = SqlRows.Number(row, 0) ?? -1;
            if (flow is < 0 or > int.MaxValue || !byFlow.TryGetValue((int)flow, out long drops))
            {
                return;
            }

            (string, string, string) key = (Visible.Text(SqlRows.Text(row, 1) ?? ""), Visible.Text(SqlRows.Text(row, 2) ?? ""), index.NameOf(index.ServiceOf((int)flow)));
            if (!conversations.TryGetValue(key, out Conversation? conversation))
            {
                if (conversations.Count == Most) return;
                conversations.Add(key, conversation = new Conversation());
            }

            conversation.Drops += drops;
            conversation.Flows.Add((int)flow);
        });
        List<KeyValuePair<(string Src, string Dst, string Service), Conversation>> all = conversations.OrderByDescending(c => c.Value.Drops).ToList();
        int[]?[] bins = Over(all.Take(FactLimits.Flows).Select(c => c.Value.Flows).ToList());
        return all.Select((c, i) => new ConversationFacts(c.Key.Src, c.Key.Dst, c.Key.Service, c.Value.Drops, i < bins.Length ? bins[i] : null)).ToList();
    }

    /// <summary>Drops over time of each of these sets of flows.</summary>
    private int[]?[] Over(List<List<int>> sets)
    {
        Dictionary<int, int> setOf = sets.SelectMany((flows, i) => flows.Select(flow => (flow, i))).ToDictionary(f => f.flow, f => f.i);
        ILookup<int, FlowTally> tallies = pass.Flows.All.Where(f => setOf.ContainsKey(f.Key.Flow)).ToLookup(f => setOf[f.Key.Flow], f => f.Value);
        return [.. sets.Select((_, i) => pass.Flows.Over(tallies[i], pass.Bins))];
    }

    private sealed class Conversation
    {
        public long Drops { get; set; }

        public List<int> Flows { get; } = [];
    }
}

/// <summary>Finds which host sent to many closed ports of which other. Only the flows of such pairs are read.</summary>
internal sealed class ScanFactsBuilder(
    DropPass pass, FlowIndex index, SqliteConnection connection, CaptureQueries queries, FlowLookup flowRows, IReadOnlyDictionary<long, ReasonRow> reasons)
{
    // A pair may have very many ports with few of them closed, so more pairs are examined than are reported.
    private const int PairsLookedAt = 4 * FactLimits.Scans;

    public IReadOnlyList<ScanFacts> Scans()
    {
        // Few services without a listener: no scan. Most captures end here.
        if (pass.Services.All.Where(s => IsClosedPort(s.Key.Reason)).Select(s => s.Key.Service).Distinct().Count() < FactLimits.ScannedPorts) return [];
        Dictionary<int, long> closed = pass.Flows.All.Where(t => IsClosedPort(t.Key.Reason)).GroupBy(t => t.Key.Flow, t => t.Value.Drops).ToDictionary(g => g.Key, g => g.Sum());
        return PortFans.FirstFlows(connection, PairsLookedAt).Select(first => flowRows.Of(first)).Where(f => f.IpProtocol is not null)
            .Select(f => Of(new HostPairRow(f.Src, f.Dst, f.IpProtocol!.Value), closed)).OfType<ScanFacts>() // not null by the filter
            .OrderByDescending(s => s.Ports).ThenBy(s => s.Src, StringComparer.Ordinal).Take(FactLimits.Scans).ToList();
    }

    private ScanFacts? Of(HostPairRow pair, Dictionary<int, long> closed)
    {
        HashSet<int> ports = [];
        HashSet<int> from = [];
        HashSet<int> flows = [];
        long drops = 0;
        foreach (FlowPortsRow row in queries.FlowsOf(pair))
        {
            if (!closed.TryGetValue(index.FirstOf(row.Id), out long count)) continue;
            ports.Add((int)row.Dport);
            from.Add((int)(row.Sport ?? -1));
            if (flows.Add(index.FirstOf(row.Id))) drops += count; // a flow may have two rows
        }

        return ports.Count < FactLimits.ScannedPorts ? null : new ScanFacts(
            pair.Src, pair.Dst, pair.IpProtocol == 6 ? "TCP" : "UDP", ports.Count, ports.Min(), ports.Max(), from.Count == 1 && from.Single() >= 0 ? from.Single() : null, drops);
    }

    // Kernels that give no reason drop what no socket takes without one.
    private bool IsClosedPort(long reason) => reasons.GetValueOrDefault(reason)?.Name is null or "NO_SOCKET" or "NOT_SPECIFIED";
}
