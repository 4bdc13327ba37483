using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using Xunit;

namespace DropForensics.Tests.Analyze.Pass;

public sealed class BinRowsTests
{
    [Fact]
    public void Keys_that_come_and_go_lose_no_drop_and_a_group_s_sum_is_exact_in_every_bin()
    {
        var random = new Random(7);
        var rows = new BinRows(bins: 5, most: 16);
        var keys = new List<(int Key, int Group)>();
        var expected = new Dictionary<int, int[]>();
        for (int i = 0; i < 20_000; i++)
        {
            if (random.Next(10) == 0) keys.Add((rows.NewKey(i % 7), i % 7));
            if (keys.Count == 0) continue;
            (int key, int group) = keys[(int)(keys.Count * Math.Pow(random.NextDouble(), 3))];
            int bin = random.Next(5);
            rows.Count(key, bin);
            if (!expected.TryGetValue(group, out int[]? sums)) expected.Add(group, sums = new int[5]);
            sums[bin]++;
        }

        foreach ((int group, int[] sums) in expected)
        {
            IEnumerable<int[]> own = keys.Where(k => k.Group == group).Select(k => rows.Of(k.Key)).OfType<int[]>();
            Assert.Equal(sums, Series.Sum(own.Concat(rows.Groups.Contains(group) ? [rows.OfGroup(group)] : [])));
        }

        Assert.InRange(keys.Count(k => rows.Of(k.Key) is not null), 1, 16);
    }

    [Fact]
    public void The_frequent_keep_their_rows()
    {
        var rows = new BinRows(bins: 2, most: 8);
        int frequent = rows.NewKey();
        for (int i = 0; i < 100; i++)
        {
            rows.Count(frequent, i % 2);
            rows.Count(rows.NewKey(), 0);
        }

        Assert.Equal((int[])[50, 50], rows.Of(frequent));
    }

    [Fact]
    public void A_number_that_was_taken_back_is_given_out_again_with_nothing_counted()
    {
        var rows = new BinRows(bins: 2);
        int first = rows.NewKey();
        rows.Count(first, 1);
        rows.Forget(first);
        Assert.Equal(first, rows.NewKey());
        Assert.Equal((int[])[0, 0], rows.Of(first));
        Assert.Equal([0, 1], rows.OfGroup(0));
    }
}
