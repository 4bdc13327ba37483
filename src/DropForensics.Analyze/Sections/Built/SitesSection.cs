using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>The functions that decided.</summary>
internal static class SitesSection
{
    public static Section Of(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        if (facts.Sites.Count == 0) return new Section("sites", "Sites") { WhyNot = model.Subject.WhyNone };
        return new Section("sites", "Sites")
        {
            Parts =
            [
                new Note(facts.Capture.HitsOf is null
                    ? "The deciding function: the first one in the stack below the tracing and freeing functions."
                    : "The first function below the tracing and freeing functions of the stack."),
                Table(model) with { IsOnTerminal = true },
                .. facts.SitesReadOtherwise > 0
                    ? [new Note(ReadOtherwise(model), IsSmall: true)]
                    : Array.Empty<Part>(),
            ],
        };
    }

    private static string ReadOtherwise(ReportModel model) =>
        $"For {Count(model.Facts.SitesReadOtherwise, "site")}, version {model.Version} finds a different function or driver than the file has stored. To make SQL on the file agree with this page: "
        + "`analyze reattribute IN.db -o OUT.db`.";

    /// <summary>The function of a site.</summary>
    public static NameCell Function(SiteFacts site) => new(site.Function) { Module = site.Module, IsDecided = true, Unknown = FunctionWords.Short(site) };

    private static ReportTable Table(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        bool hasReasons = !model.IsByFunction;
        string by = $"{model.Subject.Title} by {model.Subject.Function}{(hasReasons ? " and reason" : "")}; shares of {Count(model.Facts.Drops, "captured " + model.Subject.One)}.";
        return DropTable.Of(model, Dimension.Sites, by,
        [
            new("Function", ColumnKind.Name, s => Function(s) with { Narrow = hasReasons ? new ReasonCell(s.Reason) : null, Notes = [Found(s)] }),
            new("Reason", ColumnKind.Text, s => new ReasonCell(s.Reason)) { IsHiddenWhenNarrow = true, IsKnown = hasReasons },
            .. DropTable.Drops(model, Dimension.Sites, model.ColourName),
            new("Driver", ColumnKind.Text, Drivers) { IsOfWholeWindow = true, Use = hasReasons ? ColumnUse.Page : ColumnUse.Everywhere },
            new("Source", ColumnKind.Text, s => new TextCell(s.Source?[0].Place)) { IsOfWholeWindow = true, Use = ColumnUse.Terminal, IsKnown = facts.Sites.Any(s => s.Source is not null) },
            new("First to last", ColumnKind.Time, s => model.FromTo(s.FirstNs, s.LastNs)) { IsOfWholeWindow = true, Use = ColumnUse.Page },
            new("Stacks", ColumnKind.Count, s => new CountCell(s.Stacks)) { IsOfWholeWindow = true, Use = ColumnUse.Page },
        ]);
    }

    private static ListCell Drivers(SiteFacts site) =>
        new([.. site.Ways.DistinctBy(w => (w.Driver, w.Rule, w.Candidates)).Select(w => new NameCell(w.Name) { IsLikely = w.IsInferred })]);

    private static string Found(SiteFacts site)
    {
        string rule = site.FunctionRule switch
        {
            "stack" => "from the stack",
            "location" => "from the event's location",
            "caller" => "the traced function's caller",
            _ => "neither a stack nor a location names it",
        };
        string places = string.Join(", ", site.Locations.Select(l => l.Name).OfType<string>().Select(l => Place(l, site.Function)));
        string source = site.Source is [var line, ..] ? $"; in the source: {line.Place}" : "";
        return (places.Length == 0 ? rule : $"{rule}; freed at {places}") + source;
    }

    // tcp_v4_rcv+0x7d/0xf20 in tcp_v4_rcv is +0x7d. What the compiler made another function of stays: .part.0+0x7d counts from that one's start.
    private static string Place(string location, string? function) =>
        function is not null && location.Split('+', '.')[0] == function && location.Contains('+', StringComparison.Ordinal)
            ? location[function.Length..].Split('/')[0]
            : location;
}
