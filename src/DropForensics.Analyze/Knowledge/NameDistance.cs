namespace DropForensics.Analyze.Knowledge;

/// <summary>How far two names are from each other.</summary>
internal static class NameDistance
{
    /// <summary>Letters to be added, taken out or changed to make one of the other (Levenshtein), in any case; 0 also where one holds the other whole
    /// and is no more than twice as long.</summary>
    public static int Between(string a, string b)
    {
        (string x, string y) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        if (x.Length >= 4 && y.Contains(x, StringComparison.Ordinal)) return y.Length <= 2 * x.Length ? 0 : 1;
        int[] row = Enumerable.Range(0, y.Length + 1).ToArray();
        for (int i = 1; i <= x.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= y.Length; j++)
            {
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (x[i - 1] == y[j - 1] ? 0 : 1)));
            }
        }

        return row[^1];
    }
}
