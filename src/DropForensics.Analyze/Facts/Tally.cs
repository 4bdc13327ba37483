using System.Runtime.InteropServices;

namespace DropForensics.Analyze.Facts;

/// <summary>Counts drops by name, to list the most frequent names first.</summary>
internal sealed class Tally
{
    // A name that is not known counts too; a dictionary wants a key for it.
    private readonly Dictionary<(bool Known, string Name), long> _drops = [];

    /// <summary>How many distinct names, unknown among them.</summary>
    public int Count => _drops.Count;

    /// <summary>So many more drops under this name.</summary>
    public void Add(string? name, long drops) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_drops, (name is not null, name ?? ""), out _) += drops;

    /// <summary>The names, the most frequent first; null for unknown.</summary>
    public IEnumerable<string?> Names() => _drops
        .OrderByDescending(d => d.Value).ThenBy(d => d.Key.Name, StringComparer.Ordinal)
        .Select(d => d.Key.Known ? d.Key.Name : null);

    /// <summary>At most five of the known names.</summary>
    public IReadOnlyList<string> Known() => Names().OfType<string>().Take(FactLimits.Names).ToList();
}
