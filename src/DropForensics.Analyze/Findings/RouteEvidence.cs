using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Evidence from routes, neighbours and links as they were after the window: where the dropped packets should have gone, and what was wrong there.</summary>
internal static class RouteEvidence
{
    private const int Named = 3;

    /// <summary>Through which interface packets that were too big had to leave, and what it takes.</summary>
    public static IEnumerable<Evidence> Mtu(CaptureFacts facts, Finding cause) => Sentences(Ends(facts, cause, flow => flow.Dst).Select(each =>
        Onward(facts, each) is { } route && LinkOf(facts, each.Netns, route.Interface) is { Mtu: { } mtu } link
            ? $"The route to {each.Address} leads through `{link.Name}`, whose MTU is {Count(mtu)}{(route.Mtu is { } own ? $"; the route itself allows {Count(own)}" : "")}." : null));

    /// <summary>Whether packets of the senders would leave through the interface that they came in by.</summary>
    public static IEnumerable<Evidence> Back(CaptureFacts facts, Finding cause)
    {
        IEnumerable<Evidence> back = Sentences(Ends(facts, cause, flow => flow.Src).Select(each => Lookup(facts, each.Netns) is not { IsKnown: true } routes ? null
            : routes.To(each.Address) is not { } route ? $"There is no route back to {each.Address}{Where(facts, each.Netns)}."
            : route is { Interface: { } leads, HasHops: false } && leads != each.Interface && each.Interface is { } came
                ? $"The route back to {each.Address} leads through `{leads}`, and its packets came in through `{came}`." : null));
        IEnumerable<Evidence> marks = facts.Namespaces.Select(n => n.Netns).OfType<long>()
            .Where(netns => Lookup(facts, netns) is { UsesMarks: true } && facts.Host.Setting(netns, "net.ipv4.conf.all.src_valid_mark") == "0").Take(1)
            .Select(netns => new TextEvidence($"Routing rules choose by the packet's mark{Where(facts, netns)}, and `net.ipv4.conf.all.src_valid_mark` is 0: the filter looks up the route back without the mark."));
        return back.Concat(marks);
    }

    /// <summary>Which next hops did not answer.</summary>
    public static IEnumerable<Evidence> Neighbour(CaptureFacts facts, Finding cause) => Sentences(Ends(facts, cause, flow => flow.Dst).Select(each =>
        Onward(facts, each) is { Interface: { } link } route && (route.Gateway ?? each.Address) is var hop && facts.Host.NeighbourState(each.Netns, link, hop) is { } state
            ? $"The next hop {hop} at `{link}` was in the state `{state}` after the window{(route.Gateway is null ? "" : $"; it is the gateway to {each.Address}")}." : null));

    /// <summary>Interfaces that could not send.</summary>
    public static IEnumerable<Evidence> Down(CaptureFacts facts, Finding cause) => Sentences(cause.Sites.SelectMany(site => site.Site.Interfaces).Select(i => i.Name).OfType<string>().Distinct()
        .SelectMany(name => facts.Host.LinksAfter.Where(link => link.Name == name && facts.Interfaces.Any(i => i.Name == name && i.Netns == link.Netns)))
        .Select(link => link.Flags?.Split(',').Contains("up") == false ? $"`{link.Name}` was switched off after the window{Where(facts, link.Netns)}."
            : link.State is "down" or "lowerlayerdown" ? $"`{link.Name}` had no carrier after the window{Where(facts, link.Netns)}: its state was `{link.State}`." : null));

    /// <summary>IPv6 addresses that another host has already.</summary>
    public static IEnumerable<Evidence> Duplicates(CaptureFacts facts) => Sentences(facts.Host.DuplicateAddresses()
        .Select(each => $"`{each.Interface}`{Where(facts, each.Netns)} does not use its address {each.Address}: another host had it already (duplicate address detection)."));

    private static Route? Onward(CaptureFacts facts, End end) => Lookup(facts, end.Netns)?.To(end.Address) is { Type: "unicast", HasHops: false } route ? route : null;

    private static RouteLookup? Lookup(CaptureFacts facts, long netns) => facts.Host.RoutesOf(netns);

    private static LinkState? LinkOf(CaptureFacts facts, long netns, string? name) => facts.Host.LinksAfter.FirstOrDefault(link => link.Netns == netns && link.Name == name);

    private static string Where(CaptureFacts facts, long netns) => netns == facts.Capture.OwnNetns ? "" : $" in network namespace {netns}";

    /// <summary>An end of the cause's flows, of those whose namespace is known. Where drops of the same reason have another cause, no flow is surely this one's.</summary>
    private static IEnumerable<End> Ends(CaptureFacts facts, Finding cause, Func<FlowFacts, string> address)
    {
        HashSet<string?> own = [.. cause.Sites.GroupBy(site => site.Site.Reason, site => site.Drops)
            .Where(reason => facts.Sites.Where(site => site.Reason == reason.Key).Sum(site => site.Drops) == reason.Sum()).Select(reason => reason.Key)];
        return facts.Flows.Where(flow => flow is { Tunnel: null, EtherType: 0x800 or 0x86dd } && own.Contains(flow.Reasons[0].Name))
            .Select(flow => SocketEvidence.NamespaceOf(facts, flow) is { } netns ? new End(netns, address(flow), flow.Interface) : null).OfType<End>().DistinctBy(end => (end.Netns, end.Address));
    }

    private static IEnumerable<TextEvidence> Sentences(IEnumerable<string?> sentences) => sentences.OfType<string>().Distinct().Take(Named).Select(text => new TextEvidence(text));

    private sealed record End(long Netns, string Address, string? Interface);
}
