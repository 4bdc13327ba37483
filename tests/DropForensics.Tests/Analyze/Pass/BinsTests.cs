using DropForensics.Analyze.Pass;
using Xunit;

namespace DropForensics.Tests.Analyze.Pass;

public sealed class BinsTests
{
    [Fact]
    public void Any_span_gets_60_to_240_bins_of_a_nice_width_that_cover_it()
    {
        var random = new Random(11);
        for (int i = 0; i < 20_000; i++)
        {
            long from = (long)Math.Pow(10, random.NextDouble() * 17) * (random.Next(5) == 0 ? -1 : 1);
            long length = (long)Math.Pow(10, random.NextDouble() * 16);
            Bins bins = Bins.Over(from, from + length);

            Assert.InRange(bins.Count, length < 300_000 ? 1 : 60, 240);
            Assert.Contains(bins.WidthNs.ToString().TrimEnd('0'), new[] { "1", "2", "5" });
            Assert.True(bins.StartNs <= from && bins.StartNs + (bins.Count * bins.WidthNs) >= from + length);
            Assert.Equal(0, bins.IndexOf(from));
            Assert.Equal(bins.Count - 1, bins.IndexOf(from + length));
        }
    }

    [Fact]
    public void A_moment_is_one_bin() => Assert.Equal(new Bins(5_000, 1_000, 1), Bins.Over(5_432, 5_432));

    [Fact]
    public void No_span_is_too_long()
    {
        Bins bins = Bins.Over(0, long.MaxValue);
        Assert.InRange(bins.IndexOf(long.MaxValue), 0, bins.Count - 1);
        Assert.InRange(bins.IndexOf(long.MinValue), 0, bins.Count - 1);
    }
}
