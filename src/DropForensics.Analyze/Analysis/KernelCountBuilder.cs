using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>Holds what a hist trigger counted against the drops that were captured, by reason and location.</summary>
/// <param name="counts">What the kernel counted.</param>
/// <param name="names">The names of reasons by number; of those that were never captured the numbers stay.</param>
internal sealed class KernelCountBuilder(IReadOnlyList<HistCountRow> counts, IReadOnlyDictionary<long, string> names)
{
    /// <param name="captured">Reason, location and number of the captured drops.</param>
    /// <returns>The most missed first; empty where the kernel counted nothing so.</returns>
    public IReadOnlyList<KernelCountFacts> Build(IReadOnlyList<(long? Reason, string? Location, long Drops)> captured)
    {
        if (counts.Count == 0)
        {
            return [];
        }

        // Linux 5.17 to 6.1 hides the location in the tracepoint's text, older ones print it as a bare address.
        bool byLocation = captured.Count == 0 || captured.Any(c => c.Location?.Contains('+') == true);
        (long?, string?) Key(long? reason, string? location) => (reason, byLocation && location is not null ? Place(location) : null);
        Dictionary<(long?, string?), long> here = captured.GroupBy(c => Key(c.Reason, c.Location)).ToDictionary(g => g.Key, g => g.Sum(c => c.Drops));
        List<KernelCountFacts> both = counts.GroupBy(c => Key(c.Reason, c.Location))
            .Select(g => Row(g.Key, g.Sum(c => c.Drops), here.GetValueOrDefault(g.Key))).ToList();
        HashSet<(long?, string?)> counted = counts.Select(c => Key(c.Reason, c.Location)).ToHashSet();
        return both.Concat(here.Where(h => !counted.Contains(h.Key)).Select(h => Row(h.Key, 0, h.Value)))
            .OrderByDescending(f => f.Counted - f.Captured).ThenByDescending(f => f.Counted).ThenBy(f => f.Location, StringComparer.Ordinal).ToList();
    }

    private KernelCountFacts Row((long? Reason, string? Location) key, long counted, long captured) =>
        new(key.Reason is { } value ? names.GetValueOrDefault(value) : null, key.Reason, key.Location, counted, captured);

    /// <summary>Symbol and offset alone: <c>udp_rcv+0x49e</c> of <c>udp_rcv+0x49e/0xb20 [module]</c>.</summary>
    private static string Place(string location) => location.Split('/', ' ')[0];
}
