using System.Globalization;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Queries;

namespace DropForensics.Analyze.Analysis;

/// <summary>Makes the map of the interfaces that dropped packets pointed to.</summary>
internal sealed class InterfaceMapBuilder
{
    // What ethtool calls them; rtnetlink's name for the kind is known only where the host's state is kept.
    private static readonly Dictionary<string, string> KindsOfDrivers = new() { ["802.1Q VLAN Support"] = "vlan", ["bonding"] = "bond" };
    private static readonly string[] Masters = ["bridge", "bond", "team", "vrf"];

    private readonly SortedDictionary<At, Node> _nodes = [];
    private readonly long _drops;

    /// <param name="rows">All interfaces.</param>
    /// <param name="links">Their state.</param>
    /// <param name="dropped">Drops by interface.</param>
    /// <param name="users">Who uses their namespaces.</param>
    /// <param name="drops">All captured drops.</param>
    public InterfaceMapBuilder(IEnumerable<LinkRow> rows, IReadOnlyList<LinkState> links, IEnumerable<InterfaceFacts> dropped, NamespaceNames users, long drops)
    {
        _drops = drops;
        Dictionary<At, LinkState> states = links.Where(link => link.Index is not null).GroupBy(link => new At(link.Netns, link.Index ?? 0)).ToDictionary(same => same.Key, same => same.First());
        foreach (IGrouping<At, LinkRow> same in rows.GroupBy(row => new At(row.Netns, row.IfIndex)))
        {
            // One that was renamed has a row for each name.
            LinkState? state = states.GetValueOrDefault(same.Key);
            _nodes[same.Key] = new Node(same.FirstOrDefault(row => row.Name == state?.Name) ?? same.MaxBy(row => row.Id)!, state, users.Of(same.Key.Netns)); // not null: no group is empty
        }

        foreach (InterfaceFacts each in dropped)
        {
            if (each is { Netns: { } netns, IfIndex: { } index } && _nodes.TryGetValue(new At(netns, index), out Node? node)) node.Drops += each.Drops;
        }

        foreach ((At at, Node upper) in _nodes)
        {
            foreach (At below in LowerOf(upper.Row))
            {
                if (below == at || !_nodes.TryGetValue(below, out Node? lower)) continue;
                bool isMember = below.Netns == at.Netns && (Masters.Contains(upper.Kind) || lower.State?.Master == upper.Row.Name);
                upper.Lower[below] = isMember ? InterfaceLinkKind.Member : InterfaceLinkKind.On;
                if (isMember) lower.Masters.Add(at);
            }
        }

        foreach ((LinkState one, LinkState other) in LinkPairs.Of(links))
        {
            At first = new(one.Netns, one.Index ?? 0), second = new(other.Netns, other.Index ?? 0);
            if (_nodes.TryGetValue(first, out Node? a) && _nodes.TryGetValue(second, out Node? b)) (a.Peer, b.Peer) = (second, first);
        }
    }

    /// <summary>The map; null where nothing connects the interfaces.</summary>
    public InterfaceMap? Build()
    {
        Dictionary<At, int> places = [];
        foreach ((At at, Node node) in _nodes.Where(each => each.Value.Drops > 0).OrderByDescending(each => each.Value.Drops)) AddWithConnected(at, places);
        List<InterfaceLink> links = [.. places.SelectMany(from => LinksOf(from.Key).Where(link => places.ContainsKey(link.To)).Select(link => new InterfaceLink(from.Value, places[link.To], link.Kind)))];
        List<Node> others = [.. _nodes.Where(each => !places.ContainsKey(each.Key)).Select(each => each.Value)];
        return links.Count == 0 ? null : new InterfaceMap([.. places.Keys.Select(Mapped)], links)
        {
            OthersWithDrops = others.Count(node => node.Drops > 0),
            DropsOfOthers = others.Sum(node => node.Drops),
            OthersWithoutDrops = others.Count(node => node.Drops == 0),
        };
    }

    private void AddWithConnected(At first, Dictionary<At, int> places)
    {
        var open = new Queue<At>([first]);
        while (places.Count < InterfaceMap.Most && open.TryDequeue(out At? at))
        {
            if (!places.TryAdd(at, places.Count)) continue;
            foreach (At next in Connected(_nodes[at])) open.Enqueue(next);
        }
    }

    // Of a bridge or bond the members that lead to a device: the others are where packets of other drops came from or went to.
    private IEnumerable<At> Connected(Node node) =>
        [.. node.Peer is { } peer ? [peer] : Array.Empty<At>(), .. node.Masters, .. node.Lower.Where(below => below.Value == InterfaceLinkKind.On || LeadsDown(_nodes[below.Key])).Select(below => below.Key)];

    private static bool LeadsDown(Node node) => node.IsDevice || node.Lower.Count > 0;

    private IEnumerable<(At To, InterfaceLinkKind Kind)> LinksOf(At at)
    {
        Node node = _nodes[at];
        foreach ((At below, InterfaceLinkKind kind) in node.Lower) yield return (below, kind);
        if (node.Peer is { } peer && at.CompareTo(peer) < 0) yield return (peer, InterfaceLinkKind.Pair);
    }

    private MappedInterface Mapped(At at)
    {
        Node node = _nodes[at];
        return new MappedInterface(node.Row.Name, at.Index, at.Netns, node.UsedBy, node.Kind, node.State?.State, node.Drops, (double)node.Drops / _drops) { IsDevice = node.IsDevice };
    }

    /// <summary><c>2 4026532178:7 ?</c>: what it stands on, as far as that is known.</summary>
    private static IEnumerable<At> LowerOf(LinkRow row)
    {
        foreach (string part in row.Lower?.Split(' ') ?? [])
        {
            string[] at = part.Split(':');
            if (!long.TryParse(at[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long index)) continue;
            if (at.Length == 1) yield return new At(row.Netns, index);
            else if (long.TryParse(at[0], NumberStyles.None, CultureInfo.InvariantCulture, out long netns)) yield return new At(netns, index);
        }
    }

    /// <summary>What identifies an interface.</summary>
    private sealed record At(long Netns, long Index) : IComparable<At>
    {
        public int CompareTo(At? other) => (Netns, Index).CompareTo((other?.Netns ?? 0, other?.Index ?? 0));
    }

    private sealed class Node(LinkRow row, LinkState? state, string? usedBy)
    {
        public LinkRow Row => row;

        public LinkState? State => state;

        public string? UsedBy => usedBy;

        public long Drops { get; set; }

        public At? Peer { get; set; }

        public SortedDictionary<At, InterfaceLinkKind> Lower { get; } = [];

        public SortedSet<At> Masters { get; } = [];

        public string? Kind => state?.Kind ?? (row.Driver is { } driver ? KindsOfDrivers.GetValueOrDefault(driver, driver) : null);

        /// <summary>Where the host's state is not kept, whatever stands on nothing is one, save what never is.</summary>
        public bool IsDevice => state is null
            ? row.Lower is null && row.Driver is not (null or "loopback" or "veth" or "tun" or "bridge")
            : state.Kind is null && row.Driver != "loopback";
    }
}
