using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Model;

/// <summary>The map of interfaces in words, and as the chart wants it.</summary>
internal static class MapOfInterfaces
{
    /// <summary>What is drawn, and what is not.</summary>
    public static string Caption(ReportModel model, InterfaceMap map)
    {
        string?[] sentences =
        [
            $"{model.Subject.Title} of the whole window at each interface, and what connects it with others, by network namespace: a veth pair, a bridge or bond and its members, a VLAN or tunnel and what it runs on.",
            map.OthersWithDrops == 0 ? null : $"{Count(map.OthersWithDrops, "more interface")} with {model.Subject.Counted(map.DropsOfOthers)} {Do(map.OthersWithDrops)} not fit.",
            map.OthersWithoutDrops == 0 ? null : $"{Count(map.OthersWithoutDrops, "more interface")} without {model.Subject.Many} {(map.OthersWithoutDrops == 1 ? "is" : "are")} not shown.",
        ];
        return string.Join(' ', sentences.OfType<string>());
    }

    /// <summary>What the chart draws.</summary>
    public static MapData Of(ReportModel model, InterfaceMap map)
    {
        // The host's own namespace first: of equals, the others are drawn from it.
        long? own = model.Facts.Capture.OwnNetns;
        List<MappedInterface> first = [.. map.Interfaces.DistinctBy(each => each.Netns).OrderByDescending(each => each.Netns == own)];
        Dictionary<long, int> frames = first.Index().ToDictionary(each => each.Item.Netns, each => each.Index);
        return new MapData(
            "How the interfaces are connected",
            string.Join(' ', map.Links.Select(link => Sentence(map.Interfaces[link.From], map.Interfaces[link.To], link.Kind, own))),
            [.. first.Select(each => Frame(each, own))],
            [.. map.Interfaces.Select(each => new MapBox(
                frames[each.Netns], each.Name, each.Kind ?? "", Trouble(each.State), each.Drops, each.Drops == 0 ? "" : $"{Count(each.Drops)} ({Percent(each.Share)})", each.Share, each.IsDevice) { Row = RowOf(model, each) })],
            [.. map.Links.Select(link => (link.From, link.To))]);
    }

    // One that was renamed has a row for each of its names, and none has all its drops.
    private static int? RowOf(ReportModel model, MappedInterface of) => model.Facts.Interfaces.Index()
        .Where(row => row.Item.Netns == of.Netns && row.Item.IfIndex == of.IfIndex && row.Item.Drops == of.Drops).Select(row => (int?)row.Index).SingleOrDefault();

    private static string Do(int count) => count == 1 ? "does" : "do";

    private static MapFrame Frame(MappedInterface of, long? own) =>
        (of.Netns == own ? "the host's own" : of.UsedBy) is { } name ? new MapFrame(name, $"namespace {of.Netns}") : new MapFrame($"namespace {of.Netns}", "");

    // The kernel's words for a link that carries nothing; of loopback and tunnels the state is not known.
    private static string Trouble(string? state) => state switch
    {
        "down" or "lowerlayerdown" => "down",
        "dormant" or "testing" => state,
        "notpresent" => "not present",
        _ => "",
    };

    private static string Sentence(MappedInterface upper, MappedInterface lower, InterfaceLinkKind kind, long? own)
    {
        (string one, string other) = upper.Netns == lower.Netns ? (upper.Name, lower.Name) : ($"{upper.Name} of {Frame(upper, own).Name}", $"{lower.Name} of {Frame(lower, own).Name}");
        return kind switch
        {
            InterfaceLinkKind.Pair => $"{one} and {other} are a pair.",
            InterfaceLinkKind.Member => $"{other} is a member of {one}.",
            _ => $"{one} runs on {other}.",
        };
    }
}
