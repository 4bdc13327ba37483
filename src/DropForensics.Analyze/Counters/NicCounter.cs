using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Counters;

/// <summary>One line of nic-counters.tsv: counters of a driver's own, and what they count.</summary>
/// <param name="Drivers">Names of drivers.</param>
/// <param name="Names">The counters' names.</param>
/// <param name="Kind"><c>lost</c>, <c>damaged</c> or <c>strained</c>: see the file.</param>
/// <param name="Meaning">What is counted, in words.</param>
internal sealed record NicCounter(IReadOnlyList<string> Drivers, Regex Names, string Kind, string Meaning)
{
    public const string Lost = "lost", Damaged = "damaged", Strained = "strained";

    private static readonly Lazy<IReadOnlyList<NicCounter>> FromFile = new(() => [.. Read()]);

    /// <summary>All of them, in the file's order.</summary>
    public static IReadOnlyList<NicCounter> All => FromFile.Value;

    /// <summary>What a counter of a driver means; null where that is not known.</summary>
    public static NicCounter? Of(string driver, string counter) => All.FirstOrDefault(each => each.Drivers.Contains(driver) && each.Names.IsMatch(counter));

    private static IEnumerable<NicCounter> Read()
    {
        using Stream stream = typeof(NicCounter).Assembly.GetManifestResourceStream("nic-counters.tsv")
            ?? throw new InvalidOperationException("nic-counters.tsv is not in the program");
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] fields = line.Split('\t');
            yield return new NicCounter(fields[0].Split(' '), new Regex($"^({fields[1]})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant), fields[2], fields[3]);
        }
    }
}
