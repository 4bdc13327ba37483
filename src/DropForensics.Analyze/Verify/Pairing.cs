namespace DropForensics.Analyze.Verify;

/// <summary>
/// Pairs the stored row of a line with the result of decoding the line again. Both arrive in nearly the same order, so few wait
/// for their counterpart; past a cap, waiting ones count as unpaired.
/// </summary>
/// <param name="both">Receives a pair.</param>
/// <param name="onlyStored">Receives a row without a result.</param>
/// <param name="onlyFound">Receives a result without a row.</param>
internal sealed class Pairing<TStored, TFound>(Action<TStored, TFound> both, Action<TStored> onlyStored, Action<TFound> onlyFound)
{
    private const int MaxWaiting = 1 << 16;

    private readonly Dictionary<(long Cpu, long Line), TStored> _stored = [];
    private readonly Dictionary<(long Cpu, long Line), TFound> _found = [];

    /// <summary>Takes a row.</summary>
    public void AddStored((long Cpu, long Line) key, in TStored row)
    {
        if (_found.Remove(key, out TFound? other))
        {
            both(row, other);
        }
        else if (!_stored.TryAdd(key, row))
        {
            onlyStored(row);
        }
        else if (_stored.Count > MaxWaiting)
        {
            End(_stored, onlyStored);
        }
    }

    /// <summary>Takes a row whose line may be unknown by now: false if it was not decoded before.</summary>
    public bool TryStored((long Cpu, long Line) key, in TStored row)
    {
        bool found = _found.Remove(key, out TFound? other);
        if (found)
        {
            both(row, other!); // it was removed
        }

        return found;
    }

    /// <summary>Takes the result of a line.</summary>
    public void AddFound((long Cpu, long Line) key, in TFound value)
    {
        if (_stored.Remove(key, out TStored? other))
        {
            both(other, value);
        }
        else if (!_found.TryAdd(key, value))
        {
            onlyFound(value);
        }
        else if (_found.Count > MaxWaiting)
        {
            End(_found, onlyFound);
        }
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        End(_stored, onlyStored);
        End(_found, onlyFound);
    }

    private static void End<T>(Dictionary<(long, long), T> waiting, Action<T> alone)
    {
        foreach (T value in waiting.Values)
        {
            alone(value);
        }

        waiting.Clear();
    }
}

/// <summary>A set of row ids, one bit for each: they are counted from 1. Ids that no writer assigns are kept separately.</summary>
internal sealed class IdSet
{
    private const long MaxDense = 1 << 30;
    private const int MaxOther = 1 << 16;

    private readonly HashSet<long> _other = [];
    private ulong[] _bits = new ulong[16];

    public void Add(long id)
    {
        if (id is < 0 or >= MaxDense)
        {
            _ = _other.Count < MaxOther && _other.Add(id);
            return;
        }

        int word = (int)(id >> 6);
        if (word >= _bits.Length)
        {
            Array.Resize(ref _bits, Math.Max(word + 1, 2 * _bits.Length));
        }

        _bits[word] |= 1UL << (int)(id & 63);
    }

    public bool Contains(long id) =>
        id is < 0 or >= MaxDense ? _other.Contains(id) : (id >> 6) < _bits.Length && (_bits[id >> 6] >> (int)(id & 63) & 1) != 0;
}
