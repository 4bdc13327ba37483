using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Facts;

/// <summary>Numbers what the report tells apart of sites: function, reason, driver, entry and interface. Those of one number differ by their stacks at most.</summary>
internal sealed class SiteGroups(IReadOnlyDictionary<long, SiteReading> readings, IReadOnlyDictionary<long, LinkRow> links)
{
    private readonly Dictionary<object, int> _numbers = [];
    private readonly List<SiteKey> _examples = [];

    /// <summary>The number of a site's group.</summary>
    public int Of(SiteKey key)
    {
        LinkRow? link = links.GetValueOrDefault(key.Interface);
        object what = readings.TryGetValue(key.Site, out SiteReading? reading)
            ? (reading.Function, reading.Module, key.Reason, link?.Id, DriverReading.Of(reading, link), reading.Entry, reading.Kind, reading.Row.StackId is null)
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
