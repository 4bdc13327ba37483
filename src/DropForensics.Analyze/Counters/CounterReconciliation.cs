using DropForensics.Analyze.Knowledge;

namespace DropForensics.Analyze.Counters;

/// <summary>
/// Compares what the host's counters gained with what was traced: in each network namespace if the probe shows which one a packet was in, else in all
/// namespaces together.
/// </summary>
/// <param name="gains">What the counters gained.</param>
/// <param name="names">Counters that the capture knows: drops are not compared with others.</param>
/// <param name="traced">What was captured.</param>
/// <param name="isFiltered">The capture left drops out on purpose.</param>
internal sealed class CounterReconciliation(
    IReadOnlyList<CounterGain> gains, IReadOnlySet<string> names, IReadOnlyList<TracedDrops> traced, bool isFiltered)
{
    // Of a gain; in the facts it is null.
    private const long WholeHost = 0;

    /// <summary>Namespaces whose counters were not read after the window: most of them ended in it.</summary>
    public IReadOnlySet<long> Unread { get; init; } = new HashSet<long>();

    private readonly bool _knowsNamespaces = traced.Any(t => t.Netns is not null);

    /// <summary>Every rule that counted or traced anything, the host's first, then by namespace.</summary>
    public IReadOnlyList<CounterFacts> Facts() => CounterRule.All.Where(rule => rule.Counters.Any(names.Contains)).SelectMany(Rows)
        .OrderBy(f => f.Netns ?? WholeHost).ThenBy(f => f.Interface is not null).ThenByDescending(f => f.Counted)
        .ThenBy(f => f.Interface, StringComparer.Ordinal).ThenBy(f => f.Counter, StringComparer.Ordinal)
        .ToList();

    private IEnumerable<CounterFacts> Rows(CounterRule rule)
    {
        List<CounterGain> counted = gains.Where(g => rule.Counters.Contains(g.Counter)).ToList();
        List<(TracedDrops Drops, bool IsSure)> covered = traced
            .Select(t => (t, Covers: rule.Covers(t.Reason, t.Function))).Where(t => t.Covers != false).Select(t => (t.t, t.Covers == true)).ToList();
        bool isHosts = counted.Any(g => g.Netns == WholeHost) || rule.IsOfWholeHost;
        bool ofLink = rule.Counters[0].StartsWith("link.", StringComparison.Ordinal);
        if (rule.Relation == CounterRule.Never || rule.Reasons.Count == 0)
        {
            return counted.GroupBy(g => (g.Netns, g.Interface)).Select(g => Row(rule, g.Key.Netns, g.Key.Interface, g, null, null));
        }

        if (isHosts || !_knowsNamespaces)
        {
            // The drops do not show where they were, but the counters of an interface do: each is listed, compared with nothing.
            return rule.Relation == CounterRule.Part && ofLink
                ? counted.Select(g => Row(rule, g.Netns, g.Interface, [g], null, null))
                : UnlessEmpty(Row(rule, null, null, counted, Sum(covered.Where(c => c.IsSure)), Sum(covered)));
        }

        IEnumerable<(long? Netns, string? Interface)> places = counted.Select(g => (Netns: (long?)g.Netns, g.Interface))
            .Union(covered.Where(c => c.IsSure && c.Drops.Netns is not null).Select(c => (c.Drops.Netns, Interface: ofLink ? c.Drops.Interface : null)));
        return places.SelectMany(place =>
        {
            var here = covered.Where(c => c.Drops.Netns == place.Netns && (!ofLink || c.Drops.Interface == place.Interface)).ToList();
            return UnlessEmpty(Row(
                rule, place.Netns, place.Interface, counted.Where(g => g.Netns == place.Netns && g.Interface == place.Interface),
                Sum(here.Where(c => c.IsSure)), Sum(here) + Sum(covered.Where(c => c.Drops.Netns is null))));
        });
    }

    private CounterFacts Row(CounterRule rule, long? netns, string? link, IEnumerable<CounterGain> counted, long? atLeast, long? atMost)
    {
        List<CounterGain> these = counted.ToList();
        long gain = these.Sum(g => g.By);
        if (rule.Relation == CounterRule.Some) atLeast = 0; // any of these drops may be counted elsewhere, or nowhere
        IEnumerable<string> names = these.Count > 0 ? these.Select(g => g.Counter).Distinct() : rule.Counters.Take(1);
        return new CounterFacts(
            netns == WholeHost ? null : netns, link, string.Join(" + ", names.Select(Name)), rule.Meaning, rule.Relation, gain, atLeast, atMost,
            Unseen(rule, gain, atMost), Reading(rule, netns, gain, atLeast, atMost))
        {
            Topic = rule.Topic,
            Severity = rule.Severity,
        };
    }

    // What a filter left out was not seen, but it is no silent loss.
    private long Unseen(CounterRule rule, long counted, long? atMost) => rule.Topic is null || (isFiltered && rule.Relation != CounterRule.Never) ? 0
        : Math.Max(0, counted - (rule.Relation == CounterRule.Never ? 0 : atMost ?? counted));

    private string Reading(CounterRule rule, long? netns, long counted, long? atLeast, long? atMost) => (atLeast, atMost) switch
    {
        (null, _) or (_, null) => CounterFacts.NotComparable,
        _ when counted < atLeast && IsUnread(netns, rule) => CounterFacts.NotRead,
        _ when counted < atLeast => CounterFacts.MoreTraced,
        _ when counted <= atMost || rule.Relation is CounterRule.Part or CounterRule.Some => CounterFacts.Agrees,
        _ => isFiltered ? CounterFacts.NotComparable : CounterFacts.MoreCounted,
    };

    // Of the whole host, any namespace that is missing may hold what is missing from the sum; softnet_stat is read once for all.
    private bool IsUnread(long? netns, CounterRule rule) =>
        netns is { } one ? Unread.Contains(one) : Unread.Count > 0 && !rule.Counters[0].StartsWith("softnet.", StringComparison.Ordinal);

    /// <summary>A rule without anything counted or traced is left out.</summary>
    private static IEnumerable<CounterFacts> UnlessEmpty(CounterFacts row) => row is { Counted: 0, AtLeast: null or 0 } ? [] : [row];

    private static string Name(string counter) => counter.StartsWith("link.", StringComparison.Ordinal) ? counter["link.".Length..] : counter;

    private static long Sum(IEnumerable<(TracedDrops Drops, bool IsSure)> drops) => drops.Sum(d => d.Drops.Drops);
}

