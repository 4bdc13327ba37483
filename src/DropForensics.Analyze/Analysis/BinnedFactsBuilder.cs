using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>Assigns what the pass counted over time to the rows of the lists.</summary>
internal sealed class BinnedFactsBuilder(DropPass pass, SiteGroups groups, DropPlaces places)
{
    /// <summary>The parts of all drops, the most frequent first; and the same crossed with what does not follow from their places.</summary>
    /// <param name="facts">The lists.</param>
    /// <param name="valuesOf">The values in <see cref="DropPass.Crossed"/> of each row of one of <see cref="Dimension.Crossed"/>.</param>
    public (IReadOnlyList<BinnedCell> Cells, CrossedDrops Crossed) Cells(CaptureFacts facts, Func<Dimension, IReadOnlyList<IReadOnlyList<int>>> valuesOf)
    {
        Dictionary<DimensionKey, int>[] rows = [.. Dimension.OfPlaces.Select(d => RowsOf(d, facts))];
        BinnedPlace Listed(SiteKey key, bool withStack)
        {
            DropPlace place = places.Of(key, withStack);
            return new BinnedPlace([.. Dimension.OfPlaces.Select((d, i) => d.OfPlace?.Invoke(place) is { } its ? rows[i].GetValueOrDefault(its, BinnedPlace.None) : BinnedPlace.None)]);
        }

        List<(int Row, BinnedPlace Place, int[]? Drops)> sites = [.. pass.Sites.Select(site => (site.Value.Row, site.Key, Drops: pass.SiteBins.Of(site.Value.Row)))
            .Select(site => (site.Row, site.Drops is null ? Listed(groups.ExampleOf(groups.Of(site.Key)), withStack: false) : Listed(site.Key, withStack: true), site.Drops))];
        List<BinnedCell> cells = sites
            .Where(site => site.Drops is not null)
            .Select(site => (site.Place, Drops: site.Drops!)) // not null by the line above
            .Concat(pass.SiteBins.Groups.Select(g => (Listed(groups.ExampleOf(g), withStack: false), pass.SiteBins.OfGroup(g))))
            .GroupBy(cell => cell.Item1, cell => cell.Item2)
            .Select(g => new BinnedCell(g.Key, Series.Sum(g)!)) // not null: all series are there
            .OrderByDescending(cell => cell.Drops.Sum(n => (long)n))
            .ToList();
        Dictionary<BinnedPlace, int> numbers = cells.Index().ToDictionary(cell => cell.Item.Place, cell => cell.Index);
        return (cells, Crossed(sites.ToDictionary(site => site.Row, site => numbers[site.Place]), [.. Dimension.Crossed.Select(valuesOf)]));
    }

    /// <summary>By cells and rows, in place of the pass's own numbers. A row that a value of was left out has no drops here.</summary>
    private CrossedDrops Crossed(Dictionary<int, int> cellOf, IReadOnlyList<IReadOnlyList<int>>[] valuesOf)
    {
        Dictionary<int, int>[] rows = [.. valuesOf.Select((all, dimension) => all.Index()
            .Where(row => !row.Item.Any(value => pass.Crossed.IsLeftOut(dimension, value)))
            .SelectMany(row => row.Item, (row, value) => (value, row.Index)).ToDictionary(v => v.value, v => v.Index))];
        var crossed = new CrossedDrops(rows.Length, pass.Bins.Count);
        foreach ((int site, IReadOnlyList<int> values, IReadOnlyList<(int Bin, int Drops)> bins) in pass.Crossed.Kinds)
        {
            int[] listed = [.. values.Select((value, dimension) => rows[dimension].GetValueOrDefault(value, CrossedDrops.None))];
            foreach ((int bin, int drops) in bins)
            {
                crossed.Add(cellOf[site], listed, bin, drops);
            }
        }

        return crossed;
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

/// <summary>Numbers the groups of sites that the report distinguishes: function, reason, driver, entry, interface, direction and owner. Sites with one number differ by their stacks at most.</summary>
internal sealed class SiteGroups(IReadOnlyDictionary<long, SiteReading> readings, IReadOnlyDictionary<long, LinkRow> links)
{
    private readonly Dictionary<object, int> _numbers = [];
    private readonly List<SiteKey> _examples = [];

    /// <summary>The number of a site's group.</summary>
    public int Of(SiteKey key)
    {
        LinkRow? link = links.GetValueOrDefault(key.Interface);
        object what = readings.TryGetValue(key.Site, out SiteReading? reading)
            ? (reading.Function, reading.Module, key.Reason, link?.Id, DriverReading.Of(reading, link), reading.Entry, reading.Kind,
                DropPlaces.DirectionOf(reading, link, key.Iif), key.Owner, reading.Row.StackId is null)
            : key;
        if (!_numbers.TryGetValue(what, out int number))
        {
            _numbers.Add(what, number = _examples.Count);
            _examples.Add(key);
        }

        return number;
    }

    /// <summary>One site of a group.</summary>
    public SiteKey ExampleOf(int group) => _examples[group];
}

/// <summary>Numbers the deciding functions, so that the pass over the drops can distinguish them by an integer.</summary>
internal sealed class FunctionNumbers
{
    private readonly List<string?> _names = [];

    /// <param name="readings">What was made of each site.</param>
    public FunctionNumbers(IReadOnlyDictionary<long, SiteReading> readings)
    {
        var numbers = new Dictionary<(string?, string?), int>();
        var bySite = new Dictionary<long, int>(readings.Count);
        foreach ((long site, SiteReading reading) in readings)
        {
            if (!numbers.TryGetValue((reading.Function, reading.Module), out int number))
            {
                numbers.Add((reading.Function, reading.Module), number = _names.Count);
                _names.Add(reading.Function);
            }

            bySite.Add(site, number);
        }

        BySite = bySite;
    }

    /// <summary>The number of each site's function.</summary>
    public IReadOnlyDictionary<long, int> BySite { get; }

    /// <summary>The functions' drops over time, the most frequent first; past the twentieth all others together.</summary>
    public IReadOnlyList<TimelineSeries> Series(IReadOnlyDictionary<long, long[]> timeline)
    {
        List<(string? Name, long[] Drops)> all = timeline
            .GroupBy(t => _names[(int)t.Key], t => t.Value).Select(g => (g.Key, Sum(g)))
            .OrderByDescending(t => t.Item2.Sum()).ThenBy(t => t.Key, StringComparer.Ordinal).ToList();
        List<TimelineSeries> shown = all.Take(FactLimits.SeriesOfFunctions).Select(t => new TimelineSeries(null, t.Name, t.Drops)).ToList();
        if (all.Count > shown.Count)
        {
            string others = $"{Display.Units.Count(all.Count - shown.Count)} other functions";
            shown.Add(new TimelineSeries(null, others, Sum(all.Skip(shown.Count).Select(t => t.Drops))));
        }

        return shown;
    }

    private static long[] Sum(IEnumerable<long[]> series) => series.Aggregate((a, b) => a.Zip(b, (x, y) => x + y).ToArray());
}
