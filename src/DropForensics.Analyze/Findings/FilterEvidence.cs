using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>
/// Which tc filter dropped packets. A drop shows whether tc was asked on the way in or out, and most often at which interface; the counters of the filters' actions
/// show what dropped there. BPF programs count nothing, those attached by tcx are in a list of their own: they are never blamed.
/// </summary>
internal static class FilterEvidence
{
    private const int Named = 3;

    /// <summary>A filter that counted at least this part of the drops is named in the title.</summary>
    private const double Bulk = 0.5;

    /// <summary>The finding with what is known of its filters; the same finding if nothing is.</summary>
    public static Finding AddTo(CaptureFacts facts, Finding cause)
    {
        List<AtPlace> places = PlacesOf(facts, cause);
        if (places.Count == 0) return cause;

        // Its count is of the whole window, so with drops missing it may be of those.
        TcFilter? culprit = facts.IsIncomplete ? null
            : places.Where(place => place is { IsBeyond: false, WhyUnknown: null, IsOneNamespace: true }).SelectMany(place => place.Counted).FirstOrDefault(filter => filter.Dropped >= Bulk * cause.Drops);
        return cause with
        {
            Title = culprit is null ? cause.Title : $"{cause.Title.TrimEnd('.')}; {(culprit.Dropped >= cause.Drops ? "all" : Percent((double)(culprit.Dropped ?? 0) / cause.Drops))} by the {culprit.Name}.",
            Evidence = [.. places.SelectMany(place => place.Counted).OrderByDescending(filter => filter.Dropped).Take(Named).Select(Sentence), .. places.Select(Sentence).OfType<TextEvidence>(), .. cause.Evidence],
        };
    }

    /// <summary>The filter that dropped every packet of a site, where that is one, and nothing else that was listed can have dropped any of them.</summary>
    public static IEnumerable<(SiteFacts Site, TcFilter Filter)> Sure(CaptureFacts facts, Finding cause) => facts.IsIncomplete ? []
        : PlacesOf(facts, cause).Where(place => place.Only is not null).SelectMany(place => place.Sites.Where(site => site.Drops == site.Site.Drops).Select(site => (site.Site, place.Only!))); // not null by the filter

    private static List<AtPlace> PlacesOf(CaptureFacts facts, Finding cause) =>
        [.. cause.Sites.Where(site => Direction(site.Site) is not null).GroupBy(site => Direction(site.Site) ?? "").Select(sites => AtPlace.Of(facts, sites.Key, [.. sites]))
            .Where(place => place.Suspects.Count > 0 || place.WhyUnknown is not null || place.Tcx is { Count: > 0 })];

    /// <summary>
    /// Whether filters of a direction counted more than a part of the drops of all its sites together: on kernels that give no reason, other drops of the same functions
    /// look the same.
    /// </summary>
    public static bool IsOfFilters(CaptureFacts facts, string direction, double part) =>
        Distinct(facts.Host.Filters.Where(filter => filter.Parent == direction)).Sum(filter => filter.Dropped ?? 0) > part * facts.Sites.Where(site => Direction(site) == direction).Sum(site => site.Drops);

    /// <summary>Where tc was asked: <c>ingress</c>, <c>egress</c>; null where neither reason nor function shows it.</summary>
    private static string? Direction(SiteFacts site) => (site.Reason, site.Function) switch
    {
        ("TC_INGRESS", _) => "ingress",
        ("TC_EGRESS", _) => "egress",
        (null or "NOT_SPECIFIED", "sch_handle_ingress" or "__netif_receive_skb_core") => "ingress",
        (null or "NOT_SPECIFIED", "sch_handle_egress" or "__dev_queue_xmit") => "egress",
        _ => null,
    };

    // An action that filters share counts once.
    private static IEnumerable<TcFilter> Distinct(IEnumerable<TcFilter> filters) => filters.DistinctBy(filter => filter.Index is null ? (object)filter : (filter.Netns, filter.Action, filter.Index));

    private static TextEvidence Sentence(TcFilter filter) => new($"The {filter.Words} counted {Count(filter.Dropped ?? 0, "dropped packet")} during the capture.");

