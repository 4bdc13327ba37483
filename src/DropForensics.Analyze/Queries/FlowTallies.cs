using System.Runtime.InteropServices;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// Counts drops by flow. A port scan has as many flows as drops, so past a number of distinct ones the rarest are forgotten and only
/// their sum is kept: what is listed is then a lower bound, off by that sum at most (after Misra and Gries, 1982).
/// </summary>
internal sealed class FlowTallies(int most = 1 << 20)
{
    private readonly Dictionary<FlowKey, FlowTally> _tallies = [];

    /// <summary>Drops by flow, reason and interface.</summary>
    public IReadOnlyDictionary<FlowKey, FlowTally> All => _tallies;

    /// <summary>Drops of flows that were too rare to keep; 0 says that all is exact.</summary>
    public long Forgotten { get; private set; }

    /// <summary>A drop.</summary>
    public void Add(FlowKey key, long t)
    {
        ref FlowTally tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, key, out bool seen);
        tally = seen ? tally.With(t) : new FlowTally(1, t, t);
        if (!seen && _tallies.Count > most)
        {
            ForgetRarest();
        }
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
                    _tallies.Remove(key); // removing while enumerating is allowed
                }
            }
        }
    }
}
