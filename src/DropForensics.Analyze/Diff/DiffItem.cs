using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Diff;

/// <summary>One thing in one capture, before the two are set against each other.</summary>
/// <param name="Name">What it is: a reason, a function, a driver, an interface, a service, a conversation.</param>
/// <param name="Drops">Captured.</param>
/// <param name="Bins">The same in equal lengths of time; null where the capture has too many alike to keep them apart.</param>
internal sealed record DiffItem(string Name, long Drops, int[]? Bins)
{
    /// <summary>Of a function the reason its drops had; null where reasons are not told apart.</summary>
    public string? Reason { get; init; }

    /// <summary>Whether the name is the kernel's own spelling.</summary>
    public bool IsName { get; init; }

    /// <summary>Whether these drops are of any other thing in the list, and the capture does not know which.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The same thing with so many drops; without any there is nothing over time either.</summary>
    public DiffItem With(long drops) => this with { Drops = drops, Bins = [] };

    /// <summary>One item for each name and reason: interfaces of two namespaces have one name, two rules name one driver.</summary>
    public static Dictionary<(string Name, string? Reason), DiffItem> Summed(IEnumerable<DiffItem> items) => items
        .GroupBy(i => (i.Name, i.Reason))
        .ToDictionary(g => g.Key, g => g.First() with { Drops = g.Sum(i => i.Drops), Bins = Series.Sum(g.Select(i => i.Bins)), IsName = g.Any(i => i.IsName) });
}
