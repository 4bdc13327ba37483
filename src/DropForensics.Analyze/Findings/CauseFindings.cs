using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Why packets were dropped: one finding for all sites with the same meaning.</summary>
internal static class CauseFindings
{
    private const int FlowsNamed = 3, PathsNamed = 3, SitesNamed = 5, OwnersNamed = 3;

    /// <summary>The most meanings, causes and checks in one finding; more would not be read.</summary>
    private const int MostMeanings = 3, MostCauses = 5, MostChecks = 6;

    /// <summary>The title names a service or interface with more than this share of a site's packets; of two halves it names neither.</summary>
    private const double Bulk = 0.5;

    // Harmless drops are never counted among losses, even if they are of one kind.
    public static IEnumerable<Finding> Of(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites) => sites
        .GroupBy(s => s.Topic)
        .SelectMany(topic => topic.GroupBy(s => s.Severity == Severity.Harmless).Select(part =>
            One(facts, topic.Key, part.Key && topic.Any(s => s.Severity != Severity.Harmless) ? $"{topic.Key.Id}-harmless" : topic.Key.Id, part.ToList())));

    private static Finding One(CaptureFacts facts, Topic topic, string id, List<SiteMeaning> sites)
    {
        SiteMeaning top = sites[0]; // sites are ordered by drops
        long drops = sites.Sum(s => s.Drops);
        double share = (double)drops / facts.Drops;
        Severity severity = sites.GroupBy(s => s.Severity, s => s.Drops).OrderByDescending(g => g.Sum()).ThenByDescending(g => g.Key).First().Key;
        List<FlowFacts> flows = Flows(facts, sites);
        List<KnowledgeEntry> known = sites.Where(s => s.Known is not null).GroupBy(s => s.Known!, s => s.Drops).OrderByDescending(g => g.Sum()).Select(g => g.Key).ToList(); // by the filter
        PortScans scans = topic.Id == Topic.ClosedPort ? PortScans.Of(facts) : PortScans.None;
        return new Finding
        {
            Id = id,
            Severity = severity,
            Title = $"{topic.Clause}: {Count(drops, "packet")}, {Percent(share)} of {(facts.IsIncomplete ? "those recorded" : "all")}{Where(top, drops)}{Owner(sites, drops)}{scans.Clause(drops)}.",
            Meaning = Meaning(topic, sites, known) + scans.Meaning,
            Drops = drops,
            Share = share,
            Evidence =
            [
                .. sites.Take(SitesNamed).Select(s => new SiteEvidence(s.Site, s.Drops, s.Known is { Severity: Severity.Harmless })), .. Rest(sites), .. Sources(sites), .. scans.Evidence, .. Paths(sites), .. ReceivedEvidence.Of(facts, topic, sites), .. Owners(sites),
                .. flows.Take(FlowsNamed).Select(f => new PlaceEvidence(Dimension.Flows.Key(f), f.Drops)), Times(facts, sites),
            ],
            Causes = scans.Causes.Concat(Mixed(known.Select(k => k.Causes))).Distinct().Take(Math.Max(MostCauses, known.Count == 1 ? int.MaxValue : 0)).ToList(),
            Checks = scans.Checks(PacketWords.InterfaceOf(top.Site, Bulk)).Concat(CheckFiller.Fill(
                facts,
                CheckFiller.Merged(Mixed(known.Select(k => k.Checks)).DistinctBy(c => c.Command)).Take(known.Count == 1 ? int.MaxValue : MostChecks).ToList(),
                PacketWords.InterfaceOf(top.Site, Bulk), flows.FirstOrDefault()?.Dport, Address(flows.FirstOrDefault()))).DistinctBy(c => c.Command).ToList(),
            Example = top.Site.Example,
            Sites = sites,
            Rank = topic.Id == Topic.Noise ? FindingOrder.NoLoss : severity == Severity.Harmless ? FindingOrder.HarmlessCause : FindingOrder.Cause,
            Weight = sites.Sum(s => FindingOrder.Weight(s.Severity, s.Drops)) - (FindingOrder.Weight(severity, Math.Min(scans.Drops, drops)) * FindingOrder.LessOfScans),
        };
    }

    // One meaning is explained alone; several each, after what they have in common.
    private static string Meaning(Topic topic, List<SiteMeaning> sites, List<KnowledgeEntry> known)
    {
        bool isAll = sites.All(s => s.Known is not null);
        if (known is [var only] && isAll) return only.What;
        if (known.Count == 0) return "This function is unknown here, and the kernel gave no reason. Look at its name and its stack.";
        IEnumerable<string> parts = known.Take(MostMeanings).Select(k => sites.Where(s => s.Known == k).ToList() is var these
            ? $"{string.Join(", ", these.Select(Name).Distinct())} ({Count(these.Sum(s => s.Drops))}): {k.What}" : "");
        return $"{topic.Meaning} {string.Join(" ", parts)}{(known.Count > MostMeanings ? $" {Count(known.Count - MostMeanings, "other meaning")} of fewer packets." : "")}";
    }

