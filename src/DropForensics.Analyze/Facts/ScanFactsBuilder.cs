using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

/// <summary>Finds who sent to many closed ports of whom. What is read of flows is as much as the capture has of those pairs alone.</summary>
internal sealed class ScanFactsBuilder(FlowTallies tallies, FlowIndex index, CaptureQueries queries, IReadOnlyDictionary<long, ReasonRow> reasons)
{
    // A pair may have very many ports with few of them closed: some more pairs are looked at than are told.
    private const int PairsLookedAt = 4 * FactLimits.Scans;

    public IReadOnlyList<ScanFacts> Scans()
    {
        IReadOnlyList<HostPairRow> pairs = queries.HostPairs(FactLimits.ScannedPorts, PairsLookedAt);
        if (pairs.Count == 0) return [];
        Dictionary<int, long> closed = tallies.All.Where(t => IsClosedPort(t.Key.Reason)).GroupBy(t => t.Key.Flow, t => t.Value.Drops).ToDictionary(g => g.Key, g => g.Sum());
        return pairs.Select(p => Of(p, closed)).OfType<ScanFacts>().OrderByDescending(s => s.Ports).ThenBy(s => s.Src, StringComparer.Ordinal).Take(FactLimits.Scans).ToList();
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
