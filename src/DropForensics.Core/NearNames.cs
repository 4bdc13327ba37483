namespace DropForensics.Core;

/// <summary>The name that somebody meant who misspelled it.</summary>
public static class NearNames
{
    private const int MostLetters = 2, ShortestName = 3;

    /// <summary>The known name that is at most two letters away; null where none is.</summary>
    /// <param name="name">As it was typed, in any case; dashes in front do not count.</param>
    /// <param name="known">The names there are.</param>
    public static string? Closest(string name, IEnumerable<string> known)
    {
        string typed = name.TrimStart('-');
        if (typed.Length < ShortestName) return null;
        return known.Select(each => (Name: each, Distance: Between(typed, each.TrimStart('-'))))
            .Where(near => near.Distance <= MostLetters)
            .OrderBy(near => near.Distance).Select(near => near.Name).FirstOrDefault();
    }

    /// <summary><c> Did you mean --json?</c>; empty where nothing is close.</summary>
    public static string Question(string name, IEnumerable<string> known) => Closest(name, known) is { } meant ? $" Did you mean {meant}?" : "";

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
