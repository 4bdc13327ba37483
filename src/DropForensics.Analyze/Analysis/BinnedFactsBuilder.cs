using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>Brings what the pass counted over time to the rows of the lists.</summary>
internal sealed class BinnedFactsBuilder(
    DropPass pass, SiteGroups groups, IReadOnlyDictionary<long, SiteReading> readings, IReadOnlyDictionary<long, ReasonRow> reasons, LinkNames names)
{
    /// <summary>The parts of all drops, the most frequent first.</summary>
    public IReadOnlyList<BinnedCell> Cells(CaptureFacts facts)
    {
        var rows = new ListRows(facts);
        return pass.Sites
            .Select(site => (Place: PlaceOf(site.Key, rows, withStack: true), Drops: pass.SiteBins.Of(site.Value.Row)))
            .Where(site => site.Drops is not null)
            .Select(site => (site.Place, Drops: site.Drops!)) // not null by the line above
            .Concat(pass.SiteBins.Groups.Select(g => (PlaceOf(groups.ExampleOf(g), rows, withStack: false), pass.SiteBins.OfGroup(g))))
            .GroupBy(cell => cell.Item1, cell => cell.Item2)
            .Select(g => new BinnedCell(g.Key, Series.Sum(g)!)) // not null, for each of them is there
            .OrderByDescending(cell => cell.Drops.Sum(n => (long)n))
            .ToList();
    }

    private BinnedPlace PlaceOf(SiteKey key, ListRows rows, bool withStack)
    {
        SiteReading reading = readings[key.Site];
        LinkRow? link = names.Row(key.Interface);
        DriverReading driver = DriverReading.Of(reading, link);
        ReasonRow? reason = reasons.GetValueOrDefault(key.Reason);
        return new BinnedPlace(
            rows.Site(reading.Function, reading.Module, reason?.Name, reason?.Subsystem),
            rows.Reason(reason?.Name, reason?.Subsystem),
            rows.Driver(driver.Driver, driver.Rule, driver.Candidates, DriverMeaning.Of(reading, driver)),
            rows.Entry(reading.Entry, EntryMeaning.Of(reading)),
            rows.Interface(link?.Netns, (int?)link?.IfIndex, link?.Name),
            rows.Namespace(link?.Netns),
            withStack && reading.Row.StackId is { } stack ? rows.Stack(stack) : ListRows.None);
    }
}

/// <summary>Where a thing stands in the lists of facts; <see cref="None"/> where a list leaves it out.</summary>
internal sealed class ListRows(CaptureFacts facts)
{
    /// <summary>In no row.</summary>
    public const int None = -1;

    private readonly Dictionary<(string?, string?, string?, string?), int> _sites = Index(facts.Sites.Take(FactLimits.TableRows), s => (s.Function, s.Module, s.Reason, s.Subsystem));
    private readonly Dictionary<(string?, string?), int> _reasons = Index(facts.Reasons, r => (r.Reason, r.Subsystem));
    private readonly Dictionary<(string?, string?, string?, string), int> _drivers = Index(facts.Drivers, d => (d.Driver, d.Rule, d.Candidates, d.Meaning));
    private readonly Dictionary<(string?, string?), int> _entries = Index(facts.Entries, e => (e.Entry, e.Meaning));
    private readonly Dictionary<(long?, int?, string?), int> _interfaces = Index(facts.Interfaces, i => (i.Netns, i.IfIndex, i.Name));
    private readonly Dictionary<(bool, long), int> _namespaces = Index(facts.Namespaces, n => (n.Netns.HasValue, n.Netns ?? 0));
    private readonly Dictionary<long, int> _stacks = Index(facts.Stacks, s => s.Id);

    public int Site(string? function, string? module, string? reason, string? subsystem) => _sites.GetValueOrDefault((function, module, reason, subsystem), None);

    public int Reason(string? name, string? subsystem) => _reasons.GetValueOrDefault((name, subsystem), None);

    public int Driver(string? driver, string? rule, string? candidates, string meaning) => _drivers.GetValueOrDefault((driver, rule, candidates, meaning), None);

    public int Entry(string? entry, string? meaning) => _entries.GetValueOrDefault((entry, meaning), None);

    public int Interface(long? netns, int? ifIndex, string? name) => _interfaces.GetValueOrDefault((netns, ifIndex, name), None);

    public int Namespace(long? netns) => _namespaces.GetValueOrDefault((netns.HasValue, netns ?? 0), None);

    public int Stack(long id) => _stacks.GetValueOrDefault(id, None);

    private static Dictionary<TKey, int> Index<TRow, TKey>(IEnumerable<TRow> rows, Func<TRow, TKey> keyOf)
        where TKey : notnull
    {
        var index = new Dictionary<TKey, int>();
        foreach ((int number, TRow row) in rows.Index())
        {
            index.TryAdd(keyOf(row), number);
        }

        return index;
    }
}
