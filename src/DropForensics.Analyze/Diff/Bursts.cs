namespace DropForensics.Analyze.Diff;

/// <summary>
/// How far drops are from independent: the index of dispersion (variance by mean of the drops in equal bins), 1 for a Poisson process and about
/// the size of a burst where they come in bursts. Drops by this index are about as many as there were bursts.
/// </summary>
internal static class Bursts
{
    // Fewer bins than this tell nothing of a variance.
    private const int FewestBins = 8;

    /// <summary>About so many independent events; the drops themselves where they are independent.</summary>
    /// <param name="bins">Drops in equal lengths of time.</param>
    public static long Events(IReadOnlyList<long> bins) => (long)Math.Ceiling(bins.Sum() / Dispersion(bins));

    /// <summary>The largest of several widths of bins, for a burst may be longer than a bin; 1 at least.</summary>
    public static double Dispersion(IReadOnlyList<long> bins)
    {
        double largest = 1;
        for (IReadOnlyList<long> wider = bins; wider.Count >= FewestBins; wider = wider.Chunk(2).Where(pair => pair.Length == 2).Select(pair => pair.Sum()).ToList())
        {
            double mean = wider.Average();
            if (mean > 0) largest = Math.Max(largest, wider.Sum(count => (count - mean) * (count - mean)) / (wider.Count - 1) / mean);
        }

        return largest;
    }
}
