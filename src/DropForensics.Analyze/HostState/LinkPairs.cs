using System.Globalization;

namespace DropForensics.Analyze.HostState;

/// <summary>
/// Which interfaces are the two ends of a pair. An end names the other one by its index, and where that is in another namespace, the capture does not say
/// in which: so the two are found by each being the only one that names the other.
/// </summary>
internal static class LinkPairs
{
    private const string IndexElsewhere = "index ";

    /// <summary>The ends by namespace and index, each pair once; ends whose other one is not known for sure are left out.</summary>
    public static IReadOnlyList<(LinkState One, LinkState Other)> Of(IReadOnlyList<LinkState> links)
    {
        Dictionary<(long, string), long?> indexes = links.GroupBy(link => (link.Netns, link.Name)).ToDictionary(same => same.Key, same => same.First().Index);
        List<End> ends = [.. links.Select(link => EndOf(link, indexes)).OfType<End>().DistinctBy(end => (end.Link.Netns, end.Index))];
        ILookup<(string?, long?, long, long), End> byIndexes = ends.ToLookup(end => (end.Link.Kind, end.SharedNetns, end.Index, end.Peer));
        return [.. ends.Select(end => (One: end, Other: Only(end))).Where(pair => pair.Other is { } other && Only(other) == pair.One && IsFirst(pair.One, other)).Select(pair => (pair.One.Link, pair.Other!.Link))]; // not null by the filter

        End? Only(End end) => byIndexes[(end.Link.Kind, end.SharedNetns, end.Peer, end.Index)]
            .Where(other => other != end && (end.SharedNetns is not null || other.Link.Netns != end.Link.Netns)).Take(2).ToList() is [var only] ? only : null;
    }

    private static bool IsFirst(End end, End other) => (end.Link.Netns, end.Index).CompareTo((other.Link.Netns, other.Index)) < 0;

    private static End? EndOf(LinkState link, Dictionary<(long, string), long?> indexes)
    {
        if (link.Kind is not ("veth" or "netkit" or "vxcan") || link.Index is not { } index || link.Link is not { } peer) return null;
        bool isElsewhere = peer.StartsWith(IndexElsewhere, StringComparison.Ordinal);
        long? at = !isElsewhere ? indexes.GetValueOrDefault((link.Netns, peer))
            : long.TryParse(peer.AsSpan(IndexElsewhere.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
        return at is { } known ? new End(link, index, known, isElsewhere ? null : link.Netns) : null;
    }

    /// <param name="Link">The interface.</param>
    /// <param name="Index">Its index.</param>
    /// <param name="Peer">That of the other end.</param>
    /// <param name="SharedNetns">The namespace that both are in; null where the other end is in another.</param>
    private sealed record End(LinkState Link, long Index, long Peer, long? SharedNetns);
}
