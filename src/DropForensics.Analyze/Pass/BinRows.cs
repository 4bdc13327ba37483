using System.Runtime.InteropServices;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Pass;

/// <summary>
/// Drops in each bin for very many keys within bounded memory. A key has a row to itself from its first drop on. When rows run out, the
/// rarest keys give theirs up and go on in the one row of their group: what a group sums to stays exact, whatever becomes of its members.
/// </summary>
/// <param name="bins">Length of a row.</param>
/// <param name="most">Rows for single keys; those of groups come on top.</param>
internal sealed class BinRows(int bins, int most = BinRows.Most)
{
    private const int Most = 4096;
    private const int Nobody = -1;

    // A row's last element is its sum, which shows how rare its key is.
    private readonly List<int[]> _rows = [];
    private readonly List<int> _owners = [];
    private readonly List<int> _rowOf = [];
    private readonly List<int> _groupOf = [];
    private readonly Stack<int> _free = new();
    private readonly Stack<int> _freeKeys = new();
    private readonly Dictionary<int, int> _groups = [];
    private int _own;

    /// <summary>The groups that keys have given their rows up to.</summary>
    public IEnumerable<int> Groups => _groups.Keys;

    /// <summary>Makes room for a new key; its number.</summary>
    public int NewKey(int group = 0)
    {
        if (_own == most)
        {
            GiveUpRarest();
        }

        if (!_freeKeys.TryPop(out int key))
        {
            key = _rowOf.Count;
            _rowOf.Add(0);
            _groupOf.Add(0);
        }

        _rowOf[key] = Take(key);
        _groupOf[key] = group;
        _own++;
        return key;
    }

    /// <summary>Takes a key's number back; its drops stay with its group.</summary>
    public void Forget(int key)
    {
        if (_owners[_rowOf[key]] == key)
        {
            GiveUp(_rowOf[key]);
        }

        _freeKeys.Push(key);
    }

    /// <summary>A drop of this key in this bin.</summary>
    public void Count(int key, int bin)
    {
        int[] row = _rows[_rowOf[key]];
        row[bin]++;
        row[bins]++;
    }

    /// <summary>A key's drops in each bin; null where it gave its row up.</summary>
    public int[]? Of(int key) => _owners[_rowOf[key]] == key ? _rows[_rowOf[key]][..bins] : null;

    /// <summary>What keys of a group counted after, or until, they gave their rows up.</summary>
    public int[] OfGroup(int group) => _rows[_groups[group]][..bins];

    private int Take(int owner)
    {
        if (_free.TryPop(out int row))
        {
            _owners[row] = owner;
            return row;
        }

        _rows.Add(new int[bins + 1]);
        _owners.Add(owner);
        return _rows.Count - 1;
    }

    private void GiveUpRarest()
    {
        for (long rare = 1; _own > most / 2; rare *= 2)
        {
            for (int row = 0; row < _rows.Count; row++)
            {
                if (_owners[row] != Nobody && _rows[row][bins] <= rare)
                {
                    GiveUp(row);
                }
            }
        }
    }

    private void GiveUp(int row)
    {
        int key = _owners[row];
        if (!_groups.TryGetValue(_groupOf[key], out int shared))
        {
            _groups.Add(_groupOf[key], shared = Take(Nobody));
        }

        int[] from = _rows[row], to = _rows[shared];
        for (int bin = 0; bin <= bins; bin++)
        {
            to[bin] += from[bin];
        }

        Array.Clear(from);
        _owners[row] = Nobody;
        _rowOf[key] = shared;
        _free.Push(row);
        _own--;
    }
}

/// <summary>Counts drops by key and, within the room that <see cref="BinRows"/> has, by bin.</summary>
internal sealed class BinnedTally<TKey>(int bins)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (long Drops, int Row)> _tallies = [];
    private readonly BinRows _rows = new(bins);

    /// <summary>The keys that occurred, and the drops of each.</summary>
    public IEnumerable<(TKey Key, long Drops)> All => _tallies.Select(t => (t.Key, t.Value.Drops));

    /// <summary>A drop; the number of its key.</summary>
    public int Add(TKey key, int bin)
    {
        ref (long Drops, int Row) tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_tallies, key, out bool seen);
        if (!seen)
        {
            tally.Row = _rows.NewKey();
        }

        tally.Drops++;
        _rows.Count(tally.Row, bin);
        return tally.Row;
    }

    /// <summary>The number of a key that occurred; null of any other.</summary>
    public int? NumberOf(TKey key) => _tallies.TryGetValue(key, out (long Drops, int Row) tally) ? tally.Row : null;

    /// <summary>Whether a drop had this key.</summary>
    public bool Has(TKey key) => _tallies.ContainsKey(key);

    /// <summary>How many drops had this key.</summary>
    public long Of(TKey key) => _tallies.GetValueOrDefault(key).Drops;

    /// <summary>The drops of some keys together in each bin; null if one is unknown.</summary>
    public int[]? Over(IEnumerable<TKey> keys) => Series.Sum(keys.Select(key => _tallies.TryGetValue(key, out (long Drops, int Row) tally) ? _rows.Of(tally.Row) : null));
}

/// <summary>Equal spans of time, 1, 2 or 5 times a power of ten wide, so that a person can name one.</summary>
internal sealed record Bins(long StartNs, long WidthNs, int Count)
{
    private const int MostBins = 240;
    private const long Narrowest = 1000;

    /// <summary>The finest bins of which at most 240 cover the span; 96 at least, unless that is finer than the kernel's microsecond.</summary>
    public static Bins Over(long fromNs, long toNs)
    {
        foreach (long width in Widths())
        {
            long start = FloorDivide(fromNs, width) * width;
            long count = FloorDivide(Math.Max(fromNs, toNs - 1), width) - (start / width) + 1;
            if (count is > 0 and <= MostBins) // not for a forged span, whose ends are too far apart for a number
            {
                return new Bins(start, width, (int)count);
            }
        }

        return new Bins(fromNs, long.MaxValue, 1);
    }

    /// <summary>The bin a time falls in; a time outside (the last instant, a straggler) counts for the nearest.</summary>
    public int IndexOf(long t) => (int)Math.Clamp(FloorDivide(t - StartNs, WidthNs), 0, Count - 1);

    private static IEnumerable<long> Widths()
    {
        for (long decade = Narrowest; decade <= long.MaxValue / 10; decade *= 10)
        {
            yield return decade;
            yield return decade * 2;
            yield return decade * 5;
        }
    }

    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}
