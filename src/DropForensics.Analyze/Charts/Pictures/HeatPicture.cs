using DropForensics.Analyze.Display;
using ScottPlot;
using ScottPlot.Plottables;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>Two things crossed, their counts in cells that are the darker the larger they are: see <see cref="HeatScale"/>.</summary>
internal static class HeatPicture
{
    private const double TitleHeight = 20;
    private const double HeadLine = 12;
    private const int HeadLines = 3;
    private const double HeadHeight = (HeadLine * HeadLines) + 4;
    private const double RowHeight = 24;
    private const double FootHeight = 18;
    private const double WidestCell = 120;
    private static readonly TextFace Title = new(12, Semibold: true);
    private static readonly TextFace Name = new(10, Mono: true);
    private static readonly TextFace Value = new(10, Semibold: true);
    private static readonly TextFace Foot = new(9.5);
    private static readonly TextFace Message = new(12);

    /// <summary>How high it is.</summary>
    public static double HeightOf(HeatData data) => IsEmpty(data) ? TitleHeight + 30 : TitleHeight + HeadHeight + (data.Rows.Count * RowHeight) + FootHeight;

    /// <summary>Draws it at the top of an area, as wide as that.</summary>
    public static void Compose(Sheet sheet, Box area, HeatData data)
    {
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Title), area.Width, Title), area.Left, area.Top + 11, Title, Palette.Ink);
        if (IsEmpty(data))
        {
            sheet.TryText(sheet.Fit.End(VisibleText.Of(data.WhyEmpty), area.Width, Message), area.Left, area.Top + TitleHeight + 14, Message, Palette.Muted);
            return;
        }

        double names = Math.Min(170, area.Width / 3);
        double left = area.Left + names;
        double cell = Math.Min(WidestCell, (area.Width - names) / data.Columns.Count);
        Box cells = new(left, area.Top + TitleHeight + HeadHeight, cell * data.Columns.Count, data.Rows.Count * RowHeight);
        long largest = data.Counts.Max(row => row.Max());
        sheet.Draw(Map(data, largest), cells);
        for (int column = 0; column < data.Columns.Count; column++)
            Head(sheet, new Box(left + (column * cell) + 1, area.Top + TitleHeight, cell, HeadHeight), data.Columns[column]);
        for (int row = 0; row < data.Rows.Count; row++)
        {
            double baseline = cells.Top + (row * RowHeight) + 15.5;
            sheet.TryText(sheet.Fit.Middle(VisibleText.Of(data.Rows[row]), names - 8, Name), area.Left, baseline, Name, Palette.Ink);
            for (int column = 0; column < data.Columns.Count; column++)
            {
                long count = data.Counts[row][column];
                Colour colour = HeatScale.LevelOf(count, largest) == Palette.Heat.Count ? Palette.Paper : Palette.Ink;
                if (count > 0)
                    sheet.TryText(sheet.Fit.End(Units.Count(count), cell - 6, Value), left + ((column + 0.5) * cell), baseline, Value, colour, TextAnchor.Middle);
            }
        }

        sheet.TryText(sheet.Fit.End(HeatScale.Legend, area.Width, Foot), area.Left, cells.Bottom + 14, Foot, Palette.Muted);
    }

    private static bool IsEmpty(HeatData data) => data.Rows.Count == 0 || data.Columns.Count == 0;

    private static Plot Map(HeatData data, long largest)
    {
        double[,] levels = new double[data.Rows.Count, data.Columns.Count];
        for (int row = 0; row < data.Rows.Count; row++)
        {
            for (int column = 0; column < data.Columns.Count; column++)
                levels[row, column] = HeatScale.LevelOf(data.Counts[row][column], largest);
        }

        Plot plot = Plots.Bare(data.Columns.Count, data.Rows.Count);
        plot.Axes.SetLimitsY(0, data.Rows.Count); // upwards: on an axis that grows downwards ScottPlot turns heat maps upside down
        Heatmap map = plot.Add.Heatmap(levels);
        map.Rectangle = new CoordinateRect(0, data.Columns.Count, 0, data.Rows.Count);
        map.ManualRange = new ScottPlot.Range(0, Palette.Heat.Count);
        map.Colormap = new Steps();
        for (int column = 0; column <= data.Columns.Count; column++)
            Rule(plot.Add.VerticalLine(column));
        for (int row = 0; row <= data.Rows.Count; row++)
            Rule(plot.Add.HorizontalLine(row));
        return plot;
    }

    private static void Rule(AxisLine line)
    {
        line.LineColor = Palette.Paper.ToPlot();
        line.LineWidth = 2;
    }

    /// <summary>A name too long for its column goes on below, from an underscore or a blank on.</summary>
    private static void Head(Sheet sheet, Box box, string name)
    {
        double room = box.Width - 6;
        List<string> lines = [""];
        foreach (string part in VisibleText.Of(name).Replace("_", "_\n", StringComparison.Ordinal).Replace(" ", " \n", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string longer = lines[^1] + part;
            if (lines[^1].Length == 0 || sheet.Fit.Measure(longer, Name) <= room || lines.Count == HeadLines)
                lines[^1] = longer;
            else
                lines.Add(part);
        }

        for (int i = 0; i < lines.Count; i++)
        {
            double baseline = box.Bottom - 6 - ((lines.Count - 1 - i) * HeadLine);
            sheet.TryText(sheet.Fit.Middle(lines[i], room, Name), box.Left, baseline, Name, Palette.Ink);
        }
    }

    /// <summary>The colour of each level.</summary>
    private sealed class Steps : IColormap
    {
        public string Name => "steps";

        public Color GetColor(double position) =>
            ((int)Math.Round(position * Palette.Heat.Count) is > 0 and var level ? Palette.Heat[level - 1] : Palette.Wash).ToPlot();
    }
}
