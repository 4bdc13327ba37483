using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>Drops as the kernel printed them.</summary>
internal static class RawSection
{
    public static Section Of(ReportModel model)
    {
        List<ShownExample> examples = [.. model.Facts.Sites.Where(s => s.Example is not null).Take(model.Limits.Examples).Select(s => Shown(model, s, s.Example!))]; // not null by the filter
        if (examples.Count == 0) return new Section("raw", "Raw lines") { WhyNot = model.Facts.Drops == 0 ? model.Subject.WhyNone : "the capture holds no raw text" };
        string some = model.Facts.Sites.Count > examples.Count ? $" The page has them for {Count(examples.Count)} of {Count(model.Facts.Sites.Count, "site")}." : "";
        return new Section("raw", "Raw lines")
        {
            Parts = [new Note($"The first {model.Subject.One} of each site as the kernel printed it, and the command that prints it from the capture.{some}"), new RawExamples(examples)],
        };
    }

    private static ShownExample Shown(ReportModel model, SiteFacts site, RawExample example) => new(
        site, $"{(example.Cpu is int cpu ? $"CPU {cpu}, line" : "line")} {Count(example.Line)}", TextCut.End(example.Text, PageLimits.ExampleLength), model.RawCommand(example))
    {
        Way = model.Facts.Ways?.First.FirstOrDefault(shown => shown.Way.Stops[^1] is var drop && drop.RawLine == example.Line && drop.Cpu == (example.Cpu ?? drop.Cpu)) is { } way ? WaysSection.Drawn(model, way) : null,
    };
}

/// <summary>What else the trace told of: events that are no drops. The view <c>events</c> has each of them.</summary>
internal static class OtherEventsSection
{
    public static Section Of(ReportModel model) => new("events", "Other events")
    {
        Parts =
        [
            .. model.Facts.OtherEvents.Count > 0 ? All(model) : [],
            .. model.Facts.SilentEvents.Count > 0
                ? [new Note($"Recorded as well, and never seen: {string.Join(", ", model.Facts.SilentEvents.Take(model.Limits.Rows))}.")] : Array.Empty<Part>(),
        ],
    };

    private static IEnumerable<Part> All(ReportModel model) =>
    [
        new ReportTable(
            $"{Count(model.Facts.OtherEvents.Sum(e => e.Events), "event")} beside the drops. The view events has all of both, with their fields.",
            [new("Event", ColumnKind.Name), new("Events", ColumnKind.Count), new("First", ColumnKind.Time), new("Last", ColumnKind.Time), new("One of them", ColumnKind.Name) { Use = ColumnUse.Page, IsHiddenWhenNarrow = true }],
            [.. model.Facts.OtherEvents.Take(model.Limits.Rows).Select(e => new Row(
                new NameCell(e.Kind), new CountCell(e.Events), model.At(e.FirstNs), model.At(e.LastNs), new NameCell(TextCut.End(e.Example, PageLimits.LineLength))))])
        { Total = model.Facts.OtherEvents.Count, IsOnTerminal = true },
        .. model.Facts.Timeline.Series.Count > 0 && model.Facts.Window.IsTime ? [Over(model)] : Array.Empty<ReportTable>(),
    ];

    // Drops in the same parts, to compare.
    private static ReportTable Over(ReportModel model)
    {
        List<EventFacts> events = [.. model.Facts.OtherEvents.Take(model.Limits.Rows)];
        TimelineFacts timeline = model.Facts.Timeline;
        int parts = events[0].Over.Count, bins = timeline.Series[0].Drops.Count;
        long[] drops = new long[parts];
        foreach (TimelineSeries series in timeline.Series)
        {
            for (int bin = 0; bin < bins; bin++) drops[bin * parts / bins] += series.Drops[bin];
        }

        // A part begins with the first bin of it.
        IEnumerable<string> starts = Enumerable.Range(0, parts).Select(part => Duration(((part * bins) + parts - 1) / parts * timeline.BinNs));
        return new ReportTable(
            $"The same over time, with the {model.Subject.Many}: each column begins at the time above it.", [new Column("Event"), .. starts.Select(start => new Column(start, ColumnKind.Count))],
            [
                new Row([new TextCell(model.Subject.Title), .. drops.Select(count => new CountCell(count))]),
                .. events.Select(kind => new Row([new TextCell(kind.Kind), .. kind.Over.Select(count => new CountCell(count))])),
            ])
        {
            IsHeat = true,
            IsInFacts = false,
        };
    }
}
