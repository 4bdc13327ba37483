using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

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
