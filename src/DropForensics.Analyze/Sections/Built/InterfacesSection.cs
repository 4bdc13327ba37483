using System.Globalization;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>The interfaces that packets pointed to, and the namespaces these are in.</summary>
internal static class InterfacesSection
{
    public static Section Of(ReportModel model)
    {
        Part[] directions = Dimension.Directions.List(model.Facts).Any(d => d.Name is not null)
            ? [DropTable.Plain(model, Dimension.Directions, "Direction", $"{model.Subject.Title} by direction: arriving at this host, forwarded, or leaving it.") with { Width = Width.Third }]
            : [];
        string? whyNot = WhyNot(model);
        return new Section("interfaces", "Interfaces and namespaces")
        {
            Short = "Interfaces",
            WhyNot = whyNot,
            Parts = whyNot is null ? [Interfaces(model) with { IsOnTerminal = true }, .. Map(model), Namespaces(model), .. directions] : directions,
        };
    }

    private static string? WhyNot(ReportModel model) => model.Facts switch
    {
        { Drops: 0 } => model.Subject.WhyNone,
        { WithInterface: > 0 } => null,
        { Capture.TellsInterfaces: true } => "no packet pointed to a valid device",
        { Capture.Probe: "tracepoint" } => "the tracepoint has the packet's address in memory, but neither interface nor namespace; an eprobe has both (Linux 5.15 or later)",
        { Capture.Probe: "function" } => "the function tracer shows which function ran but nothing about the packet; an eprobe or a kprobe shows both",
        { Capture.IsDropwatch: true } => "dropwatch does not say which network namespace an interface is in",
        { Capture.IsImport: true } => "no line of the text has an interface: the tracepoint does not print it",
        _ => "this probe does not show it",
    };

    private static ReportTable Interfaces(ReportModel model)
    {
        IReadOnlyList<InterfaceFacts> links = model.Facts.Interfaces;
        bool haveIncoming = links.Any(i => i.Incoming.Any(n => n.Name is not null)), haveReceived = links.Any(i => i.Received is not null);
        return DropTable.Of(
            model, Dimension.Interfaces,
            $"{model.Subject.Title} by the interface the packet pointed to: where it arrived or was about to leave."
                + (haveReceived ? " \"Of received\" is their share of the packets the interface received during the window (/proc/net/dev), including outgoing ones." : ""),
            [
                new("Interface", ColumnKind.Name, i => new NameCell(i.Name) { Notes = Below(i) }),
                .. DropTable.Drops(model, Dimension.Interfaces),
                new("What it is", ColumnKind.Text, i => new TextCell(InterfaceWords.Detail(i, model.Facts.Capture.OwnNetns))) { Use = ColumnUse.Terminal },
                new("Driver", ColumnKind.Text, Driver) { Use = ColumnUse.Page },
                new("Arrived through", ColumnKind.Text, CameIn) { IsOfWholeWindow = true, Use = ColumnUse.Page, IsKnown = haveIncoming },
                new("Top reason", ColumnKind.Text, i => new ReasonCell(i.Reasons[0].Name)) { IsHiddenWhenNarrow = true, IsOfWholeWindow = true, Use = ColumnUse.Page, IsKnown = !model.IsByFunction },
                new("Of received", ColumnKind.Number, OfReceived) { IsOfWholeWindow = true, Use = ColumnUse.Page, IsKnown = haveReceived },
                new("Index", ColumnKind.Number, i => new NumberCell(i.IfIndex)) { Use = ColumnUse.Page },
                new("Namespace", ColumnKind.Number, i => new NumberCell(i.Netns)) { Use = ColumnUse.Page },
            ],
            notInFacts: model.Facts.Drops - links.Sum(i => i.Drops));
    }

    private static IEnumerable<Part> Map(ReportModel model)
    {
        if (model.Facts.InterfaceMap is { } map) yield return new MapPart(MapOfInterfaces.Caption(model, map), new(() => MapOfInterfaces.Of(model, map)));
    }

    private static ReportTable Namespaces(ReportModel model) => DropTable.Of(
        model, Dimension.Namespaces,
        $"{model.Subject.Title} by the network namespace of that interface. Its number is the one that stat -L /proc/PID/ns/net shows for a process in it.",
        [
            new("Namespace", ColumnKind.Name, n => new NameCell(n.Netns?.ToString(CultureInfo.InvariantCulture)) { Notes = n.Netns is not null && n.Netns == model.Facts.Capture.OwnNetns ? ["the host's own"] : [] }),
            .. DropTable.Drops(model, Dimension.Namespaces),
            new("Used by", ColumnKind.Name, n => new NameCell(n.UsedBy) { Unknown = "" }) { IsOfWholeWindow = true, IsKnown = model.Facts.Namespaces.Any(n => n.UsedBy is not null) },
            new("Interfaces", ColumnKind.Name, n => new NameCell(string.Join(", ", n.Interfaces.Select(i => i.Name)))) { IsOfWholeWindow = true },
            new("Tasks seen in it", ColumnKind.Name, n => new NameCell(n.Tasks.Count == 0 ? null : string.Join(", ", n.Tasks)) { Unknown = n.Netns is null ? "" : "none" }) { IsOfWholeWindow = true },
        ]);

    private static ListCell CameIn(InterfaceFacts link) => new([.. link.Incoming.Select(n => new NameCell(n.Name) { Unknown = "none" })]);

    private static IReadOnlyList<string> Below(InterfaceFacts link) => link switch
    {
        { Name: null } => [link.Meaning],
        { Lower: { Count: > 0 } lower } => [$"runs on {string.Join(", ", lower)}"],
        _ => [],
    };

    private static Cell Driver(InterfaceFacts link) => link.Name is null ? new TextCell("") : new NameCell(link.Driver ?? link.BaseDriver)
    {
        Notes = link.Driver is not null && link.BaseDriver is { } below && below != link.Driver ? [$"on `{below}`"] : [],
    };

    private static TextCell OfReceived(InterfaceFacts link) => new(link.OfReceived is { } share ? Percent(share) : link.Received is null ? "" : "over 100 %")
    {
        SortBy = link.OfReceived ?? -1,
        Notes = link.Received is { } received ? [Count(received, "packet")] : [],
    };
}
