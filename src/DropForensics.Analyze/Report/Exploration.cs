using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Report;

/// <summary>What a reader can explore: the parts of all drops over time, within the size a page may have, and what is drawn of them.</summary>
internal sealed class Exploration
{
    /// <summary>In place of a stack that is listed, where there is no room to tell it.</summary>
    public const int LeftOut = -2;

    private static readonly BinnedPlace Rare = new(ListRows.None, ListRows.None, ListRows.None, ListRows.None, ListRows.None, ListRows.None, LeftOut);

    /// <param name="model">The report.</param>
    public Exploration(ReportModel model)
    {
        Cells = Bounded(model.Facts.Binned.Cells, model.Limits.Parts, model.IsByFunction);
        Cpus = model.Facts.Cpus is var cpus && cpus.Count > model.Limits.Rows
            ? [.. cpus.Index().OrderByDescending(c => c.Item.Drops).Take(model.Limits.Rows).Select(c => c.Index)]
            : [.. Enumerable.Range(0, cpus.Count)];
        Flame = FlameTree.Of(model, Cells);
        Heat = new HeatGrid(model, Cells);
    }

    /// <summary>
    /// Every drop once. Of rare parts the stack is left out, of rarer ones all but what the heat map crosses, and of the rarest of very many
    /// all but the reason.
    /// </summary>
    public IReadOnlyList<BinnedCell> Cells { get; }

    /// <summary>Which of the facts' CPUs are listed: all of them, or those with the most drops.</summary>
    public IReadOnlyList<int> Cpus { get; }

    public FlameTree Flame { get; }

    public HeatGrid Heat { get; }

    private static IReadOnlyList<BinnedCell> Bounded(IReadOnlyList<BinnedCell> cells, int withStack, bool byFunction)
    {
        if (cells.Count <= withStack)
        {
            return cells;
        }

        List<BinnedCell> stackless = Merged(cells, withStack, place => place with { Stack = place.Stack < 0 ? place.Stack : LeftOut });
        List<BinnedCell> crossed = Merged(
            stackless, 2 * withStack, place => Rare with { Site = byFunction ? place.Site : ListRows.None, Reason = place.Reason, Driver = place.Driver });
        return Merged(crossed, 4 * withStack, place => Rare with { Reason = place.Reason });
    }

    /// <summary>The first of the cells as they are, the others by what is left of their places.</summary>
    private static List<BinnedCell> Merged(IReadOnlyList<BinnedCell> cells, int first, Func<BinnedPlace, BinnedPlace> less) => cells
        .Select((cell, i) => i < first ? cell : cell with { Place = less(cell.Place) })
        .GroupBy(cell => cell.Place, cell => cell.Drops)
        .Select(g => new BinnedCell(g.Key, Queries.Series.Sum(g)!)) // not null, for each of them is there
        .OrderByDescending(cell => cell.Drops.Sum(n => (long)n))
        .ToList();
}
