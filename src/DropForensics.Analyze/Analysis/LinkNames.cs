using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>
/// What interfaces are called: by name, and with the namespace where interfaces of several share one, for a name alone names nothing.
/// </summary>
internal sealed class LinkNames
{
    private readonly IReadOnlyDictionary<long, LinkRow> _links;
    private readonly ILookup<(long Netns, long IfIndex), LinkRow> _byIndex;
    private readonly HashSet<string> _shared;

    /// <param name="links">All interfaces by id.</param>
    /// <param name="pointedTo">Ids of those that drops pointed to: only these can be taken for one another.</param>
    public LinkNames(IReadOnlyDictionary<long, LinkRow> links, IEnumerable<long> pointedTo)
    {
        _links = links;
        _byIndex = links.Values.ToLookup(l => (l.Netns, l.IfIndex));
        _shared = pointedTo.Select(links.GetValueOrDefault).OfType<LinkRow>()
            .GroupBy(l => l.Name).Where(g => g.Select(l => (l.Netns, l.IfIndex)).Distinct().Count() > 1).Select(g => g.Key).ToHashSet();
    }

    /// <summary>An interface's row; null where the drop pointed to none.</summary>
    public LinkRow? Row(long id) => _links.GetValueOrDefault(id);

    /// <summary><c>eth0</c>, <c>lo (netns 4026532281)</c>; null where the drop pointed to none.</summary>
    public string? Label(long id) => Row(id) is { } row ? Label(row) : null;

    /// <inheritdoc cref="Label(long)"/>
    public string Label(LinkRow row) => _shared.Contains(row.Name) ? $"{row.Name} (netns {row.Netns})" : row.Name;

    /// <summary>The name that an index has in a namespace; <c>ifindex 3</c> where that is not known, or was renamed.</summary>
    public string ByIndex(long? netns, long ifIndex) => netns is { } inode && _byIndex[(inode, ifIndex)].Select(l => l.Name).Distinct().Take(2).ToList() is [var only]
        ? only
        : $"ifindex {ifIndex}";

    /// <summary>Names of what an interface stands on.</summary>
    public IReadOnlyList<string> Lower(LinkRow row) => row.Lower is null
        ? []
        : row.Lower.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(index => long.TryParse(index, out long number) ? ByIndex(row.Netns, number) : index).ToList();
}
