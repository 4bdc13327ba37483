namespace DropForensics.Core.Attribution;

/// <summary>Drivers by the prefix of their functions' names, from drivers.tsv.</summary>
internal static class DriverNames
{
    private static readonly Dictionary<string, string> ByPrefix = [];
    private static readonly HashSet<string> Backlog = [];
    private static readonly int LongestPrefix;

    static DriverNames()
    {
        foreach (string line in DataFile.Lines("drivers.tsv"))
        {
            string[] fields = line.Split('\t');
            ByPrefix.Add(fields[0], fields[1]);
            if (fields is [_, _, "backlog"]) Backlog.Add(fields[1]);
            LongestPrefix = Math.Max(LongestPrefix, fields[0].Length);
        }
    }

    /// <summary>The driver of the longest prefix that matches the symbol; null if none does.</summary>
    public static string? OfSymbol(string symbol)
    {
        for (int length = Math.Min(symbol.Length, LongestPrefix); length > 0; length--)
        {
            if (ByPrefix.TryGetValue(symbol[..length], out string? driver)) return driver;
        }

        return null;
    }

    /// <summary>Whether a driver's packets may reach the stack through the backlog of the CPUs.</summary>
    public static bool UsesBacklog(string driver) => Backlog.Contains(driver);
}
