namespace DropForensics.Core.Text;

/// <summary>Makes a value of the bytes that name it.</summary>
internal delegate T MakeFromBytes<out T>(ReadOnlySpan<byte> bytes);

/// <summary>
/// One value for each distinct sequence of bytes, made once. A known key costs a hash and a comparison and allocates
/// nothing. When the limit is reached, new keys get a new value each time: still correct, just not shared.
/// </summary>
internal sealed class BytePool<T>(int maxEntries, long maxBytes, MakeFromBytes<T> make)
    where T : class
{
    private Entry[] _slots = new Entry[64];
    private int _count;
    private long _bytes;

    /// <summary>Keys held.</summary>
    public int Count => _count;

    public T Get(ReadOnlySpan<byte> key)
    {
        ulong hash = ByteHash.Of(key);
        int slot = (int)hash & (_slots.Length - 1);
        for (; _slots[slot].Value is { } known; slot = slot + 1 & (_slots.Length - 1))
        {
            if (_slots[slot].Hash == hash && key.SequenceEqual(_slots[slot].Key))
                return known;
        }

        T value = make(key);
        if (_count < maxEntries && _bytes + key.Length <= maxBytes)
            Keep(new Entry(hash, key.ToArray(), value), slot);
        return value;
    }

    private void Keep(Entry entry, int slot)
    {
        _slots[slot] = entry;
        _bytes += entry.Key.Length;
        if (++_count * 2 > _slots.Length)
            Grow();
    }

    private void Grow()
    {
        Entry[] old = _slots;
        _slots = new Entry[old.Length * 2];
        foreach (Entry entry in old)
        {
            if (entry.Value is null)
                continue;
            int slot = (int)entry.Hash & (_slots.Length - 1);
            while (_slots[slot].Value is not null)
                slot = slot + 1 & (_slots.Length - 1);
            _slots[slot] = entry;
        }
    }

    private readonly record struct Entry(ulong Hash, byte[] Key, T Value);
}
