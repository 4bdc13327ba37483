namespace DropForensics.Core;

/// <summary>Finds the name that a misspelled one most likely means.</summary>
public static class NearNames
{
    private const int ShortestName = 3, ShortName = 4;

    /// <summary>The known name at a distance of at most two letters (one for a short name); null if there is none.</summary>
    /// <param name="name">As it was typed, in any case; dashes in front do not count.</param>
    /// <param name="known">The names there are.</param>
    public static string? Closest(string name, IEnumerable<string> known)
    {
        string typed = name.TrimStart('-');
        if (typed.Length < ShortestName) return null;
        (string? closest, int least) = (null, (typed.Length <= ShortName ? 1 : 2) + 1);
        foreach (string each in known)
        {
            int distance = Between(typed, each.TrimStart('-'));
            if (distance < least) (closest, least) = (each, distance);
        }

        return closest;
    }

    /// <summary><c> Did you mean --json?</c>; empty where nothing is close.</summary>
    public static string Question(string name, IEnumerable<string> known) => Closest(name, known) is { } meant ? $" Did you mean {meant}?" : "";

    /// <summary>
    /// The number of letters to add, remove, change or swap to turn one name into the other (Damerau and Levenshtein), ignoring case; also 0 if one
    /// contains the other and is at most twice as long.
    /// </summary>
    public static int Between(string a, string b)
    {
        (string x, string y) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        if (x.Length >= 4 && y.Contains(x, StringComparison.Ordinal)) return y.Length <= 2 * x.Length ? 0 : 1;
        int[,] distance = new int[x.Length + 1, y.Length + 1];
        for (int i = 0; i <= x.Length; i++)
        {
            for (int j = 0; j <= y.Length; j++)
            {
                distance[i, j] = i == 0 || j == 0 ? i + j : Math.Min(
                    Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1, distance[i - 1, j - 1] + (x[i - 1] == y[j - 1] ? 0 : 1));
                bool isSwapped = i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1];
                if (isSwapped) distance[i, j] = Math.Min(distance[i, j], distance[i - 2, j - 2] + 1);
            }
        }

        return distance[x.Length, y.Length];
    }
}
