using System.Text.Json;
using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.HostState;
using DropForensics.Analyze.Model;
using DropForensics.Analyze.Redact;
using DropForensics.Analyze.Report;
using DropForensics.Analyze.Sections;
using DropForensics.Tests.TestKit;
using Xunit;
using static DropForensics.Tests.TestKit.MadeLinks;

namespace DropForensics.Tests.Analyze.Analysis;

/// <summary>Which interfaces are on the map, what connects them, and how it is drawn.</summary>
public sealed class InterfaceMapTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Path => _scratch.File("c.db");

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Each_interface_with_drops_is_there_with_its_peer_its_master_and_the_way_down_to_the_cards()
    {
        WriteHost(Path);
        InterfaceMap map = Read().Facts.InterfaceMap!;

        Assert.Equal(
            ["There eth0 120", "Here veth1a2b3c4 0", "Here br0 1", "Here bond0.100 7", "Here bond0 0", "Here eth0 4", "Here eth1 0", "Elsewhere eth0 40", "Here veth5d6e7f8 9", "Here vxlan42 3", "Here lo 2", "Elsewhere lo 1", "Elsewhere wg0 1"],
            map.Interfaces.Select(each => $"{Name(each.Netns)} {each.Name} {each.Drops}"));
        Assert.Equal(
            ["Here bond0 Member Here eth0", "Here bond0 Member Here eth1", "Here bond0.100 On Here bond0", "Here br0 Member Here bond0.100", "Here br0 Member Here veth1a2b3c4", "Here br0 Member Here veth5d6e7f8",
                "Here veth1a2b3c4 Pair There eth0", "Here veth5d6e7f8 Pair Elsewhere eth0", "Here vxlan42 On Here bond0"],
            Links(map).Order(StringComparer.Ordinal));
        Assert.Equal((0, 0L), (map.OthersWithDrops, map.DropsOfOthers));
        Assert.Equal(8, map.OthersWithoutDrops); // the host's other veth, another lo, and those that MadePackets adds
    }

    [Fact]
    public void A_port_of_a_bridge_may_carry_a_VLAN_and_what_is_in_another_namespace()
    {
        Write(Path,
        [
            new(Here, 2, "eth0", "e1000") { Master = "br0" }, new(Here, 3, "eth1", "e1000") { Master = "br0" }, new(Here, 4, "br0", "bridge", "bridge") { Lower = "2 3" },
            new(Here, 5, "eth0.5", "802.1Q VLAN Support", "vlan") { Lower = "2", Drops = 1 }, new(There, 2, "eth0", "macvlan", "macvlan") { Lower = $"{Here}:2", Drops = 1 },
        ]);

        Assert.Equal(["Here br0 Member Here eth0", "Here br0 Member Here eth1", "Here eth0.5 On Here eth0", "There eth0 On Here eth0"], Links(Read().Facts.InterfaceMap!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_interface_that_was_renamed_is_one_box_under_its_last_name()
    {
        Write(Path, [new(Here, 2, "eth0", "e1000"), new(Here, 3, "new", "802.1Q VLAN Support", "vlan") { Lower = "2", Drops = 2 }, new(Here, 3, "old", "802.1Q VLAN Support", "vlan") { Lower = "2", Drops = 5 }]);

        Assert.Equal([("new", 7L), ("eth0", 0L)], Read().Facts.InterfaceMap!.Interfaces.Select(each => (each.Name, each.Drops)));
    }

    [Fact]
    public void Ends_of_which_one_could_be_either_of_two_are_not_connected()
    {
        Write(Path,
        [
            new(Here, 2, "veth0", "veth", "veth") { Link = "index 2", NetnsId = "0", Drops = 1 }, new(There, 2, "veth0", "veth", "veth") { Link = "index 2", NetnsId = "0", Drops = 1 },
            new(Elsewhere, 2, "veth0", "veth", "veth") { Link = "index 2", NetnsId = "0" }, new(Here, 3, "v0", "veth", "veth") { Link = "v1", Drops = 1 }, new(Here, 4, "v1", "veth", "veth") { Link = "v0" },
        ]);

        Assert.Equal(["Here v0 Pair Here v1"], Links(Read().Facts.InterfaceMap!));
    }

    [Fact]
    public void The_number_of_a_namespace_means_the_same_of_each_of_its_pairs()
    {
        // v1 names index 5 of namespace 0, which is There: so its end is not the one Elsewhere, though only that one names it back.
        Write(Path,
        [
            new(Here, 2, "v0", "veth", "veth") { Link = "index 4", NetnsId = "0", Drops = 1 }, new(There, 4, "eth0", "veth", "veth") { Link = "index 2", NetnsId = "0", Drops = 1 },
            new(Here, 3, "v1", "veth", "veth") { Link = "index 5", NetnsId = "0", Drops = 1 }, new(Here, 9, "v2", "veth", "veth") { Link = "index 7", NetnsId = "1", Drops = 1 },
            new(Elsewhere, 5, "eth0", "veth", "veth") { Link = "index 3", NetnsId = "unknown", Drops = 1 }, new(Elsewhere, 7, "eth1", "veth", "veth") { Link = "index 9", NetnsId = "0" },
        ]);

        Assert.Equal(["Here v0 Pair There eth0", "Here v2 Pair Elsewhere eth1"], Links(Read().Facts.InterfaceMap!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_number_decides_which_of_two_ends_it_is()
    {
        Write(Path,
        [
            new(Here, 2, "v0", "veth", "veth") { Link = "index 4", NetnsId = "0", Drops = 1 }, new(There, 4, "eth0", "veth", "veth") { Link = "index 2", NetnsId = "0" },
            new(Here, 3, "v1", "veth", "veth") { Link = "index 5", NetnsId = "0", Drops = 1 },
            new(There, 5, "eth1", "veth", "veth") { Link = "index 3", NetnsId = "0" }, new(Elsewhere, 5, "eth1", "veth", "veth") { Link = "index 3", NetnsId = "0" },
        ]);

        Assert.Equal(["Here v0 Pair There eth0", "Here v1 Pair There eth1"], Links(Read().Facts.InterfaceMap!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void An_end_elsewhere_is_never_one_of_the_same_namespace_and_what_contradicts_itself_connects_nothing()
    {
        Write(Path,
        [
            new(Here, 2, "v0", "veth", "veth") { Link = "index 3", NetnsId = "0", Drops = 1 }, new(Here, 3, "v1", "veth", "veth") { Link = "index 2", NetnsId = "0", Drops = 1 },
            new(Here, 6, "v2", "veth", "veth") { Link = "index 7", NetnsId = "5", Drops = 1 }, new(There, 7, "eth0", "veth", "veth") { Link = "index 6", NetnsId = "0" },
            new(Here, 8, "v3", "veth", "veth") { Link = "index 9", NetnsId = "5", Drops = 1 }, new(Elsewhere, 9, "eth0", "veth", "veth") { Link = "index 8", NetnsId = "0" },
            new(Here, 11, "v4", "veth", "veth") { Link = "v5", Drops = 1 }, new(Here, 12, "v5", "veth", "veth") { Link = "v4" },
        ]);

        Assert.Equal(["Here v4 Pair Here v5"], Links(Read().Facts.InterfaceMap!));
    }

    [Fact]
    public void A_name_that_an_earlier_agent_took_from_the_wrong_namespace_connects_nothing()
    {
        Write(Path,
        [
            new(Here, 2, "other", "dummy", "dummy"), new(Here, 3, "veth0", "veth", "veth") { Link = "other", Drops = 1 }, new(There, 2, "eth0", "veth", "veth") { Link = "index 3", Drops = 1 },
        ]);

        Assert.Null(Read().Facts.InterfaceMap);
    }

    [Fact]
    public void Where_nothing_connects_the_interfaces_there_is_no_map()
    {
        Write(Path, [new(Here, 1, "lo", "loopback") { Drops = 3 }, new(Here, 2, "eth0", "e1000") { Drops = 3 }, new(Here, 3, "eth0.5", "802.1Q VLAN Support", "vlan") { Lower = "2" }]);

        ReportModel model = Read();
        Assert.Null(model.Facts.InterfaceMap);
        Assert.Empty(ReportSections.Of(model).SelectMany(section => section.Parts).OfType<MapPart>());
    }

    [Fact]
    public void Of_very_many_there_are_those_with_the_most_drops_and_the_caption_counts_the_others()
    {
        Write(Path,
        [
            new(Here, 2, "br0", "bridge", "bridge") { Lower = string.Join(' ', Enumerable.Range(100, 200)) },
            .. Enumerable.Range(0, 200).SelectMany(i => (MadeLink[])
            [
                new(Here, 100 + i, $"veth{i}", "veth", "veth") { Master = "br0", Link = "index 2", NetnsId = $"{i}" },
                new(There + i, 2, "eth0", "veth", "veth") { Link = $"index {100 + i}", NetnsId = "0", Drops = i < 100 ? 200 - i : 0 },
            ]),
        ]);

        ReportModel model = Read();
        InterfaceMap map = model.Facts.InterfaceMap!;
        Assert.Equal(InterfaceMap.Most, map.Interfaces.Count);
        Assert.Equal(200, map.Interfaces[0].Drops);
        Assert.EndsWith(
            $" {map.OthersWithDrops} more interfaces with {model.Facts.Drops - map.Interfaces.Sum(each => each.Drops):#,0} drops do not fit. {map.OthersWithoutDrops} more interfaces without drops are not shown.", Part(model).Caption);
        AssertDrawn(Part(model).Data.Value);
    }

    [Fact]
    public void Of_a_redacted_capture_the_same_interfaces_are_pairs_under_other_names()
    {
        WriteHost(Path);
        string redacted = _scratch.File("redacted.db");
        RedactJob.Run(Path, redacted, TextWriter.Null, CancellationToken.None);

        Assert.Equal(new (long, long?, long, long?)[] { (Here, 20, There, 2), (Here, 21, Elsewhere, 3) }, Pairs(Path));
        Assert.Equal(Pairs(Path), Pairs(redacted));
        Assert.DoesNotContain(MadeCapture.Read(redacted).Facts.Host.LinksAfter, link => link.Name.Contains("veth", StringComparison.Ordinal));

        static IEnumerable<(long, long?, long, long?)> Pairs(string path) => LinkPairs.Of(MadeCapture.Read(path).Facts.Host.LinksAfter).Select(pair => (pair.One.Netns, pair.One.Index, pair.Other.Netns, pair.Other.Index));
    }

    [Fact]
    public void Names_that_are_markup_or_turn_the_line_around_are_shown_and_do_nothing()
    {
        Write(Path,
        [
            new(Here, 2, "<script>x=1//", "e1000") { Drops = 2 }, new(Here, 3, "a\u202eb\u001b[31m", "802.1Q VLAN Support", "vlan") { Lower = "2", Drops = 1, State = "<b>" },
        ]);

        MapData data = Part(Read()).Data.Value;
        string svg = new SvgRenderer().Render(MapChart.Draw(data));
        Assert.Contains(">&lt;script&gt;x=1//</text>", svg);
        Assert.DoesNotContain(svg, c => char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format || (char.IsControl(c) && c != '\n'));
        Assert.DoesNotContain("<b", svg);
    }

    [Fact]
    public void A_box_has_its_name_its_kind_its_drops_and_the_state_of_a_link_that_is_down()
    {
        WriteHost(Path);
        MapData data = Part(Read()).Data.Value;
        List<string> texts = [.. MapChart.Draw(data).Marks.OfType<Mark.Text>().Select(text => text.Content)];

        Assert.Equal("the host's own", texts[0]);
        Assert.Contains("docker://012…9ab (nginx)", texts);
        Assert.Contains($"namespace {Elsewhere}", texts);
        Assert.Contains("120 (63.8 %)", texts);
        Assert.Single(texts, "down");
        Assert.Equal(data.Boxes.Select(box => box.Name).Order(), texts.Intersect(data.Boxes.Select(box => box.Name)).SelectMany(name => texts.Where(text => text == name)).Order());
        Assert.Contains("eth0 is a member of bond0.", data.Description);
        Assert.Contains("vxlan42 runs on bond0.", data.Description);
        Assert.Contains($"veth5d6e7f8 of the host's own and eth0 of namespace {Elsewhere} are a pair.", data.Description);
        AssertDrawn(data);
    }

    [Fact]
    public void However_interfaces_are_connected_no_box_lies_on_another_and_all_is_within_the_picture()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int frames = random.Next(1, 9), boxes = random.Next(2, InterfaceMap.Most + 1);
            MapBox[] made = [.. Enumerable.Range(0, boxes).Select(i => new MapBox(i < frames ? i : random.Next(frames), $"eth{i}", "veth", "", i, $"{i}", 0.1, random.Next(4) == 0))];
            AssertDrawn(new MapData("t", "d", [.. Enumerable.Range(0, Math.Min(frames, boxes)).Select(i => new MapFrame($"{i}", ""))], made,
                [.. Enumerable.Range(0, random.Next(50)).Select(_ => (random.Next(boxes), random.Next(boxes))).Where(line => line.Item1 < line.Item2).Append((0, 1)).Distinct()]));
        }
    }

    [Fact]
    public void The_JSON_document_has_the_map_as_data()
    {
        WriteHost(Path);
        using var text = new StringWriter();
        JsonReport.Write(Read(), [], text);
        JsonElement map = JsonDocument.Parse(text.ToString()).RootElement.GetProperty("facts").GetProperty("interface_map");

        Assert.Equal("veth1a2b3c4", map.GetProperty("interfaces")[1].GetProperty("name").GetString());
        Assert.Equal("""{"from":1,"to":0,"kind":"pair"}""", JsonSerializer.Serialize(map.GetProperty("links").EnumerateArray().First(link => link.GetProperty("kind").GetString() == "pair")));
    }

    private static void AssertDrawn(MapData data)
    {
        var layout = new MapLayout(data);
        foreach ((int i, Box box) in layout.Boxes.Index())
        {
            Box frame = layout.Frames[data.Boxes[i].Frame];
            Assert.True(box.Width > 0 && box.Left >= frame.Left && box.Right <= frame.Right && box.Top >= frame.Top && box.Bottom <= frame.Bottom, $"box {i} leaves its frame");
            Assert.DoesNotContain(layout.Boxes.Skip(i + 1), other => other.Overlaps(box));
        }

        foreach ((int i, Box frame) in layout.Frames.Index())
        {
            Assert.True(frame.Width > 0 && frame.Left >= 0 && frame.Top >= 0 && frame.Right <= layout.Width && frame.Bottom <= layout.Height);
            Assert.DoesNotContain(layout.Frames.Skip(i + 1), other => other.Overlaps(frame));
        }

        Assert.All(layout.Lines.SelectMany(line => line), point => Assert.True(point is { X: >= 0, Y: >= 0 } && point.X <= layout.Width && point.Y <= layout.Height));
        Assert.Equal(new SvgRenderer().Render(MapChart.Draw(data)), new SvgRenderer().Render(MapChart.Draw(data)));
    }

    private ReportModel Read() => MadeCapture.Read(Path);

    private static MapPart Part(ReportModel model) => ReportSections.Of(model).Single(section => section.Id == "interfaces").Parts.OfType<MapPart>().Single();

    private static IEnumerable<string> Links(InterfaceMap map) =>
        map.Links.Select(link => $"{Name(map.Interfaces[link.From].Netns)} {map.Interfaces[link.From].Name} {link.Kind} {Name(map.Interfaces[link.To].Netns)} {map.Interfaces[link.To].Name}");

    private static string Name(long netns) => netns switch { Here => nameof(Here), There => nameof(There), Elsewhere => nameof(Elsewhere), _ => $"{netns}" };
}
