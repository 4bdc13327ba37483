using System.Text.Json.Serialization;

namespace DropForensics.Analyze.Diff;

/// <summary>Judges two counts, each of its own window. Possibly missing drops are assumed on whichever side makes the answer uncertain.</summary>
internal static class ChangeJudge
{
    public static Change Of(CountRange a, double secondsA, CountRange b, double secondsB)
    {
        if (IsMore(a.Most, secondsA, b.Least, secondsB)) return a.Most == 0 ? Change.New : Change.More;
        if (IsMore(b.Most, secondsB, a.Least, secondsA)) return b.Most == 0 ? Change.Gone : Change.Less;
        return IsPossiblyMore(a.Least, secondsA, b.Most, secondsB) || IsPossiblyMore(b.Least, secondsB, a.Most, secondsA) ? Change.Open : Change.Same;
    }

    /// <summary>Whether the second rate is higher by more than chance, even where all that may be missing happened on the first side.</summary>
    public static bool IsMore(long? most, double seconds, long least, double secondsOfLeast) =>
        most is { } count && least / secondsOfLeast > count / seconds && PoissonTest.Differ(count, seconds, least, secondsOfLeast);

    /// <summary>Whether it may be, if all that may be missing happened on the second side.</summary>
    public static bool IsPossiblyMore(long least, double seconds, long? most, double secondsOfMost) =>
        most is not { } count || (count / secondsOfMost > least / seconds && PoissonTest.Differ(least, seconds, count, secondsOfMost));
}

/// <summary>What became of one thing between two captures.</summary>
public enum Change
{
    /// <summary>None before, and more now than chance gives.</summary>
    [JsonStringEnumMemberName("new")]
    New,

    /// <summary>None now, and fewer than chance gives.</summary>
    [JsonStringEnumMemberName("gone")]
    Gone,

    /// <summary>A higher rate.</summary>
    [JsonStringEnumMemberName("more")]
    More,

    /// <summary>A lower rate.</summary>
    [JsonStringEnumMemberName("less")]
    Less,

    /// <summary>No further apart than chance alone may set two equal rates.</summary>
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
/// The exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940, the "C-test"): where both rates are equal, each of the
/// a + b drops falls into the second window with the probability of its share of the time, so b is binomial. Two-sided: twice the smaller tail.
/// </summary>
internal static class PoissonTest
{
    /// <summary>Rates differ where chance alone sets two equal ones so far apart less often than this: once in a thousand rows.</summary>
    public const double Threshold = 0.001;

    // Terms past this share of the sum no longer change it.
    private const double Negligible = 1e-17;

    /// <summary>How often chance alone sets two equal rates as far apart as these or further, 0 to 1.</summary>
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

    /// <summary>The fewest drops in one window that differ from none in the other.</summary>
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
/// How far drops are from independent: the index of dispersion (variance by mean of the drops in equal bins), 1 for a Poisson process and about
/// the size of a burst where they come in bursts. Drops by this index are about as many as there were bursts.
/// </summary>
internal static class Bursts
{
    // Fewer bins than this give no variance.
    private const int FewestBins = 8;

    // Of the normal distribution: chance alone exceeds it once in a thousand times.
    private const double Quantile = 3.09;

    /// <summary>About so many independent events as these drops were.</summary>
    /// <param name="drops">Drops.</param>
    /// <param name="dispersion">Of them or of what they are compared with; the same on both sides, so that the larger rate stays the larger.</param>
    public static CountRange Events(CountRange drops, double dispersion) =>
        new(Events(drops.Least, dispersion), drops.Most is { } most ? Events(most, dispersion) : null);

    /// <summary>
    /// The largest index of dispersion over several widths of bins, because a burst may be longer than a bin. Only bins that chance alone makes so
    /// uneven less than once in a thousand times count; 1 without any.
    /// </summary>
    /// <param name="bins">Drops in equal lengths of time; null or too few bins: taken for independent.</param>
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

    /// <summary>Upper end of what chance makes of the index: chi-square by its degrees of freedom (Wilson and Hilferty 1931).</summary>
    private static double OfChance(double freedom) => Math.Pow(1 - (2 / (9 * freedom)) + (Quantile * Math.Sqrt(2 / (9 * freedom))), 3);

    private static List<long> Pairs(List<long> bins) => bins.Chunk(2).Where(pair => pair.Length == 2).Select(pair => pair.Sum()).ToList();
}
