using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>Where dropped packets had been before; of a capture that followed packets.</summary>
internal static class WaysSection
{
    public static Section Of(ReportModel model, PacketWays ways)
    {
        // One of each way, the most frequent first; then others.
        HashSet<long> drawn = [];
        IEnumerable<ShownWay> each = ways.Routes.Select(route => new ShownWay(route.Example, route.Reason, route.Function)).Concat(ways.First);
        List<ShownWay> first = [.. each.Where(way => drawn.Add(way.Way.Drop)).Take(Math.Min(FactLimits.Ways, model.Limits.Examples / 2))];
        return new Section("ways", "The packets' ways")
        {
            Short = "Ways",
            WhyNot = ways.Drops == 0 ? model.Subject.WhyNone : null,
            Parts = ways.Drops == 0 ? [] :
            [
                new Note(string.Join(' ', WayWords.Sentences(ways))),
                Routes(model, ways),
                new Heading(first.Count < ways.Drops ? "An example of each way, then others, each with its stops" : "Each drop with its stops"),
                new WayList([.. first.Select(way => Drawn(model, way))]),
                new Note("Each line is an event of the kernel; the bar is the time since the one before. A copy of a packet has a way of its own, which begins where it was made.", IsSmall: true),
            ],
        };
    }

    /// <summary>A packet's way as the page draws it.</summary>
    public static DrawnWay Drawn(ReportModel model, ShownWay shown)
    {
        IReadOnlyList<WayStop> stops = shown.Way.Stops;
        List<string> lanes = [.. stops.Select(stop => stop.Interface).OfType<string>().Distinct()];
        var rows = new List<WayRow>();
        for (int i = 0; i < stops.Count; i++)
        {
            WayStop stop = stops[i];
            bool isEnd = stop.Kind.IsEnd();
            string?[] details = [stop.Length is { } length ? $"{Count(length)} B" : null, $"CPU {stop.Cpu}", isEnd ? null : WayWords.Marks(stop) is { Length: > 0 } marks ? marks : null];
            rows.Add(new WayRow(
                stop.Interface is { } name ? lanes.IndexOf(name) : null, stop.Interface ?? "dropped", stop.Kind.Event(),
                string.Join(" · ", details.OfType<string>()), i == 0 ? 0 : stop.TNs - stops[i - 1].TNs, i == 0 ? "" : $"+{WayWords.Gap(stop.TNs - stops[i - 1].TNs)}", stop.IsSure));
        }

        return new DrawnWay(shown, model.At(stops[^1].TNs).Words, new WayData($"The way of a packet: {WayWords.Place(shown.Reason, shown.Function)}", lanes.Count, rows));
    }

    private static ReportTable Routes(ReportModel model, PacketWays ways) => new(
        "Drops by the interfaces that their packets passed, and the place where they were dropped.",
        [new("Way", ColumnKind.Name), new("Dropped by", ColumnKind.Name), new("Reason"), new("First one's stops", ColumnKind.Number) { Use = ColumnUse.Page }, new(model.Subject.Head, ColumnKind.Count), new("Share", ColumnKind.Share), new("First one took", ColumnKind.Time) { IsHiddenWhenNarrow = true }],
        [.. ways.Routes.Take(model.Limits.Rows).Select(route => new Row(
            new NameCell(WayWords.Line(route.Stops.Select(stop => stop.Interface)) is { Length: > 0 } line ? route.IsCut ? $"(beginning missing) > {line}" : line : null) { Unknown = route.IsCut ? "beginning missing" : "no earlier stop" },
            new NameCell(route.Function) { IsDecided = true }, new ReasonCell(route.Reason), new NumberCell(route.Stops.Count), new CountCell(route.Drops),
            new ShareCell((double)route.Drops / ways.Drops), route.Example.Stops.Count > 1 ? new TimeCell(route.Example.LengthNs, Duration(route.Example.LengthNs)) : new TextCell("")))])
    {
        Total = ways.DistinctRoutes,
        IsOnTerminal = true,
        Rest = "`analyze follow --json` has all of them",
    };
}
