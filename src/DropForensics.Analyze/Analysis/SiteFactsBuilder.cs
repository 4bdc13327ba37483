using System.Runtime.InteropServices;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Pass;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>Gathers what the pass over the drops counted by site into the lists people ask for: by function, driver, entry, stack.</summary>
internal sealed class SiteFactsBuilder(
    IReadOnlyDictionary<SiteKey, SiteTally> tallies,
    IReadOnlyDictionary<long, SiteReading> readings,
    IReadOnlyDictionary<long, ReasonRow> reasons,
    LinkNames names,
    ILookup<(int Function, long Reason), KindFacts> kinds,
    OwnerIndex owners,
    long drops)
{
    private readonly Dictionary<(long Site, long Interface), DriverReading> _drivers = tallies.Keys
        .Select(k => (k.Site, k.Interface)).Distinct().ToDictionary(k => k, k => DriverReading.Of(readings[k.Site], names.Row(k.Interface)));

    /// <summary>Drops by reason.</summary>
    public IReadOnlyList<(long Id, ReasonFacts Facts)> Reasons() => tallies
        .GroupBy(t => t.Key.Reason, t => t.Value.Drops)
        .Select(g => (g.Key, ReasonOf(g.Key, g.Sum())))
        .OrderByDescending(r => r.Item2.Drops).ThenBy(r => r.Item2.Reason, StringComparer.Ordinal)
        .ToList();

    /// <summary>Drops by deciding function and reason; <paramref name="example"/> fetches the raw text of the first of each.</summary>
    public IReadOnlyList<SiteFacts> Sites(Func<SiteTally, RawExample?> example) => tallies
        .GroupBy(t => (readings[t.Key.Site].Function, readings[t.Key.Site].Module, t.Key.Reason))
        .Select(g => (g.Key, Tallies: g.ToList(), All: g.Select(t => t.Value).Aggregate((a, b) => a.With(b))))
        .OrderByDescending(g => g.All.Drops).ThenBy(g => g.Key.Function, StringComparer.Ordinal).ThenBy(g => g.Key.Reason)
        .Select((g, n) => SiteOf(g.Key.Function, g.Key.Module, g.Key.Reason, g.Tallies, g.All, n < FactLimits.Examples ? example(g.All) : null))
        .ToList();

    /// <summary>Drops by driver; unknown ones by what kept the driver from being known.</summary>
    public IReadOnlyList<DriverFacts> Drivers() => tallies
        .GroupBy(t => (DriverOf(t.Key).Driver, DriverOf(t.Key).Rule, DriverOf(t.Key).Candidates,
            Why: DriverMeaning.Of(readings[t.Key.Site], DriverOf(t.Key)), Detail: DriverMeaning.Short(readings[t.Key.Site], DriverOf(t.Key))))
        .Select(g => new DriverFacts(
            g.Key.Driver, g.Key.Rule, g.Key.Candidates, g.Key.Why, g.Key.Detail, g.Sum(t => t.Value.Drops), Share(g.Sum(t => t.Value.Drops)),
            TallyBy(g, t => names.Label(t.Key.Interface)).Top(), Paths(g), TallyBy(g, t => readings[t.Key.Site].Entry).Top()))
        .OrderByDescending(d => d.Drops).ThenBy(d => d.Driver, StringComparer.Ordinal)
        .ToList();

    /// <summary>Drops by the function that handed the packet to the stack.</summary>
    public IReadOnlyList<EntryFacts> Entries() => tallies
        .GroupBy(t => (readings[t.Key.Site].Entry, Meaning: EntryMeaning.Of(readings[t.Key.Site])), t => t.Value.Drops)
        .Select(g => new EntryFacts(g.Key.Entry, g.Key.Meaning, g.Sum(), Share(g.Sum())))
        .OrderByDescending(e => e.Drops).ThenBy(e => e.Entry, StringComparer.Ordinal).ThenBy(e => e.Meaning, StringComparer.Ordinal)
        .ToList();

    /// <summary>The distinct stacks by drops: id, drops, the reason of most, and what was made of it.</summary>
    public IReadOnlyList<(long Id, long Drops, string? Reason, SiteReading Reading)> Stacks() => tallies
        .Where(t => readings[t.Key.Site].Row.StackId is not null)
        .GroupBy(t => readings[t.Key.Site].Row.StackId!.Value) // not null where the line above let it through
        .Select(g => (g.Key, g.Sum(t => t.Value.Drops), TallyBy(g, t => NameOf(t.Key.Reason)).Top()[0].Name, readings[g.First().Key.Site]))
        .OrderByDescending(s => s.Item2).ThenBy(s => s.Key)
        .ToList();

    private SiteFacts SiteOf(
        string? function, string? module, long reason,
        IReadOnlyList<KeyValuePair<SiteKey, SiteTally>> members, SiteTally all, RawExample? example) => new()
        {
            Function = function,
            Module = module,
            FunctionRule = TallyBy(members, t => readings[t.Key.Site].FunctionRule).Top()[0].Name,
            Reason = NameOf(reason),
            Subsystem = reasons.GetValueOrDefault(reason)?.Subsystem,
            Drops = all.Drops,
            Share = Share(all.Drops),
            Locations = TallyBy(members, t => readings[t.Key.Site].Row.Location).Top(),
            Drivers = TallyBy(members, t => DriverOf(t.Key).Driver).Top(),
            Interfaces = TallyBy(members, t => names.Label(t.Key.Interface)).Top(),
            Owners = TallyBy(members, t => owners.NameOf(t.Key.Owner)).Top(),
            Hooks = Hooks(members),
            Places = Places(members),
            Services = Tally.Of(kinds[(all.Function, reason)].Where(k => k.Service is not null).Select(k => (k.Service, k.Drops))).Top(),
            Kinds = kinds[(all.Function, reason)].ToList(),
            Paths = Paths(members),
            Entries = TallyBy(members, t => readings[t.Key.Site].Entry).Top(),
            Ways = Ways(members),
            Stacks = members.Select(t => readings[t.Key.Site].Row.StackId).OfType<long>().Distinct().Count(),
            FirstNs = all.FirstNs,
            LastNs = all.LastNs,
            Example = example,
        };

    private List<WayFacts> Ways(IReadOnlyList<KeyValuePair<SiteKey, SiteTally>> members) => members
        .Select(t => (Driver: DriverOf(t.Key), Reading: readings[t.Key.Site], t.Value.Drops))
        .GroupBy(t => (t.Driver, t.Reading.Entry, t.Reading.Kind), t => t.Drops)
        .Select(g => new WayFacts(
            g.Key.Driver.Driver, g.Key.Driver.Rule, g.Key.Driver.Candidates, g.Key.Driver.Link is { } link ? names.Label(link) : null, g.Key.Entry,
            g.Key.Kind, g.Sum()))
        .OrderByDescending(w => w.Drops).ThenBy(w => w.Driver, StringComparer.Ordinal).ThenBy(w => w.Entry, StringComparer.Ordinal)
        .Take(FactLimits.Names)
        .ToList();

    private List<SourcePlace> Places(IReadOnlyList<KeyValuePair<SiteKey, SiteTally>> members) => members
        .GroupBy(t => readings[t.Key.Site].Place, t => t.Value.Drops)
        .OrderByDescending(g => g.Sum()).Select(g => g.Key).OfType<SourcePlace>()
        .Take(FactLimits.Names)
        .ToList();

    private List<HookFacts> Hooks(IReadOnlyList<KeyValuePair<SiteKey, SiteTally>> members) => members
        .Where(t => readings[t.Key.Site].Hook is not null)
        .GroupBy(t => (names.Row(t.Key.Interface)?.Netns, readings[t.Key.Site].Hook), t => t.Value.Drops)
        .Select(g => new HookFacts(g.Key.Netns, g.Key.Hook!, g.Sum())) // not null by the filter
        .OrderByDescending(h => h.Drops).ThenBy(h => h.Hook.Name, StringComparer.Ordinal)
        .ToList();

    private List<PathFacts> Paths(IEnumerable<KeyValuePair<SiteKey, SiteTally>> members) => members
        .GroupBy(t => PathOf(t.Key), t => t.Value.Drops)
        .Select(g => g.Key with { Drops = g.Sum() })
        .OrderByDescending(p => p.Drops).ThenBy(p => p.Interface, StringComparer.Ordinal).ThenBy(p => p.From, StringComparer.Ordinal)
        .Take(FactLimits.Names)
        .ToList();

    private PathFacts PathOf(SiteKey key)
    {
        SiteReading reading = readings[key.Site];
        LinkRow? link = names.Row(key.Interface);
        return new PathFacts(
            DropPlaces.IsThrough(reading, link, key.Iif) ? names.ByIndex(link!.Netns, key.Iif) : null, // a link by the condition
            link is null ? null : names.Label(link), DropPlaces.DirectionOf(reading, link, key.Iif), 0);
    }

    private ReasonFacts ReasonOf(long id, long count) => reasons.TryGetValue(id, out ReasonRow? row)
        ? new ReasonFacts(row.Name, row.Value, row.Subsystem, count, Share(count))
        : new ReasonFacts(null, null, null, count, Share(count));

    private DriverReading DriverOf(SiteKey key) => _drivers[(key.Site, key.Interface)];

    private string? NameOf(long reason) => reasons.GetValueOrDefault(reason)?.Name;

    private double Share(long count) => (double)count / drops;

    private static Tally TallyBy<TKey>(IEnumerable<KeyValuePair<TKey, SiteTally>> tallies, Func<KeyValuePair<TKey, SiteTally>, string?> name)
    {
        var tally = new Tally();
        foreach (KeyValuePair<TKey, SiteTally> entry in tallies)
        {
            tally.Add(name(entry), entry.Value.Drops);
        }

        return tally;
    }
}

