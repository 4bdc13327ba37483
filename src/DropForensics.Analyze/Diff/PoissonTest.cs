namespace DropForensics.Analyze.Diff;

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
