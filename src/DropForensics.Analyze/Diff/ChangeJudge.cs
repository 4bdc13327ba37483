using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>Judges two counts, each from its own window. Drops that may be missing are assumed on the side that makes the answer uncertain.</summary>
internal static class ChangeJudge
{
    public static Change Of(CountRange a, double secondsA, CountRange b, double secondsB)
    {
        if (IsMore(a.Most, secondsA, b.Least, secondsB)) return a.Most == 0 ? Change.New : Change.More;
        if (IsMore(b.Most, secondsB, a.Least, secondsA)) return b.Most == 0 ? Change.Gone : Change.Less;
        return IsPossiblyMore(a.Least, secondsA, b.Most, secondsB) || IsPossiblyMore(b.Least, secondsB, a.Most, secondsA) ? Change.Open : Change.Same;
    }

    /// <summary>Whether the second rate is higher by more than chance, even if all missing drops happened on the first side.</summary>
    public static bool IsMore(long? most, double seconds, long least, double secondsOfLeast) =>
        most is { } count && least / secondsOfLeast > count / seconds && PoissonTest.Differ(count, seconds, least, secondsOfLeast);

    /// <summary>Whether it may be higher if all missing drops happened on the second side.</summary>
    public static bool IsPossiblyMore(long least, double seconds, long? most, double secondsOfMost) =>
        most is not { } count || (count / secondsOfMost > least / seconds && PoissonTest.Differ(least, seconds, count, secondsOfMost));
}

/// <summary>How one thing changed between two captures.</summary>
public enum Change
{
    /// <summary>None before, and more now than chance explains.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>None now, fewer than chance explains.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>A higher rate.</summary>
    [JsonStringEnumMemberName("more")]
    More,

    /// <summary>A lower rate.</summary>
    [JsonStringEnumMemberName("less")]
    Less,

    /// <summary>Chance alone explains the difference.</summary>
    [JsonStringEnumMemberName("same")]
    Same,

    /// <summary>Missing drops decide: the ranges allow more than one answer.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>The two captures do not record it the same way.</summary>
    [JsonStringEnumMemberName("not_compared")]
    NotCompared,
}

/// <summary>
/// The exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940, the "C-test"): if both rates are equal, each of the
/// a + b drops falls into the second window with a probability equal to its share of the time, so b is binomial. Two-sided: twice the smaller tail.
/// </summary>
internal static class PoissonTest
{
    /// <summary>Two rates differ if chance alone would separate two equal rates this far less often than this: once in a thousand rows.</summary>
    public const double Threshold = 0.001;

    // Terms past this share of the sum no longer change it.
    private const double Negligible = 1e-17;

    /// <summary>The probability that chance alone separates two equal rates this far or further, 0 to 1.</summary>
    /// <param name="a">Drops in the first window, 0 or more.</param>
    /// <param name="secondsA">Its length, above 0.</param>
    /// <param name="b">Drops in the second.</param>
    /// <param name="secondsB">Its length, above 0.</param>
    public static double P(long a, double secondsA, long b, double secondsB)
    {
        double ofB = secondsB / (secondsA + secondsB);
        double expected = (a + (double)b) * ofB;
        return b > expected ? Math.Min(1, 2 * UpperTail(b, a + b, ofB))
            : b < expected ? Math.Min(1, 2 * UpperTail(a, a + b, 1 - ofB))
            : 1;
    }

    /// <summary>Whether two counts differ by more than chance.</summary>
    public static bool Differ(long a, double secondsA, long b, double secondsB) => P(a, secondsA, b, secondsB) < Threshold;

    /// <summary>The smallest number of drops in one window that differs from none in the other.</summary>
    public static long FewestAgainstNone(double seconds, double secondsOfNone) =>
        (long)Math.Floor(Math.Log(Threshold / 2) / Math.Log(seconds / (seconds + secondsOfNone))) + 1;

    /// <summary>P(X ≥ least) of a binomial X, for a least above its mean, where each term is smaller than the one before.</summary>
    private static double UpperTail(long least, long trials, double chance)
    {
        double odds = chance / (1 - chance);
        double term = Math.Exp(LogFactorial(trials) - LogFactorial(least) - LogFactorial(trials - least)
            + (least * Math.Log(chance)) + ((trials - least) * Math.Log(1 - chance)));
        double sum = 0;
        for (long k = least; k <= trials && term > sum * Negligible; k++)
        {
            sum += term;
            term *= (trials - k) / (double)(k + 1) * odds;
        }

        return sum;
    }

    /// <summary>ln n! by Stirling's series, whose error at ten is below 1e-12; smaller ones by multiplying.</summary>
    private static double LogFactorial(long n)
    {
        if (n < 10)
        {
            double product = 1;
            for (long i = 2; i <= n; i++) product *= i;
            return Math.Log(product);
        }

        double x = n + 1;
        double square = x * x;
        return ((x - 0.5) * Math.Log(x)) - x + (0.5 * Math.Log(2 * Math.PI))
            + ((1.0 / 12 - ((1.0 / 360 - ((1.0 / 1260 - (1.0 / 1680 / square)) / square)) / square)) / x);
    }
}

/// <summary>
/// How far drops are from independent: the index of dispersion (variance by mean of the drops in equal bins), 1 for a Poisson process, and about
/// the size of a burst if drops come in bursts. Drops divided by this index are about the number of bursts.
/// </summary>
internal static class Bursts
{
    // Fewer bins than this give no useful variance.
    private const int FewestBins = 8;

    // A quantile of the normal distribution: chance alone exceeds it once in a thousand times.
    private const double Quantile = 3.09;

    /// <summary>About the number of independent events in these drops.</summary>
    /// <param name="drops">Drops.</param>
    /// <param name="dispersion">The larger index of both sides; both are divided by the same number, so that the larger rate stays the larger.</param>
    public static CountRange Events(CountRange drops, double dispersion) =>
        new(Events(drops.Least, dispersion), drops.Most is { } most ? Events(most, dispersion) : null);

    /// <summary>
    /// The largest index of dispersion over several widths of bins, because a burst may be longer than a bin. Only widths count whose unevenness chance
    /// alone would produce less than once in a thousand times; 1 if there are none.
    /// </summary>
    /// <param name="bins">Drops in equal lengths of time; null or too few bins: the drops count as independent.</param>
    public static double Dispersion(IReadOnlyList<int>? bins)
    {
        double largest = 1;
        for (List<long> wider = [.. (bins ?? []).Select(count => (long)count)]; wider.Count >= FewestBins; wider = Pairs(wider))
        {
            double mean = wider.Average();
            if (mean == 0) break;
            double index = wider.Sum(count => (count - mean) * (count - mean)) / (wider.Count - 1) / mean;
            if (index > OfChance(wider.Count - 1)) largest = Math.Max(largest, index);
        }

        return largest;
    }

    private static long Events(long drops, double dispersion) => (long)Math.Ceiling(drops / dispersion);

    /// <summary>Upper limit of the index under chance alone: chi-square divided by its degrees of freedom (Wilson and Hilferty 1931).</summary>
    private static double OfChance(double freedom) => Math.Pow(1 - (2 / (9 * freedom)) + (Quantile * Math.Sqrt(2 / (9 * freedom))), 3);

    private static List<long> Pairs(List<long> bins) => bins.Chunk(2).Where(pair => pair.Length == 2).Select(pair => pair.Sum()).ToList();
}