/// <summary>Tells the packets of each function and reason apart by their headers, or where those are not known by skb->protocol.</summary>
internal static class KindFactsBuilder
{
    /// <summary>All drops, by the number of their function and the id of their reason.</summary>
    public static ILookup<(int Function, long Reason), KindFacts> Of(DropPass pass, FlowIndex index)
    {
        IEnumerable<(int, long, KindFacts)> withFlow = pass.Services.All.Select(s => (s.Key.Function, s.Key.Reason,
            new KindFacts(index.Services[s.Key.Service].EtherType, index.Services[s.Key.Service].To, index.NameOf(s.Key.Service), s.Drops)));
        IEnumerable<(int, long, KindFacts)> without = pass.Frames.Select(f => (f.Key.Function, f.Key.Reason,
            new KindFacts(f.Key.EtherType < 0 ? null : f.Key.EtherType, null, EtherTypes.Spoken(f.Key.EtherType), f.Value)));
        return withFlow.Concat(without).ToLookup(k => (k.Item1, k.Item2), k => k.Item3);
    }
}

/// <summary>Counts drops by name, to list the most frequent names first.</summary>
internal sealed class Tally
{
    // A name that is not known counts too; a dictionary wants a key for it.
    private readonly Dictionary<(bool Known, string Name), long> _drops = [];

    /// <summary>So many more drops under this name.</summary>
    public void Add(string? name, long drops) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_drops, (name is not null, name ?? ""), out _) += drops;

    /// <summary>Counts them all.</summary>
    public static Tally Of(IEnumerable<(string? Name, long Drops)> entries)
    {
        var tally = new Tally();
        foreach ((string? name, long drops) in entries)
        {
            tally.Add(name, drops);
        }

        return tally;
    }

    /// <summary>At most five names, the most frequent first.</summary>
    public IReadOnlyList<NamedDrops> Top() => _drops
        .OrderByDescending(d => d.Value).ThenBy(d => d.Key.Name, StringComparer.Ordinal)
        .Take(FactLimits.Names)
        .Select(d => new NamedDrops(d.Key.Known ? d.Key.Name : null, d.Value))
        .ToList();
}