    private static string Name(SiteMeaning site) => site.Site.Reason is { } reason and not "NOT_SPECIFIED" ? $"`{reason}`"
        : FunctionWords.Of(site.Site);

    /// <summary>The first of each, then the second of each: each lists the most frequent first.</summary>
    private static IEnumerable<T> Mixed<T>(IEnumerable<IReadOnlyList<T>> lists)
    {
        List<IReadOnlyList<T>> all = lists.ToList();
        return Enumerable.Range(0, all.Select(l => l.Count).DefaultIfEmpty().Max()).SelectMany(i => all.Where(l => l.Count > i).Select(l => l[i]));
    }

    // Facts about the first site may be wrong for the others.
    private static string Where(SiteMeaning site, long drops)
    {
        double bulk = Bulk * drops / site.Drops;
        return bulk < 1 && PacketWords.Of(site, bulk) is { } words ? $"; {(site.Drops == drops ? words : PacketWords.OfMost(words))}" : "";
    }

    private static string Owner(List<SiteMeaning> sites, long drops) =>
        Owned(sites).FirstOrDefault() is { Name: { } name } most && most.Drops > Bulk * drops
            ? $"; {(most.Drops == drops ? "all" : Percent((double)most.Drops / drops))} owned by `{name}`" : "";

    private static IEnumerable<Evidence> Owners(List<SiteMeaning> sites) => Owned(sites).Take(OwnersNamed).Select(o => new PlaceEvidence(new OwnerKey(o.Name), o.Drops));

    // Owners are counted for a whole site, so only sites with a single meaning count.
    private static IEnumerable<NamedDrops> Owned(List<SiteMeaning> sites) => sites.Where(s => s.Drops == s.Site.Drops).SelectMany(s => s.Site.Owners).Where(o => o.Name is not null)
        .GroupBy(o => o.Name, o => o.Drops).Select(g => new NamedDrops(g.Key, g.Sum())).OrderByDescending(o => o.Drops);

    private static IEnumerable<Evidence> Rest(List<SiteMeaning> sites)
    {
        if (sites.Count <= SitesNamed) yield break;
        List<SiteMeaning> rest = sites.Skip(SitesNamed).ToList();
        yield return new OtherSitesEvidence(rest.Count, rest.Sum(s => s.Drops), [.. rest.GroupBy(Name, s => s.Drops).Select(g => new NamedDrops(g.Key, g.Sum()))]);
    }

    // With --debuginfo.
    private static IEnumerable<Evidence> Sources(List<SiteMeaning> sites) => sites.Select(s => s.Site).DistinctBy(site => (site.Function, site.Source?[0].Place)).Take(SitesNamed)
        .Where(site => site.Source is not null).Select(site => new TextEvidence($"{Name(site)} drops at `{site.Source![0].Place}`"   // not null by the filter
            + string.Concat(site.Source.Zip(site.Source.Skip(1), (inner, outer) => $", in `{inner.Function}`, which is inlined at `{outer.Place}`")) + "."));

    private static string Name(SiteFacts site) => FunctionWords.Of(site) is var words ? char.ToUpperInvariant(words[0]) + words[1..] : "";

    private static IEnumerable<Evidence> Paths(List<SiteMeaning> sites) => sites.SelectMany(s => s.Site.Paths)
        .Where(p => PacketWords.Through(p) is not null).GroupBy(PacketWords.Through).Select(alike => alike.First() with { Drops = alike.Sum(p => p.Drops) })
        .OrderByDescending(p => p.Drops).Take(PathsNamed).Select(p => new PathEvidence(p));

    private static SpanEvidence Times(CaptureFacts facts, List<SiteMeaning> sites) =>
        facts.Window.IsTime ? new SpanEvidence(sites.Min(s => s.Site.FirstNs), sites.Max(s => s.Site.LastNs)) : new SpanEvidence(null, null);

    /// <summary>The reverse path filter looks up the route back, everything else the route onward.</summary>
    private static string? Address(FlowFacts? flow) => flow?.Reasons[0].Name == "IP_RPFILTER" ? flow.Src : flow?.Dst;

    /// <summary>Flows of those listed whose drops are, first of all, for one of these reasons, and for what these packets were for.</summary>
    private static List<FlowFacts> Flows(CaptureFacts facts, List<SiteMeaning> sites)
    {
        ILookup<string?, SiteMeaning> byReason = sites.ToLookup(s => s.Site.Reason);
        return facts.Flows.Where(f => byReason[f.Reasons[0].Name].Any(s => s.Drops == s.Site.Drops || s.Services.Any(service => service.Name == f.Service))).ToList();
    }
}
