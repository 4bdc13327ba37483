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

    // A row's last element is its sum, which says how rare its key is.
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
