using DropForensics.Analyze.Display;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>What else the trace told of: events that are no drops. The view <c>events</c> has each of them.</summary>
internal static class OtherEventsSection
{
    public static Section Of(ReportModel model) => new("events", "Other events")
    {
        Parts =
        [
            new ReportTable(
                $"{Count(model.Facts.OtherEvents.Sum(e => e.Events), "event")} beside the drops. The view events has all of both, with their fields.",
                [new("Event", ColumnKind.Name), new("Events", ColumnKind.Count), new("First", ColumnKind.Time), new("Last", ColumnKind.Time), new("One of them", ColumnKind.Name) { Use = ColumnUse.Page, IsWide = true }],
                [.. model.Facts.OtherEvents.Take(model.Limits.Rows).Select(e => new Row(
                    new NameCell(e.Kind), new CountCell(e.Events), model.At(e.FirstNs), model.At(e.LastNs), new NameCell(TextCut.End(e.Example, PageLimits.LineLength))))])
            { Total = model.Facts.OtherEvents.Count, IsOnTerminal = true },
        ],
    };
}
