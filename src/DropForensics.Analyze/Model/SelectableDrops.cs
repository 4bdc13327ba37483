using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Model;

/// <summary>Drops of one cell and the same table rows: a selection of rows has all of them or none.</summary>
/// <param name="Cell">Its number among the page's cells.</param>
/// <param name="Rows">Their row in the page's table of each of <see cref="Dimension.Crossed"/>; below zero where they have none that can be selected.</param>
/// <param name="Drops">How many in each bin of the timeline.</param>
internal sealed record SelectableDrops(int Cell, IReadOnlyList<int> Rows, int[] Drops)
{
    // About what the page needs for one of these: a character for each small number, two for a large one and for a run of empty bins, and these for the rows.
    private const int Large = 32, CharactersOfRows = 15;

    /// <summary>All drops. If the page has no room for all, rows with few drops cannot be selected.</summary>
    /// <param name="model">The report.</param>
    /// <param name="cells">The cells that the page has.</param>
    /// <param name="cellOf">For each cell of the facts, the number of the page's cell that has it.</param>
    /// <param name="cpus">The facts' CPUs that the page lists.</param>
    public static IReadOnlyList<SelectableDrops> Of(ReportModel model, IReadOnlyList<BinnedCell> cells, int[] cellOf, IReadOnlyList<int> cpus)
    {
        CrossedDrops all = model.Facts.Binned.Crossed;
        if (all.NumberCount == 0)
        {
            int[] none = [.. Dimension.Crossed.Select(_ => CrossedDrops.None)];
            return [.. cells.Select((cell, i) => new SelectableDrops(i, none, cell.Drops))];
        }

        int bins = cells[0].Drops.Length;
        var crossed = new CrossedDrops(Dimension.Crossed.Count, bins);
        Func<int, int>[] listed = [.. Dimension.Crossed.Select(dimension => Listed(dimension, model.Limits.Rows, cpus))];
        foreach ((int cell, IReadOnlyList<int> rows, IReadOnlyList<(int Bin, int Drops)> dropsByBin) in all.Kinds)
        {
            int[] shown = [.. rows.Zip(listed, (row, list) => list(row))];
            foreach ((int bin, int drops) in dropsByBin)
            {
                crossed.Add(cellOf[cell], shown, bin, drops);
            }
        }

        while (true)
        {
            List<SelectableDrops> selectable = [.. crossed.Kinds.Select(kind => new SelectableDrops(kind.Place, kind.Values, Series(kind.Bins, bins)))];
            if (selectable.Sum(drops => drops.Characters()) <= model.Limits.Selectable || !crossed.LeaveOutRarest())
            {
                return selectable;
            }
        }
    }

    private int Characters() => CharactersOfRows + Drops.Where(n => n > 0).Sum(n => n < Large ? 1 : 2) + (2 * Drops.Skip(1).Zip(Drops).Count(pair => pair.First > 0 && pair.Second == 0));

    private static Func<int, int> Listed(Dimension dimension, int rows, IReadOnlyList<int> cpus)
    {
        if (dimension != Dimension.Cpus)
        {
            return row => row < rows ? row : CrossedDrops.None;
        }

        Dictionary<int, int> places = cpus.Index().ToDictionary(cpu => cpu.Item, cpu => cpu.Index);
        return row => places.GetValueOrDefault(row, CrossedDrops.None);
    }

    private static int[] Series(IReadOnlyList<(int Bin, int Drops)> numbers, int bins)
    {
        int[] series = new int[bins];
        foreach ((int bin, int drops) in numbers)
        {
            series[bin] = drops;
        }

        return series;
    }
}
