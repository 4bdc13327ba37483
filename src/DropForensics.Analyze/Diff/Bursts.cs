using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Diff;

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
    /// The largest index of dispersion over several widths of bins, because a burst may be longer than a bin. A width whose index chance explains
    /// (more than once in a thousand times) is ignored; 1 if all are.
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