/// <summary>Captured drops of one kind, as far as counters distinguish kinds.</summary>
/// <param name="Netns">Namespace of the packet's interface; null where unknown.</param>
/// <param name="Interface">That interface; null where unknown.</param>
/// <param name="Reason">Null where none was given.</param>
/// <param name="Function">Who decided; null where unknown.</param>
/// <param name="Drops">How many.</param>
internal sealed record TracedDrops(long? Netns, string? Interface, string? Reason, string? Function, long Drops);

/// <summary>
/// What a counter of the host gained, beside the drops that it should agree with. The counters were read shortly before recording began and
/// shortly after it was closed, so they may have counted packets outside the window: a difference alone is no loss.
/// </summary>
/// <param name="Netns">Inode of the network namespace; null: the whole host, all namespaces that could be looked into added up.</param>
/// <param name="Interface">Whose counter it is; null for a protocol's.</param>
/// <param name="Counter">Its name, several added up with <c> + </c> between them.</param>
/// <param name="Meaning">What it counts.</param>
/// <param name="Relation"><c>equal</c>: each count is such a drop; <c>part</c>: it counts other things as well; <c>some</c>: the same, and any of these drops may be counted elsewhere or nowhere; <c>never</c>: no drop event shows it.</param>
/// <param name="Counted">By how much it grew.</param>
/// <param name="AtLeast">Captured drops that it counts for certain; null if it never counts one, or the probe cannot show it.</param>
/// <param name="AtMost">The same, including drops of which the capture knows too little.</param>
/// <param name="Unseen">How many of them are losses that no drop event shows; 0 if unknown.</param>
/// <param name="Reading"><c>agrees</c>, <c>more counted</c>, <c>more traced</c>, <c>not read</c> (its
/// namespace was gone after the window), or <c>not comparable</c>.</param>
public sealed record CounterFacts(
    long? Netns, string? Interface, string Counter, string Meaning, string Relation, long Counted, long? AtLeast, long? AtMost, long Unseen, string Reading)
{
    /// <summary>The topic of the unseen ones; null if they mean nothing.</summary>
    internal string? Topic { get; init; }

    /// <summary>How bad the unseen ones are.</summary>
    internal Severity Severity { get; init; }

    public const string Agrees = "agrees", MoreCounted = "more counted", MoreTraced = "more traced", NotRead = "not read", NotComparable = "not comparable";
}
