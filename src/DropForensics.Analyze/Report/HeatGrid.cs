using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Report;

/// <summary>Drivers crossed with reasons, or with functions where no drop has a reason; past a number of each the others are one.</summary>
internal sealed class HeatGrid
{
    private const int MostRows = 15;
    private const int MostColumns = 8;

    private readonly long[][] _counts;

    /// <param name="model">The report.</param>
    /// <param name="cells">All drops by their places.</param>
    public HeatGrid(ReportModel model, IReadOnlyList<BinnedCell> cells)
    {
        CaptureFacts facts = model.Facts;
        (Rows, RowOf) = Named([.. facts.Drivers.Select(d => (d.Name, d.Drops))], MostRows);
        (Columns, ColumnOf) = model.IsByFunction
            ? Named([.. facts.Sites.Take(FactLimits.TableRows).Select(s => (ReportModel.FunctionName(s.Function), s.Drops))], MostColumns)
            : Named([.. facts.Reasons.Select(r => (ReportModel.ReasonName(r.Reason), r.Drops))], MostColumns);
        IsByFunction = model.IsByFunction;
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

    private (int Row, int Column) Place(BinnedPlace place)
    {
        int column = IsByFunction ? place.Site : place.Reason;

        // What is in no list is among the others.
        return (place.Driver < 0 ? Rows.Count - 1 : RowOf[place.Driver], column < 0 ? Columns.Count - 1 : ColumnOf[column]);
    }

    /// <summary>Distinct names, the most frequent first, and where each thing's is.</summary>
    private static (IReadOnlyList<string> Names, IReadOnlyList<int> PlaceOf) Named(IReadOnlyList<(string Name, long Drops)> things, int most)
    {
        List<string> all = things.GroupBy(t => t.Name, t => t.Drops)
            .OrderByDescending(g => g.Sum()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        List<string> names = all.Count <= most ? all : [.. all.Take(most - 1), $"{all.Count - most + 1} others"];
        return (names, [.. things.Select(t => Math.Min(all.IndexOf(t.Name), names.Count - 1))]);
    }
}
