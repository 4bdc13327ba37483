using DropForensics.Analyze.Facts;
using Xunit;

namespace DropForensics.Tests.Analyze.Facts;

public sealed class CrossedDropsTests
{
    private const int Bins = 7;

    [Fact]
    public void Of_too_many_kinds_the_rarest_values_are_left_out_and_all_others_stay_exact()
    {
        var random = new Random(3);
        var crossed = new CrossedDrops(dimensions: 2, Bins, most: 1600);
        List<(int Place, int[] Values, int Bin)> drops = [.. Enumerable.Range(0, 20_000).Select(_ => (
            random.Next(3), (int[])[(int)(1000 * Math.Pow(random.NextDouble(), 6)), random.Next(10) == 0 ? CrossedDrops.None : random.Next(4)], random.Next(Bins)))];
        foreach ((int place, int[] values, int bin) in drops) crossed.Add(place, values, bin);

        Assert.InRange(crossed.NumberCount, 1, 1600);
        Assert.Equal(drops.CountBy(d => (d.Place, d.Bin)).OrderBy(d => d.Key), Numbers(crossed, _ => true, (place, _, bin) => (place, bin)));
        foreach (int dimension in (int[])[0, 1])
        {
            ILookup<bool, int> values = drops.Select(d => d.Values[dimension]).Distinct().ToLookup(value => crossed.IsLeftOut(dimension, value));
            Assert.NotEmpty(values[false]);
            Assert.All(values[false].Where(value => value >= 0), value => Assert.Equal(
                drops.Where(d => d.Values[dimension] == value).CountBy(d => (d.Place, d.Bin)).OrderBy(d => d.Key),
                Numbers(crossed, kind => kind[dimension] == value, (place, _, bin) => (place, bin))));
            Assert.DoesNotContain(crossed.Kinds, kind => crossed.IsLeftOut(dimension, kind.Values[dimension]));
        }

        Assert.True(crossed.IsLeftOut(0, drops.CountBy(d => d.Values[0]).MinBy(d => d.Value).Key));
    }

    [Fact]
    public void Where_even_places_are_too_many_nothing_is_kept()
    {
        var crossed = new CrossedDrops(dimensions: 1, Bins, most: 10);
        foreach (int place in Enumerable.Range(0, 20)) crossed.Add(place, [place], 0);
        Assert.Equal(0, crossed.NumberCount);
        Assert.Empty(crossed.Kinds);
    }

    private static IEnumerable<KeyValuePair<TKey, int>> Numbers<TKey>(CrossedDrops crossed, Func<IReadOnlyList<int>, bool> wanted, Func<int, IReadOnlyList<int>, int, TKey> by)
        where TKey : notnull => crossed.Kinds.Where(kind => wanted(kind.Values))
            .SelectMany(kind => kind.Bins, (kind, number) => (Key: by(kind.Place, kind.Values, number.Bin), number.Drops))
            .GroupBy(n => n.Key, n => n.Drops).Select(g => KeyValuePair.Create(g.Key, g.Sum())).OrderBy(n => n.Key);
}