    private static TextEvidence? Sentence(AtPlace at)
    {
        if (at.WhyUnknown is { } why) return new TextEvidence($"Which filter dropped {Count(at.Rest, "packet")} on {at.Direction} is unknown: the tc filters of their network namespace were not listed ({why}).");
        if (at.IsBeyond) return new TextEvidence($"These counted more than the {Count(at.Drops, "packet")} captured on {at.Direction}: packets that the capture left out or missed, too.");
        if (at.Rest <= 0) return null;
        List<TcFilter> silent = [.. at.Suspects.Where(filter => filter.MayDropUncounted)];
        if (at.Tcx is { } programs) return new TextEvidence($"No tc filter counted {(at.Counted.Count > 0 ? "the other " : "")}{Count(at.Rest, "packet")} dropped on {at.Direction}. {Others(silent, programs, at.IsComplete)}");
        return new TextEvidence($"No tc filter counted {(at.Counted.Count > 0 ? "the other " : "")}{Count(at.Rest, "packet")} dropped on {at.Direction}. {(silent.Count > 0
            ? $"They may have met {string.Join("; ", silent.Take(Named).Select(filter => $"the {filter.Words}"))}{(silent.Count > Named ? "; or others" : "")}, of which no count is known, or"
            : "They may have met")} {(at.IsComplete ? "" : "a filter that is not in the list, which is incomplete, or ")}a BPF program that tc does not list (tcx): `bpftool net` shows those.");
    }

    // Where the host was asked for all that can drop there.
    private static string Others(List<TcFilter> silent, IReadOnlyList<TcxProgram> programs, bool isComplete)
    {
        string?[] others =
        [
            silent.Count == 0 ? null : $"{string.Join("; ", silent.Take(Named).Select(filter => $"the {filter.Words}"))}{(silent.Count > Named ? "; or others" : "")}, of which no count is known",
            programs.Count == 0 ? null : $"{string.Join("; ", programs.Take(Named).Select(program => program.Words))}{(programs.Count > Named ? "; or others" : "")}, which counts nothing",
            isComplete ? null : "a filter that is not in the list, which is incomplete",
        ];
        return others.OfType<string>().ToList() is { Count: > 0 } any ? $"They may have met {string.Join(", or ", any)}." : "Nothing else that was listed can have dropped them.";
    }

    /// <summary>Drops on the way in or out, and the filters there.</summary>
    private sealed record AtPlace(string Direction, IReadOnlyList<SiteMeaning> Sites, IReadOnlyList<TcFilter> Suspects)
    {
        // Between the readings and the window's ends filters count packets that are not captured.
        private const double Slack = 0.1;
        private const long LeastSlack = 10;

        public static AtPlace Of(CaptureFacts facts, string direction, List<SiteMeaning> sites)
        {
            // Interfaces are of a whole site, the five most frequent of it.
            HashSet<string> names = [.. sites.SelectMany(site => site.Site.Interfaces).Select(link => link.Name).OfType<string>()];
            bool isAll = sites.TrueForAll(site => site.Site.Interfaces.Where(link => link.Name is not null).Sum(link => link.Drops) == site.Site.Drops);
            List<long?> spaces = isAll ? [.. facts.Interfaces.Where(link => link.Name is { } name && names.Contains(name)).Select(link => link.Netns).Distinct()] : [];
            long? netns = spaces is [var only] ? only : null;
            return new AtPlace(direction, sites, [.. facts.Host.Filters.Where(filter => filter.Parent == direction && (!isAll || names.Contains(filter.Interface)) && (netns is null || filter.Netns == netns))])
            {
                WhyUnknown = netns is null ? null : facts.Host.WhyNotListed(HostAtThatTime.Filtering, netns),
                IsComplete = facts.Host.AreFiltersComplete(netns),
                Tcx = facts.Host.TcxPrograms(netns)?.Where(program => program.Direction == direction && (!isAll || names.Contains(program.Interface))).ToList(),
            };
        }

        /// <summary>The programs of tcx that the packets may have met; null if it is not known which there were.</summary>
        public IReadOnlyList<TcxProgram>? Tcx { get; init; }

        public long Drops { get; } = Sites.Sum(site => site.Drops);

        /// <summary>Why no filter of the packets' network namespace is known; null where they were listed, or where the namespace is not known.</summary>
        public string? WhyUnknown { get; init; }

        /// <summary>All its filters are of one namespace: an interface of the same name in another may not be meant.</summary>
        public bool IsOneNamespace => Suspects.Select(filter => filter.Netns).Distinct().Count() == 1;

        /// <summary>Whether all filters were listed that the packets may have met.</summary>
        public bool IsComplete { get; init; }

        /// <summary>What counted drops, the most first.</summary>
        public List<TcFilter> Counted { get; } = [.. Distinct(Suspects.Where(filter => filter.Dropped > 0)).OrderByDescending(filter => filter.Dropped)];

        /// <summary>What dropped all of them; null where that may have been several.</summary>
        public TcFilter? Only => IsComplete && IsOneNamespace && WhyUnknown is null && Rest <= 0 && !IsBeyond && Counted is [var only] && Tcx is null or [] && !Suspects.Any(filter => filter.MayDropUncounted) ? only : null;

        /// <summary>Drops that no filter counted.</summary>
        public long Rest => Drops - Counted.Sum(filter => filter.Dropped ?? 0);

        /// <summary>More was counted than captured, so counters do not tell which of these drops are whose.</summary>
        public bool IsBeyond => -Rest > Math.Max(LeastSlack, Slack * Drops);
    }
}
