using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace DropForensics.Analyze.Facts;

/// <summary>
/// Drops over time by their place and by the value of each dimension that does not follow from the place: of one flow, of one task on one CPU. There
/// may be as many kinds as drops, so the rarest values are left out when they are too many: the drops stay, without the value. What is counted under
/// any other value is exact.
/// </summary>
/// <param name="dimensions">Values of each drop.</param>
/// <param name="bins">Of the timeline.</param>
/// <param name="most">Numbers, each of a kind in a bin, that are kept; and an eighth as many kinds.</param>
public sealed class CrossedDrops(int dimensions, int bins, int most = 1 << 19)
{
    /// <summary>In place of a value: a drop has none, or it was left out.</summary>
    public const int None = -1;

    // A kind takes as much room as so many numbers.
    private const int NumbersOfKind = 8;

    // A bit for each value: a scan has a flow for each packet.
    private readonly BitArray[] _leftOut = [.. Enumerable.Range(0, dimensions).Select(_ => new BitArray(0))];
    private readonly int[] _key = new int[1 + dimensions];

    // A place and the values, and the number of this kind; then the drops by that number and bin.
    private Dictionary<int[], int> _kinds = new(new SameNumbers());
    private Dictionary<int, int> _drops = [];
    private int _rare;
    private int _lastKind = None; // mostly the next drop's too
    private bool _isGivenUp;

    /// <summary>How many numbers there are; 0: no drop was counted, or there were too many even without values.</summary>
    public int NumberCount => _drops.Count;

    /// <summary>Each kind, and its drops in each bin that has any.</summary>
    public IEnumerable<(int Place, IReadOnlyList<int> Values, IReadOnlyList<(int Bin, int Drops)> Bins)> Kinds
    {
        get
        {
            ILookup<int, (int Bin, int Drops)> numbers = _drops.ToLookup(d => d.Key / bins, d => (d.Key % bins, d.Value));
            return _kinds.Select(kind => (kind.Key[0], (IReadOnlyList<int>)kind.Key[1..], (IReadOnlyList<(int, int)>)[.. numbers[kind.Value]]));
        }
    }

    /// <summary>Whether a value of a dimension was left out.</summary>
    public bool IsLeftOut(int dimension, int value) => value >= 0 && value < _leftOut[dimension].Length && _leftOut[dimension][value];

    /// <summary>Some drops.</summary>
    public void Add(int place, ReadOnlySpan<int> values, int bin, int drops = 1)
    {
        if (_isGivenUp)
        {
            return;
        }

        bool isOfLast = _lastKind != None && _key[0] == place;
        _key[0] = place;
        for (int i = 0; i < values.Length; i++)
        {
            int value = _rare > 0 && IsLeftOut(i, values[i]) ? None : values[i];
            isOfLast &= _key[1 + i] == value;
            _key[1 + i] = value;
        }

        if (!isOfLast)
        {
            ref int kind = ref CollectionsMarshal.GetValueRefOrAddDefault(_kinds.GetAlternateLookup<ReadOnlySpan<int>>(), _key, out bool isKnown);
            _lastKind = kind = isKnown ? kind : _kinds.Count - 1;
        }

        CollectionsMarshal.GetValueRefOrAddDefault(_drops, (_lastKind * bins) + bin, out bool seen) += drops;
        if (!seen && Exceeds(most))
        {
            MakeRoom();
        }
    }

    /// <summary>Leaves out every value that has few drops, twice as many as the last time at least; false if there is none to leave out.</summary>
    public bool LeaveOutRarest()
    {
        Dictionary<(int Dimension, int Value), long> totals = Totals();
        if (totals.Count == 0)
        {
            return false;
        }

        _rare = (int)Math.Min(int.MaxValue, Math.Max(2L * _rare, totals.Values.Min()));
        foreach (((int dimension, int value), long drops) in totals)
        {
            if (drops <= _rare)
            {
                BitArray leftOut = _leftOut[dimension];
                leftOut.Length = Math.Max(leftOut.Length, value + 1);
                leftOut[value] = true;
            }
        }

        Dictionary<int[], int> kinds = new(_kinds.Comparer);
        int[] numbers = new int[_kinds.Count];
        foreach ((int[] key, int kind) in _kinds)
        {
            for (int i = 0; i < dimensions; i++)
            {
                key[1 + i] = IsLeftOut(i, key[1 + i]) ? None : key[1 + i]; // the old table is not searched again
            }

            kinds.TryAdd(key, kinds.Count);
            numbers[kind] = kinds[key];
        }

        Dictionary<int, int> all = [];
        foreach ((int number, int drops) in _drops)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(all, (numbers[number / bins] * bins) + (number % bins), out _) += drops;
        }

        (_kinds, _drops, _lastKind) = (kinds, all, None);
        return true;
    }

    private Dictionary<(int Dimension, int Value), long> Totals()
    {
        long[] ofKinds = new long[_kinds.Count];
        foreach ((int number, int drops) in _drops)
        {
            ofKinds[number / bins] += drops;
        }

        Dictionary<(int Dimension, int Value), long> totals = [];
        foreach ((int[] key, int kind) in _kinds)
        {
            for (int i = 0; i < dimensions; i++)
            {
                if (key[1 + i] != None)
                {
                    CollectionsMarshal.GetValueRefOrAddDefault(totals, (i, key[1 + i]), out _) += ofKinds[kind];
                }
            }
        }

        return totals;
    }

    private bool Exceeds(int numbers) => _drops.Count > numbers || _kinds.Count > numbers / NumbersOfKind;

    private void MakeRoom()
    {
        while (Exceeds(most / 2) && LeaveOutRarest())
        {
        }

        if (Exceeds(most / 2))
        {
            _isGivenUp = true;
            (_kinds, _drops) = (new(_kinds.Comparer), []);
        }
    }

    /// <summary>Compares numbers, so that only a new kind needs an array of its own.</summary>
    private sealed class SameNumbers : IEqualityComparer<int[]>, IAlternateEqualityComparer<ReadOnlySpan<int>, int[]>
    {
        public bool Equals(int[]? x, int[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<int> alternate, int[] other) => alternate.SequenceEqual(other);

        public int GetHashCode([DisallowNull] int[] obj) => GetHashCode(obj.AsSpan());

        public int GetHashCode(ReadOnlySpan<int> alternate)
        {
            uint hash = 0;
            foreach (int number in alternate)
            {
                hash = (hash ^ (uint)number) * 0x9E3779B1;
                hash ^= hash >> 15;
            }

            return (int)hash;
        }

        public int[] Create(ReadOnlySpan<int> alternate) => alternate.ToArray();
    }
}
