using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

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

    // A driver that several rules found is one row, with the rules beside it. What is unknown stays apart by its cause.
    private static ReportTable Drivers(ReportModel model)
    {
        List<DriverRow> all =
        [
            .. model.Facts.Drivers.Index().GroupBy(d => d.Item.Driver ?? (object)d.Index)
                .Select(alike => new DriverRow([.. alike.Select(d => d.Item)], [.. alike.Select(d => d.Index)])).OrderByDescending(row => row.Drops),
        ];
        List<DriverRow> listed = [.. all.Take(model.Limits.Rows)];
        return new ReportTable(
            $"{model.Subject.Title} by the driver the packet arrived through or was about to leave through.",
            [
                new("Driver", ColumnKind.Name), new(model.Subject.Head, ColumnKind.Count), new("Share", ColumnKind.Share),
                new("How it is known", ColumnKind.Text) { Use = ColumnUse.Terminal },
            ],
            [.. listed.Select(row => new Row(Driver(row), new CountCell(row.Drops), new ShareCell((double)row.Drops / model.Facts.Drops), new TextCell(string.Join(", ", row.Rules)))
            {
                Where = row.Name is { } name ? SqlCondition.Of(("driver", name)) : Dimension.Drivers.Condition?.Invoke(row.Parts[0], model.Facts),
                Members = row.Members,
            })])
        {
            Dimension = Dimension.Drivers,
            ViewColumns = "driver",
            Total = all.Count,
            DropsNotListed = all.Sum(row => row.Drops) - listed.Sum(row => row.Drops),
        };
    }

    private static NameCell Driver(DriverRow row) => new(row.Name ?? (row.Parts[0].Candidates is null ? null : row.Parts[0].Name))
    {
        Notes =
        [
            .. Listed("at ", row.Parts.SelectMany(d => d.Interfaces).Select(i => i.Name is { } name ? $"`{name}`" : null)), .. Listed("", row.Parts.SelectMany(d => d.Paths).Select(PacketWords.Through)),
            .. row.Parts.Count == 1 ? row.Rules : [],
        ],
        NotesOfWhole = row.Parts.Count == 1 ? [] : row.Rules,
    };

    private static ReportTable Entries(ReportModel model) => DropTable.Of(
        model, Dimension.Entries, $"{model.Subject.Title} by the function that passed the packet to the network stack, or in which the {model.Subject.One} began.",
        [
            new("Entry", ColumnKind.Name, e => new NameCell(e.Entry) { Notes = e.Meaning is null ? [] : [e.Meaning] }),
            .. DropTable.Drops(model, Dimension.Entries),
            new("What it is", ColumnKind.Text, e => new TextCell(e.Meaning)) { Use = ColumnUse.Terminal },
        ]);

    // Without a known interface the names are null, and nothing is said.
    private static IEnumerable<string> Listed(string before, IEnumerable<string?> names) =>
        string.Join(", ", names.OfType<string>().Distinct()) is { Length: > 0 } list ? [before + list] : [];

    /// <summary>A driver's drops, a part for each rule that found it.</summary>
    /// <param name="Parts">The most drops first.</param>
    /// <param name="Members">Their places among the facts' drivers.</param>
    private sealed record DriverRow(IReadOnlyList<DriverFacts> Parts, IReadOnlyList<int> Members)
    {
        public string? Name => Parts[0].Driver;

        public long Drops => Parts.Sum(part => part.Drops);

        /// <summary>How it is known; of several rules each in few words, with its drops.</summary>
        public IReadOnlyList<string> Rules => Parts is [var only]
            ? [only.Meaning]
            : Parts.GroupBy(part => part.Detail, part => part.Drops).ToList() is var rules && rules is [var rule] ? [rule.Key] : [.. rules.Select(each => $"{Count(each.Sum())} {each.Key}")];
    }
}
