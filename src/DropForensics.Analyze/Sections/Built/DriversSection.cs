using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>The drivers that packets came through, and the functions by which they came into the stack.</summary>
internal static class DriversSection
{
    public static Section Of(ReportModel model) => model.Facts.Drivers.Count == 0
        ? new Section("drivers", "Drivers and ways in") { Short = "Drivers", WhyNot = model.Subject.WhyNone }
        : new Section("drivers", "Drivers and ways in")
        {
            Short = "Drivers",
            Parts =
            [
                Crossed(model),
                new SqlPart(HeatGrid.ViewColumns),
                Drivers(model) with { Width = Width.Half, IsOnTerminal = true },
                Entries(model) with { Width = Width.Half, IsOnTerminal = true },
            ],
        };

    // How they cross is in no list of the facts.
    private static ReportTable Crossed(ReportModel model)
    {
        HeatData heat = ReportCharts.HeatOf(model);
        return new ReportTable(
            $"{heat.Title}.", [new Column("Driver"), .. heat.Columns.Select(name => new Column(name, ColumnKind.Count))],
            [.. heat.Rows.Zip(heat.Counts, (name, counts) => new Row([new TextCell(name), .. counts.Select(count => new CountCell(count))]))])
        {
            IsHeat = true,
            IsInFacts = false,
        };
    }

    private static ReportTable Drivers(ReportModel model) => DropTable.Of(
        model, Dimension.Drivers, $"{model.Subject.Title} by the driver the packet arrived through or was about to leave through.",
        [
            new("Driver", ColumnKind.Name, d => new NameCell(d.Driver is null && d.Candidates is null ? null : d.Name)
            {
                Notes = [.. Listed("at ", d.Interfaces.Select(i => i.Name is { } name ? $"`{name}`" : null)), .. Listed("", d.Paths.Select(PacketWords.Through)), d.Meaning],
            }),
            .. DropTable.Drops(model, Dimension.Drivers),
            new("How it is known", ColumnKind.Text, d => new TextCell(d.Meaning)) { Use = ColumnUse.Terminal },
        ]);

    private static ReportTable Entries(ReportModel model) => DropTable.Of(
        model, Dimension.Entries, $"{model.Subject.Title} by the function that passed the packet to the network stack, or in which the {model.Subject.One} began.",
        [
            new("Entry", ColumnKind.Name, e => new NameCell(e.Entry) { Notes = e.Meaning is null ? [] : [e.Meaning] }),
            .. DropTable.Drops(model, Dimension.Entries),
            new("What it is", ColumnKind.Text, e => new TextCell(e.Meaning)) { Use = ColumnUse.Terminal },
        ]);

    // Without a known interface the names are null, and nothing is said.
    private static IEnumerable<string> Listed(string before, IEnumerable<string?> names) =>
        string.Join(", ", names.OfType<string>()) is { Length: > 0 } list ? [before + list] : [];
}
