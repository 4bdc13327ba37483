using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Findings;

/// <summary>Drops of a site with the same meaning, and their knowledge entry: the meaning of a site's packets may depend on their destination.</summary>
/// <param name="Site">Drops of one function and reason.</param>
/// <param name="Known">Null: unknown.</param>
/// <param name="Drops">How many of the site's drops.</param>
/// <param name="Services">Their services, the most frequent first, at most five.</param>
internal sealed record SiteMeaning(SiteFacts Site, KnowledgeEntry? Known, long Drops, IReadOnlyList<NamedDrops> Services)
{
    /// <summary>A counter whose growth exceeds this part of a site's drops is assumed to have counted them.</summary>
    private const double Most = 0.5;

    private const long MostOfFlow = 10, MomentNs = 1_000_000_000;

    public Topic Topic => Topic.All[Known switch
    {
        null when Site.Reason is { } reason and not "NOT_SPECIFIED" && ReasonWords.IsName(reason) => Topic.UnknownReason,
        null => Topic.Mark,
        { IsNoise: true } => Topic.Noise,
        var known => known.Topic,
    }];

    /// <summary>Drops of unknown meaning may be losses or not.</summary>
    public Severity Severity => Known?.Severity ?? Severity.Depends;

    public static IEnumerable<SiteMeaning> Of(CaptureFacts facts, KnowledgeBase knowledge)
    {
        KernelVersion? kernel = KernelVersion.Parse(facts.Capture.KernelRelease);
        return facts.Sites.SelectMany(site => Of(site, kind => knowledge.Of(site.Reason, site.Function, kernel, condition => IsTrue(condition, facts, site, kind))))
            .OrderByDescending(s => s.Drops);
    }

    private static IEnumerable<SiteMeaning> Of(SiteFacts site, Func<KindFacts, KnowledgeEntry?> meaning)
    {
        List<(KnowledgeEntry? Known, KindFacts Kind)> kinds = site.Kinds.GroupBy(k => (k.EtherType, k.To))
            .SelectMany(alike => meaning(alike.First()) is var known ? alike.Select(kind => (known, kind)) : []).ToList();
        foreach (KnowledgeEntry? known in kinds.Select(k => k.Known).Distinct())
        {
            List<KindFacts> these = kinds.Where(k => k.Known == known).Select(k => k.Kind).ToList();
            yield return new SiteMeaning(
                site, known, these.Sum(k => k.Drops), Tally.Of(these.Where(k => k.Service is not null).Select(k => (k.Service, k.Drops))).Top());
        }
    }

    private static bool IsTrue(Condition condition, CaptureFacts facts, SiteFacts site, KindFacts kind) => true switch
    {
        _ when condition == Condition.ToGroup => kind.To == Audience.Group,
        _ when condition == Condition.ToEverybody => kind.To == Audience.Everybody,
        _ when condition == Condition.OfIp => EtherTypes.IsIp(kind.EtherType),
        _ when condition == Condition.GoingOut => site.Paths is [{ Direction: Direction.Through or Direction.Out }, ..],
        _ when condition == Condition.NoQueue => HasNoQueue(facts, site),
        _ when condition == Condition.FewAFlow => IsFewAFlow(facts, site),
        _ when condition.TcDirection is { } direction => FilterEvidence.IsOfFilters(facts, direction, Most),
        _ when condition.Counter is { } counter => facts.Gains.Where(g => CounterGain.Bare(g.Counter) == counter).Sum(g => g.By) > Most * site.Drops,
        _ => condition.Module is { } module && facts.Modules.Count > 0 && facts.Modules.Contains(module) == condition.IsLoaded,
    };

    // A path's MTU is learned by the first packets that are too large: a window of TCP at most, and once.
    private static bool IsFewAFlow(CaptureFacts facts, SiteFacts site)
    {
        List<FlowFacts> flows = facts.Flows.Where(f => f.Reasons[0].Name == site.Reason).ToList();
        return flows.Sum(f => f.Drops) >= site.Drops && flows.All(f => f.Drops <= MostOfFlow && f.LastNs - f.FirstNs <= MomentNs);
    }

    // Since Linux 6.9 the stand-in for the queue of an interface that has none counts what it drops; a queue that is full counts nothing there.
    private static bool HasNoQueue(CaptureFacts facts, SiteFacts site) => PacketWords.InterfaceOf(site, 0.5) is { } name
        && facts.Counters.Any(c => c.Interface == name && c.Counter == "tx_dropped" && c.Counted >= site.Interfaces[0].Drops);
}
