namespace DropForensics.Analyze.Verify;

/// <summary>A set of row ids, a bit each: they are counted from 1. One that no writer gives is kept apart.</summary>
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
