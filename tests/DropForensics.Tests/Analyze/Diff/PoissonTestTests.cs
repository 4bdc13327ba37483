using System.Numerics;
using DropForensics.Analyze.Diff;
using Xunit;

namespace DropForensics.Tests.Analyze.Diff;

public sealed class PoissonTestTests
{
    [Theory]
    [InlineData(3, 10, 5, 10, 186.0 / 256)]           // 2 (56 + 28 + 8 + 1) / 2^8
    [InlineData(0, 10, 11, 10, 2.0 / 2048)]
    [InlineData(0, 60, 3, 10, 2.0 / 343)]             // a seventh of the time, three times over
    [InlineData(5, 10, 5, 10, 1)]
    [InlineData(0, 10, 0, 60, 1)]
    [InlineData(0, 10, 1, 10, 1)]
    public void Known_tails_of_the_binomial_are_met(long a, double secondsA, long b, double secondsB, double expected)
    {
        Assert.Equal(expected, PoissonTest.P(a, secondsA, b, secondsB), 12);
        Assert.Equal(expected, PoissonTest.P(b, secondsB, a, secondsA), 12);
    }

    [Fact]
    public void Any_counts_agree_with_sums_of_whole_numbers()
    {
        var random = new Random(1);
        for (int i = 0; i < 200; i++)
        {
            (int a, int b) = (random.Next(0, i < 150 ? 40 : 1500), random.Next(0, i < 150 ? 40 : 1500));
            (int secondsA, int secondsB) = (random.Next(1, 20), random.Next(1, 20));
            double exact = Exact(a, secondsA, b, secondsB), p = PoissonTest.P(a, secondsA, b, secondsB);
            Assert.True(Math.Abs(p - exact) <= (1e-9 * exact) + 1e-300, $"{a} in {secondsA} and {b} in {secondsB}: {p}, not {exact}");
        }
    }

    [Fact]
    public void Millions_of_drops_are_told_apart_by_a_few_thousand_and_not_by_a_few()
    {
        Assert.False(PoissonTest.Differ(10_000_000, 60, 10_004_000, 60)); // less than one standard deviation of the difference
        Assert.True(PoissonTest.Differ(10_000_000, 60, 10_020_000, 60));  // four and a half
        Assert.InRange(PoissonTest.P(10_000_000, 60, 10_014_724, 60), 0.00098, 0.00102); // 3.2924 of them: p = 0.001 of the normal distribution
    }

    [Theory]
    [InlineData(10, 10, 11)]
    [InlineData(10, 60, 4)]
    [InlineData(60, 10, 50)]
    public void The_fewest_that_count_as_new_are_those_the_test_says(double seconds, double secondsOfNone, long expected)
    {
        Assert.Equal(expected, PoissonTest.FewestAgainstNone(seconds, secondsOfNone));
        Assert.True(PoissonTest.Differ(0, secondsOfNone, expected, seconds));
        Assert.False(PoissonTest.Differ(0, secondsOfNone, expected - 1, seconds));
    }

    private static double Exact(int a, int secondsA, int b, int secondsB)
    {
        (int n, int all) = (a + b, secondsA + secondsB);
        if (b * secondsA == a * secondsB) return 1;
        bool isUpper = b * secondsA > a * secondsB;
        (int least, int share) = isUpper ? (b, secondsB) : (a, secondsA);
        BigInteger sum = 0, ways = 1;
        for (int k = 0; k <= n; k++)
        {
            if (k >= least) sum += ways * BigInteger.Pow(share, k) * BigInteger.Pow(all - share, n - k);
            ways = ways * (n - k) / (k + 1);
        }

        return Math.Min(1, 2 * Math.Exp(BigInteger.Log(sum) - (n * Math.Log(all))));
    }
}
