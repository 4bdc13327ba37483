namespace DropForensics.Analyze.Charts;

/// <summary>Two things crossed, their counts in cells that are the darker the larger they are: see <see cref="HeatScale"/>.</summary>
public static class HeatChart
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

    /// <summary>Draws the map; as high as it has rows.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="width">In logical pixels, 240 or more.</param>
    public static Drawing Draw(HeatData data, double width)
    {
        var isEmpty = data.Rows.Count == 0 || data.Columns.Count == 0;
        var sketch = new Sketch(width, isEmpty ? TitleHeight + 30 : TitleHeight + HeadHeight + (data.Rows.Count * RowHeight) + FootHeight);
        sketch.TryText(TextFit.End(VisibleText.Of(data.Title), width, Title), 0, 11, Title, Palette.Ink);
        if (isEmpty)
        {
            sketch.TryText(TextFit.End(VisibleText.Of(data.WhyEmpty), width, Message), 0, TitleHeight + 14, Message, Palette.Muted);
            return sketch.Finish(data.Title, data.WhyEmpty);
        }

        var left = Math.Min(170, width / 3);
        var cell = Math.Min(WidestCell, (width - left) / data.Columns.Count);
        for (var column = 0; column < data.Columns.Count; column++)
            Head(sketch, new Box(left + (column * cell), TitleHeight, cell, HeadHeight), data.Columns[column]);
        var largest = data.Counts.Max(row => row.Max());
        for (var row = 0; row < data.Rows.Count; row++)
        {
            var top = TitleHeight + HeadHeight + (row * RowHeight);
            sketch.TryText(TextFit.Middle(VisibleText.Of(data.Rows[row]), left - 8, Name), 0, top + 15, Name, Palette.Ink);
            for (var column = 0; column < data.Columns.Count; column++)
                Cell(sketch, new Box(left + (column * cell), top, cell, RowHeight), data, row, column, largest);
        }

        sketch.TryText(TextFit.End(HeatScale.Legend, width, Foot), 0, TitleHeight + HeadHeight + (data.Rows.Count * RowHeight) + 14, Foot, Palette.Muted);
        return sketch.Finish(data.Title, $"The largest of {Numbers.Count(data.Rows.Count)} by {Numbers.Count(data.Columns.Count)} cells has {Numbers.Count(largest)}.");
    }

    private static void Cell(Sketch sketch, Box box, HeatData data, int row, int column, long largest)
    {
        var count = data.Counts[row][column];
        var level = HeatScale.LevelOf(count, largest);
        var datum = new Datum(data.Columns[column], count, data.Rows[row]);
        sketch.Rectangle(new Box(box.Left, box.Top, box.Width - 2, box.Height - 2), level == 0 ? Palette.Wash : Palette.Heat[level - 1], datum);
        if (level > 0)
            sketch.TryText(TextFit.End(Numbers.Count(count), box.Width - 6, Value), box.Left + (box.Width / 2) - 1, box.Top + 14.5, Value, level == Palette.Heat.Count ? Palette.Paper : Palette.Ink, TextAnchor.Middle);
    }

    /// <summary>A name too long for its column goes on below, from an underscore on.</summary>
    private static void Head(Sketch sketch, Box box, string name)
    {
        var room = box.Width - 6;
        List<string> lines = [""];
        foreach (var part in VisibleText.Of(name).Replace("_", "_ ", StringComparison.Ordinal).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = lines[^1] + part;
            if (lines[^1].Length == 0 || Glyphs.GlyphFont.Measure(longer, Name) <= room || lines.Count == HeadLines)
                lines[^1] = longer;
            else
                lines.Add(part);
        }

        for (var i = 0; i < lines.Count; i++)
        {
            var baseline = box.Bottom - 6 - ((lines.Count - 1 - i) * HeadLine);
            sketch.TryText(TextFit.Middle(lines[i], room, Name), box.Left, baseline, Name, Palette.Ink);
        }
    }
}
