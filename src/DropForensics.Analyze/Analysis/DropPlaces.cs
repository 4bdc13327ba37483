using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>What the drops have in common that the pass counted under one key.</summary>
internal sealed class DropPlaces(IReadOnlyDictionary<long, SiteReading> readings, IReadOnlyDictionary<long, ReasonRow> reasons, LinkNames names, OwnerIndex owners)
{
    /// <param name="key">Of the pass.</param>
    /// <param name="withStack">False where the key stands for several that differ by their stack.</param>
    public DropPlace Of(SiteKey key, bool withStack)
    {
        SiteReading reading = readings[key.Site];
        LinkRow? link = names.Row(key.Interface);
        DriverReading driver = DriverReading.Of(reading, link);
        ReasonRow? reason = reasons.GetValueOrDefault(key.Reason);
        return new DropPlace(
            reading.Function, reading.Module, reason?.Name, reason?.Subsystem,
            driver.Driver, driver.Rule, driver.Candidates, DriverMeaning.Of(reading, driver), reading.Entry, EntryMeaning.Of(reading),
            link?.Netns, (int?)link?.IfIndex, link?.Name, DirectionOf(reading, link, key.Iif), withStack ? reading.Row.StackId : null, owners.NameOf(key.Owner));
    }

    /// <summary>Drops by the dimensions that need no facts of their own, by id.</summary>
    public Dictionary<string, IReadOnlyList<CountedFacts>> Counted(IReadOnlyDictionary<SiteKey, SiteTally> sites, long drops)
    {
        List<(DropPlace Place, long Drops)> places = sites.Select(site => (Of(site.Key, withStack: true), site.Value.Drops)).ToList();
        return Dimension.Counted.ToDictionary(d => d.Id, d => (IReadOnlyList<CountedFacts>)places
            .GroupBy(p => d.OfPlace?.Invoke(p.Place), p => p.Drops)
            .Select(g => new CountedFacts((g.Key as NameKey)?.Name, g.Sum(), (double)g.Sum() / drops))
            .OrderByDescending(c => c.Drops).ThenBy(c => c.Name, StringComparer.Ordinal)
            .ToList());
    }

    // The kernel notes where a packet came in when it receives it, and moves the packet's interface on when it sends it: two that differ mean it was
    // on its way from one to the other. A packet that began here has come in nowhere.
    public static Direction DirectionOf(SiteReading reading, LinkRow? link, long iif) => link is null || iif < 0
        ? reading.IsOut == true ? Direction.Out
            : reading.IsOut == false || reading.Kind is EntryKind.Poll or EntryKind.Backlog or EntryKind.GroCells or EntryKind.HandOver ? Direction.In
            : Direction.Unknown
        : IsThrough(reading, link, iif) && reading.IsOut != false ? Direction.Through : Direction.In; // else it was handed up: from a port to its bridge, out of a tunnel

    /// <summary>Whether its interface is not the one it came in through, or it was to leave through the same.</summary>
    public static bool IsThrough(SiteReading reading, LinkRow? link, long iif) => link is not null && iif >= 0 && (iif != link.IfIndex || reading.IsOut == true);
}

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
