using System.Globalization;

namespace DropForensics.Analyze.HostState;

/// <summary>
/// Which interfaces are the two ends of a pair. An end names the other one by its index, and where that is in another namespace, by its own namespace's
/// number for that one: so the two are found by each being the only one that names the other, and by numbers that always mean the same namespace.
/// </summary>
internal static class LinkPairs
{
    private const string IndexElsewhere = "index ", NoNumber = "unknown";

    /// <summary>The ends by namespace and index, each pair once; ends whose other one is not known for sure are left out.</summary>
    public static IReadOnlyList<(LinkState One, LinkState Other)> Of(IReadOnlyList<LinkState> links)
    {
        Dictionary<(long, string), long?> indexes = links.GroupBy(link => (link.Netns, link.Name)).ToDictionary(same => same.Key, same => same.First().Index);
        bool hasNumbers = links.Any(link => link.LinkNetnsId is not null);
        List<End> ends = [.. links.Select(link => EndOf(link, indexes, hasNumbers)).OfType<End>().DistinctBy(end => (end.Link.Netns, end.Index))];
        ILookup<(string?, long?, long, long), End> byIndexes = ends.ToLookup(end => (end.Link.Kind, end.SharedNetns, end.Index, end.Peer));

        // What numbers mean follows from pairs, and makes more pairs certain.
        NamespaceNumbers numbers = new([]);
        while (true)
        {
            List<EndPair> pairs = WithoutConflicts([.. ends.Select(end => (One: end, Other: Only(end)))
                .Where(pair => pair.Other is { } other && Only(other) == pair.One && IsFirst(pair.One, other)).Select(pair => new EndPair(pair.One, pair.Other!))]); // not null by the filter
            var learned = new NamespaceNumbers(pairs);
            if (learned.Known <= numbers.Known) return [.. pairs.Select(pair => (pair.One.Link, pair.Other.Link))];
            numbers = learned;
        }

        End? Only(End end) => byIndexes[(end.Link.Kind, end.SharedNetns, end.Peer, end.Index)]
            .Where(other => other != end && (end.SharedNetns is not null || other.Link.Netns != end.Link.Netns) && numbers.Agree(end, other)).Take(2).ToList() is [var only] ? only : null;
    }

    /// <summary>
    /// Leaves out pairs that cannot all be true: a number means one namespace, and a namespace has one number. Those first that contradict the most others; of equals all,
    /// because nobody can say which is true.
    /// </summary>
    private static List<EndPair> WithoutConflicts(List<EndPair> pairs)
    {
        while (true)
        {
            List<Meaning> all = [.. pairs.SelectMany(pair => pair.Meanings)];
            ILookup<(long, string), Meaning> byNumber = all.ToLookup(each => (each.Netns, each.Number));
            ILookup<(long, long), Meaning> byNamespace = all.ToLookup(each => (each.Netns, each.Other));
            List<(EndPair Pair, int Conflicts)> counted = [.. pairs.Select(pair => (pair, pair.Meanings.Sum(own =>
                (own.Number == NoNumber ? 0 : byNumber[(own.Netns, own.Number)].Count(each => each.Other != own.Other)) + byNamespace[(own.Netns, own.Other)].Count(each => each.Number != own.Number))))];
            int most = counted.Select(each => each.Conflicts).DefaultIfEmpty().Max();
            if (most == 0) return pairs;
            pairs = [.. counted.Where(each => each.Conflicts < most).Select(each => each.Pair)];
        }
    }

    private static bool IsFirst(End end, End other) => (end.Link.Netns, end.Index).CompareTo((other.Link.Netns, other.Index)) < 0;

    private static End? EndOf(LinkState link, Dictionary<(long, string), long?> indexes, bool hasNumbers)
    {
        if (link.Kind is not ("veth" or "netkit" or "vxcan") || link.Index is not { } index || link.Link is not { } peer) return null;
        long? at = !peer.StartsWith(IndexElsewhere, StringComparison.Ordinal) ? indexes.GetValueOrDefault((link.Netns, peer))
            : long.TryParse(peer.AsSpan(IndexElsewhere.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        bool isElsewhere = hasNumbers ? link.LinkNetnsId is not null : peer.StartsWith(IndexElsewhere, StringComparison.Ordinal);
        return at is { } known ? new End(link, index, known, isElsewhere ? null : link.Netns) : null;
    }

    /// <param name="Link">The interface.</param>
    /// <param name="Index">Its index.</param>
    /// <param name="Peer">That of the other end.</param>
    /// <param name="SharedNetns">The namespace that both are in; null where the other end is in another.</param>
    private sealed record End(LinkState Link, long Index, long Peer, long? SharedNetns);

    /// <summary>Two ends.</summary>
    private sealed record EndPair(End One, End Other)
    {
        /// <summary>What the numbers of both mean if it is true.</summary>
        public IEnumerable<Meaning> Meanings => One.SharedNetns is not null ? []
            : new[] { (Of: One, To: Other), (Of: Other, To: One) }.Where(each => each.Of.Link.LinkNetnsId is not null).Select(each => new Meaning(each.Of.Link.Netns, each.Of.Link.LinkNetnsId!, each.To.Link.Netns)); // not null by the filter
    }

    /// <summary>A namespace's number for another one, or <see cref="NoNumber"/>.</summary>
    private readonly record struct Meaning(long Netns, string Number, long Other);

    /// <summary>Which namespaces the numbers mean that each namespace has for others, as pairs without conflicts show it.</summary>
    private sealed class NamespaceNumbers(IReadOnlyList<EndPair> pairs)
    {
        private readonly Dictionary<(long Netns, string Number), long> _namespaces = pairs.SelectMany(pair => pair.Meanings).Where(each => each.Number != NoNumber).Distinct()
            .ToDictionary(each => (each.Netns, each.Number), each => each.Other);

        private readonly Dictionary<(long Netns, long Other), string> _numbers = pairs.SelectMany(pair => pair.Meanings).Distinct().ToDictionary(each => (each.Netns, each.Other), each => each.Number);

        /// <summary>How many numbers have a meaning.</summary>
        public int Known => _namespaces.Count;

        /// <summary>Whether nothing that is known of the two ends' numbers speaks against their being a pair.</summary>
        public bool Agree(End one, End other) => one.SharedNetns is not null || (MayMean(one, other.Link.Netns) && MayMean(other, one.Link.Netns));

        private bool MayMean(End end, long netns) => end.Link.LinkNetnsId is not { } number
            || ((!_namespaces.TryGetValue((end.Link.Netns, number), out long known) || known == netns) && (!_numbers.TryGetValue((end.Link.Netns, netns), out string? its) || its == number));
    }
}
