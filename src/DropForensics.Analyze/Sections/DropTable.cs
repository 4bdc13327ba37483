using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections;

/// <summary>Makes tables with a row for each value of a dimension.</summary>
internal static class DropTable
{
    /// <summary>A table of a dimension's rows, up to the report's limit.</summary>
    /// <param name="rows">Null: those of the facts, from the first on.</param>
    /// <param name="notInFacts">Drops of rows that the facts do not list.</param>
    public static ReportTable Of<TRow>(
        ReportModel model, Dimension<TRow> of, string caption, IEnumerable<Column<TRow>> columns, IReadOnlyList<TRow>? rows = null, long notInFacts = 0)
    {
        IReadOnlyList<TRow> all = of.List(model.Facts);
        List<TRow> listed = [.. (rows ?? all).Take(model.Limits.Rows)];
        List<Column<TRow>> shown = [.. columns.Where(column => column.IsKnown)];
        return new ReportTable(caption, shown, [.. listed.Select(row => new Row([.. shown.Select(c => c.Of(row))]) { Where = of.Condition?.Invoke(row, model.Facts) })])
        {
            Dimension = of,
            Total = of.Distinct?.Invoke(model.Facts) ?? all.Count,
            DropsNotListed = all.Sum(of.Drops) - listed.Sum(of.Drops) + notInFacts,
        };
    }

    /// <summary>How many drops a row has, and their share of all.</summary>
    /// <param name="colour">The name whose colour a row has; null: the accent.</param>
    public static IEnumerable<Column<TRow>> Drops<TRow>(ReportModel model, Dimension<TRow> of, Func<TRow, string>? colour = null) =>
    [
        new(model.Subject.Head, ColumnKind.Count, row => new CountCell(of.Drops(row))),
        new("Share", ColumnKind.Share, row => new ShareCell((double)of.Drops(row) / model.Facts.Drops, colour?.Invoke(row))),
    ];

    /// <summary>A table of names and numbers, and nothing else.</summary>
    public static ReportTable Plain<TRow>(ReportModel model, Dimension<TRow> of, string head, string caption) =>
        Of(model, of, caption, [new(head, ColumnKind.Text, row => new TextCell(of.Name(row) ?? "unknown")), .. Drops(model, of)]);
}

/// <summary>A column, and how its cells are made.</summary>
/// <param name="Of">The cell of a row.</param>
internal sealed record Column<TRow>(string Head, ColumnKind Kind, Func<TRow, Cell> Of) : Column(Head, Kind)
{
    /// <summary>Whether any row has a value; otherwise the column is left out.</summary>
    public bool IsKnown { get; init; } = true;
}
