using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Analysis;

/// <summary>Finds who sent to many closed ports of whom. What is read of flows is as much as the capture has of those pairs alone.</summary>
internal sealed class ScanFactsBuilder(
    DropPass pass, FlowIndex index, SqliteConnection connection, CaptureQueries queries, IReadOnlyDictionary<long, ReasonRow> reasons)
{
    // A pair may have very many ports with few of them closed: some more pairs are looked at than are told.
    private const int PairsLookedAt = 4 * FactLimits.Scans;

    public IReadOnlyList<ScanFacts> Scans()
    {
        // Where few services were asked for in vain there is no scan, and most captures are done with that.
        if (pass.Services.All.Where(s => IsClosedPort(s.Key.Reason)).Select(s => s.Key.Service).Distinct().Count() < FactLimits.ScannedPorts) return [];
        Dictionary<int, long> closed = pass.Flows.All.Where(t => IsClosedPort(t.Key.Reason)).GroupBy(t => t.Key.Flow, t => t.Value.Drops).ToDictionary(g => g.Key, g => g.Sum());
        return PortFans.FirstFlows(connection, PairsLookedAt).Select(first => queries.Flow(first)).Where(f => f.IpProtocol is not null)
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
