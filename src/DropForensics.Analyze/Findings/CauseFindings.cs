using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Why packets were dropped: one finding for all sites that mean the same.</summary>
internal static class CauseFindings
{
    private const int SitesNamed = 3;
    private const int FlowsNamed = 3;

    /// <summary>A service or interface of more than this of a site's packets is said with it; of two halves neither is.</summary>
    private const double Bulk = 0.5;

    public static IEnumerable<Finding> Of(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites) =>
        sites.GroupBy(s => s.Topic).Select(g => One(facts, g.Key, g.ToList()));

    // Sites come with the most drops first, so the first one speaks for its topic.
    private static Finding One(CaptureFacts facts, Topic topic, List<SiteMeaning> sites)
    {
        (SiteFacts top, KnowledgeEntry? known) = sites[0];
        long drops = sites.Sum(s => s.Site.Drops);
        double share = (double)drops / facts.Drops;
        Severity severity = topic.Id == Topic.Noise ? Severity.Harmless : sites[0].Severity;
        List<FlowFacts> flows = Flows(facts, sites);
        return new Finding
        {
            Id = topic.Id,
            Severity = severity,
            Title = $"{topic.Clause}: {Count(drops, "packet")}, {Percent(share)} of all{Where(top, drops)}.",
            Meaning = known?.What ?? "Nothing is known of this function, and no reason was given with it. Its name and its stack have to do.",
            Drops = drops,
            Share = share,
            Evidence = [.. sites.Take(SitesNamed).Select(Site), .. Rest(sites), .. flows.Take(FlowsNamed).Select(Flow), Times(facts, sites)],
            Causes = known?.Causes ?? [],
            Checks = CheckFiller.Fill(known?.Checks ?? [], PacketWords.InterfaceOf(top, Bulk), flows.FirstOrDefault()?.Dport, Address(flows.FirstOrDefault())),
            Example = top.Example,
            View = new FindingView(sites.Min(s => s.Site.FirstNs), sites.Max(s => s.Site.LastNs), top.Reason ?? top.Function),
            Weight = topic.Id == Topic.Noise ? 0 : FindingOrder.Weight(severity, drops),
        };
    }

    // What is true of the first site need not be of the others.
    private static string Where(SiteFacts site, long drops)
    {
        double bulk = Bulk * drops / site.Drops;
        return bulk < 1 && PacketWords.Of(site, bulk) is { } words ? $"; {(site.Drops == drops ? "" : "most of them: ")}{words}" : "";
    }

    private static string Site(SiteMeaning site)
    {
        string reason = site.Site.Reason is { } name ? $"`{name}`" : "no reason";
        string function = FunctionWords.Of(site.Site);
        return $"{Count(site.Site.Drops, "drop")} in {function}, {reason}{(site.Known is { } known && known.Severity != Severity.Harmless ? "" : ", harmless")}.";
    }

    private static IEnumerable<string> Rest(List<SiteMeaning> sites) =>
        sites.Count <= SitesNamed ? [] : [$"{Count(sites.Skip(SitesNamed).Sum(s => s.Site.Drops), "drop")} at {Count(sites.Count - SitesNamed, "other site")}."];

    private static string Flow(FlowFacts flow) => $"Flow {flow.Ends}, {flow.Service}: {Count(flow.Drops, "drop")}.";

    private static string Times(CaptureFacts facts, List<SiteMeaning> sites)
    {
        (long first, long last) = (sites.Min(s => s.Site.FirstNs), sites.Max(s => s.Site.LastNs));
        return !facts.Window.IsTime ? "The trace's clock counts no time."
            : first == last ? $"At {Moment(first)}." : $"From {Moment(first)} to {Moment(last)}, over {Duration(last - first)}.";
    }

    /// <summary>The reverse path filter asks for the way back, all else for the way on.</summary>
    private static string? Address(FlowFacts? flow) => flow?.Reasons[0].Name == "IP_RPFILTER" ? flow.Src : flow?.Dst;

    /// <summary>Flows of those listed whose drops are for one of these reasons, first of all.</summary>
    private static List<FlowFacts> Flows(CaptureFacts facts, List<SiteMeaning> sites)
    {
        HashSet<string?> reasons = [.. sites.Select(s => s.Site.Reason)];
        return facts.Flows.Where(f => reasons.Contains(f.Reasons[0].Name)).ToList();
    }
}
