using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Model;

namespace DropForensics.Analyze.Pass;

/// <summary>Finds where each hole ends: at the first drop on its CPU after it began.</summary>
internal sealed class HoleEnds
{
    private readonly Dictionary<int, LossRow[]> _losses;
    private readonly Dictionary<int, long[]> _starts;
    private readonly Dictionary<int, long[]> _ends = [];

    public HoleEnds(IEnumerable<LossRow> lostLines)
    {
        _losses = lostLines.GroupBy(l => (int)l.Cpu).ToDictionary(g => g.Key, g => g.OrderBy(l => l.TNs ?? long.MinValue).ToArray());
        _starts = _losses.ToDictionary(p => p.Key, p => p.Value.Select(l => l.TNs ?? long.MinValue).ToArray());
        foreach ((int cpu, LossRow[] losses) in _losses)
        {
            _ends[cpu] = new long[losses.Length];
            Array.Fill(_ends[cpu], long.MaxValue);
        }
    }

    /// <summary>A drop at this time on this CPU; they may come in any order.</summary>
    public void Add(int cpu, long t)
    {
        if (_starts.Count == 0 || !_starts.TryGetValue(cpu, out long[]? starts))
        {
            return;
        }

        // The last hole that began before t: t may be its end, and is too late to be that of an earlier one.
        int at = Array.BinarySearch(starts, t);
        int hole = (at >= 0 ? at : ~at) - 1;
        while (hole >= 0 && starts[hole] == t)
        {
            hole--;
        }

        if (hole >= 0)
        {
            long[] ends = _ends[cpu];
            ends[hole] = Math.Min(ends[hole], t);
        }
    }

    /// <summary>The holes in order of time; those open at either side reach to the window's edge.</summary>
    public IReadOnlyList<HoleFacts> Within(long startNs, long endNs) => _losses
        .SelectMany(p => p.Value.Select((loss, i) => new HoleFacts(
            p.Key,
            loss.TNs ?? startNs,
            p.Key == LossEvent.AllCpus ? startNs // overwritten before the first record
                : _ends[p.Key][i] == long.MaxValue ? Math.Max(endNs, loss.TNs ?? startNs) : _ends[p.Key][i],
            loss.Records)))
        .OrderBy(h => h.FromNs).ThenBy(h => h.Cpu).ToList();
}
