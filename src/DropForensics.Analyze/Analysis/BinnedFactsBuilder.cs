using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;

namespace DropForensics.Analyze.Analysis;

/// <summary>Finds the rows of the lists for what the pass counted over time.</summary>
internal sealed class BinnedFactsBuilder(DropPass pass, SiteGroups groups, DropPlaces places)
{
    /// <summary>The parts of all drops, the most frequent first.</summary>
    public IReadOnlyList<BinnedCell> Cells(CaptureFacts facts)
    {
        Dictionary<DimensionKey, int>[] rows = [.. Dimension.OfPlaces.Select(d => RowsOf(d, facts))];
        BinnedPlace Listed(SiteKey key, bool withStack)
        {
            DropPlace place = places.Of(key, withStack);
            return new BinnedPlace([.. Dimension.OfPlaces.Select((d, i) => d.OfPlace?.Invoke(place) is { } its ? rows[i].GetValueOrDefault(its, BinnedPlace.None) : BinnedPlace.None)]);
        }

        return pass.Sites
            .Select(site => (Place: Listed(site.Key, withStack: true), Drops: pass.SiteBins.Of(site.Value.Row)))
            .Where(site => site.Drops is not null)
            .Select(site => (site.Place, Drops: site.Drops!)) // not null by the line above
            .Concat(pass.SiteBins.Groups.Select(g => (Listed(groups.ExampleOf(g), withStack: false), pass.SiteBins.OfGroup(g))))
            .GroupBy(cell => cell.Item1, cell => cell.Item2)
            .Select(g => new BinnedCell(g.Key, Series.Sum(g)!)) // not null, for each of them is there
            .OrderByDescending(cell => cell.Drops.Sum(n => (long)n))
            .ToList();
    }

    private static Dictionary<DimensionKey, int> RowsOf(Dimension dimension, CaptureFacts facts)
    {
        var rows = new Dictionary<DimensionKey, int>();
        foreach ((int number, DimensionKey key) in dimension.Keys(facts).Take(dimension.MostPlaces).Index())
        {
            rows.TryAdd(key, number);
        }

        return rows;
    }
}
