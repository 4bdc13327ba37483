namespace DropForensics.Analyze.Queries;

/// <summary>Drops in each bin, as plain numbers.</summary>
internal static class Series
{
    /// <summary>All together; null where one is not known, or there is none.</summary>
    public static int[]? Sum(IEnumerable<int[]?> series)
    {
        int[]? sum = null;
        foreach (int[]? one in series)
        {
            if (one is null)
            {
                return null;
            }

            sum ??= new int[one.Length];
            for (int bin = 0; bin < one.Length; bin++)
            {
                sum[bin] += one[bin];
            }
        }

        return sum;
    }
}
