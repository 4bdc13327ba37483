using System.Runtime.InteropServices;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Pass;

/// <summary>Counts drops by key and, within the room that <see cref="BinRows"/> has, by bin.</summary>
internal sealed class BinnedTally<TKey>(int bins)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (long Drops, int Row)> _tallies = [];
    private readonly BinRows _rows = new(bins);

    /// <summary>The keys that were met, and the drops of each.</summary>
    public IEnumerable<(TKey Key, long Drops)> All => _tallies.Select(t => (t.Key, t.Value.Drops));

    /// <summary>A drop.</summary>
    public void Add(TKey key, int bin)
    {
        ref (long Drops, int Row) tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, key, out bool seen);
        if (!seen)
        {
            tally.Row = _rows.NewKey();
        }

        tally.Drops++;
        _rows.Count(tally.Row, bin);
    }

    /// <summary>Whether a drop had this key.</summary>
    public bool Has(TKey key) => _tallies.ContainsKey(key);

    /// <summary>How many drops had this key.</summary>
    public long Of(TKey key) => _tallies.GetValueOrDefault(key).Drops;

    /// <summary>The drops of some keys together in each bin; null where that of one is not known.</summary>
    public int[]? Over(IEnumerable<TKey> keys) => Series.Sum(keys.Select(key => _tallies.TryGetValue(key, out var tally) ? _rows.Of(tally.Row) : null));
}
