using System.Runtime.InteropServices;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Pass;

/// <summary>
/// Counts drops by flow. A port scan has as many flows as drops, so past a number of distinct ones the rarest are forgotten and only
/// their sum is kept: what is listed is then a lower bound, off by that sum at most (after Misra and Gries, 1982).
/// </summary>
/// <param name="rows">Drops of each over time.</param>
/// <param name="most">Distinct ones kept.</param>
internal sealed class FlowTallies(BinRows rows, int most = 1 << 20)
{
    private readonly Dictionary<FlowKey, FlowTally> _tallies = [];

    /// <summary>Drops by flow, reason and interface.</summary>
    public IReadOnlyDictionary<FlowKey, FlowTally> All => _tallies;

    /// <summary>Drops of flows that were too rare to keep; 0: all is exact.</summary>
    public long Forgotten { get; private set; }

    /// <summary>A drop.</summary>
    public void Add(FlowKey key, long t, int bin)
    {
        ref FlowTally tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, key, out bool seen);
        tally = seen ? tally.With(t) : new FlowTally(rows.NewKey(), 1, t, t);
        rows.Count(tally.Row, bin);
        if (!seen && _tallies.Count > most)
        {
            ForgetRarest();
        }
    }

    /// <summary>The drops of some of these together in each bin; null if one is unknown.</summary>
    public int[]? Over(IEnumerable<FlowTally> tallies, Bins bins) => Series.Sum(tallies.Select(t => rows.Of(t.Row) ?? InOneBin(t, bins)));

    // Rare flows give their rows up first, and these are mostly over within one bin.
    private static int[]? InOneBin(FlowTally tally, Bins bins)
    {
        int bin = bins.IndexOf(tally.FirstNs);
        if (bin != bins.IndexOf(tally.LastNs))
        {
            return null;
        }

        int[] series = new int[bins.Count];
        series[bin] = (int)tally.Drops;
        return series;
    }

    private void ForgetRarest()
    {
        for (long rare = 1; _tallies.Count > most / 2; rare *= 2)
        {
            foreach ((FlowKey key, FlowTally tally) in _tallies)
            {
                if (tally.Drops <= rare)
                {
                    Forgotten += tally.Drops;
                    rows.Forget(tally.Row);
                    _tallies.Remove(key); // removing while enumerating is allowed
                }
            }
        }
    }
}

/// <summary>Drops of one flow, reason and interface: their row over time, how many, and when.</summary>
internal readonly record struct FlowTally(int Row, long Drops, long FirstNs, long LastNs)
{
    /// <summary>One drop more.</summary>
    public FlowTally With(long t) => new(Row, Drops + 1, Math.Min(FirstNs, t), Math.Max(LastNs, t));

    /// <summary>Both together.</summary>
    public FlowTally With(FlowTally other) => new(Row, Drops + other.Drops, Math.Min(FirstNs, other.FirstNs), Math.Max(LastNs, other.LastNs));
}
