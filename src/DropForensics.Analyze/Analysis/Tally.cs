using System.Runtime.InteropServices;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Analysis;

/// <summary>Counts drops by name, to list the most frequent names first.</summary>
internal sealed class Tally
{
    // A name that is not known counts too; a dictionary wants a key for it.
    private readonly Dictionary<(bool Known, string Name), long> _drops = [];

    /// <summary>So many more drops under this name.</summary>
    public void Add(string? name, long drops) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_drops, (name is not null, name ?? ""), out _) += drops;

    /// <summary>Counts them all.</summary>
    public static Tally Of(IEnumerable<(string? Name, long Drops)> entries)
    {
        var tally = new Tally();
        foreach ((string? name, long drops) in entries)
        {
            tally.Add(name, drops);
        }

        return tally;
    }

    /// <summary>At most five names, the most frequent first.</summary>
    public IReadOnlyList<NamedDrops> Top() => _drops
        .OrderByDescending(d => d.Value).ThenBy(d => d.Key.Name, StringComparer.Ordinal)
        .Take(FactLimits.Names)
        .Select(d => new NamedDrops(d.Key.Known ? d.Key.Name : null, d.Value))
        .ToList();
}
