using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Model;

/// <summary>
/// Drivers crossed with reasons, or with functions where no drop has a reason. Past a number of each the others are one, and with them is
/// what there was no room to separate.
/// </summary>
internal sealed class HeatGrid
{
    /// <summary>The columns of the view <c>drops</c> that are crossed.</summary>
    public const string ViewColumns = "driver, reason";

    private const int MostRows = 15;
    private const int MostColumns = 8;
    private const string NotToldApart = "not told apart";

    private readonly long[][] _counts;

    /// <param name="model">The report.</param>
    /// <param name="cells">All drops by their places.</param>
    public HeatGrid(ReportModel model, IReadOnlyList<BinnedCell> cells)
    {
        CaptureFacts facts = model.Facts;
        IsByFunction = model.IsByFunction;
        (Rows, RowOf) = Named([.. facts.Drivers.Select(d => (d.Name, d.Drops))], MostRows, cells.Any(c => c.Place[Dimension.Drivers.Column] < 0));
        (Columns, ColumnOf) = Named(
            IsByFunction
                ? [.. facts.Sites.Take(FactLimits.TableRows).Select(s => (FunctionWords.Name(s.Function), s.Drops))]
                : [.. facts.Reasons.Select(r => (ReasonWords.Name(r.Reason), r.Drops))],
            MostColumns, cells.Any(c => ColumnIn(c.Place) < 0));
        _counts = [.. Rows.Select(_ => new long[Columns.Count])];
        foreach (BinnedCell cell in cells)
        {
            (int row, int column) = Place(cell.Place);
            _counts[row][column] += cell.Drops.Sum(n => (long)n);
        }
    }

    /// <summary>Names of drivers.</summary>
    public IReadOnlyList<string> Rows { get; }

    /// <summary>Names of reasons, or functions.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>The row of each of the facts' drivers.</summary>
    public IReadOnlyList<int> RowOf { get; }

    /// <summary>The column of each of the facts' reasons, or sites.</summary>
    public IReadOnlyList<int> ColumnOf { get; }

    public bool IsByFunction { get; }

    /// <summary>For each row one number a column.</summary>
    public IReadOnlyList<IReadOnlyList<long>> Counts => _counts;

    /// <summary>The largest number of all.</summary>
    public long Largest => _counts.SelectMany(row => row).DefaultIfEmpty().Max();

    private int ColumnIn(BinnedPlace place) => place[IsByFunction ? Dimension.Sites.Column : Dimension.Reasons.Column];

    // Drops without a driver, or without a function, are in the last row, or column, made for them.
    private (int Row, int Column) Place(BinnedPlace place) => (
        place[Dimension.Drivers.Column] is >= 0 and var driver ? RowOf[driver] : Rows.Count - 1,
        ColumnIn(place) is >= 0 and var column ? ColumnOf[column] : Columns.Count - 1);

    /// <summary>Distinct names, the most frequent first, and where each thing's is; last the things without one.</summary>
    private static (IReadOnlyList<string> Names, IReadOnlyList<int> PlaceOf) Named(IReadOnlyList<(string Name, long Drops)> things, int most, bool areSomeUntold)
    {
        List<string> all = things.GroupBy(t => t.Name, t => t.Drops)
            .OrderByDescending(g => g.Sum()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        int own = all.Count + (areSomeUntold ? 1 : 0) <= most ? all.Count : most - 1;
        string? others = own < all.Count ? Count(all.Count - own, "other") : null;
        string? rest = areSomeUntold ? (others is null ? NotToldApart : $"{others}, or {NotToldApart}") : others;
        return (rest is null ? all : [.. all.Take(own), rest], [.. things.Select(t => Math.Min(all.IndexOf(t.Name), own))]);
    }
}
