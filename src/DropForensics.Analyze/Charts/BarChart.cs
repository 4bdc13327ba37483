using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Horizontal bars, zero based, their full width the total. Each row has its label and count on one line, detail and
/// share on the next, and the bar below.
/// </summary>
public static class BarChart
{
    internal const double TitleHeight = 17;
    internal const double RowHeight = 33;
    private const double BarHeight = 4;
    private static readonly TextFace Title = new(12, Semibold: true);
    private static readonly TextFace Label = new(10.5);
    private static readonly TextFace LabelMono = new(10.5, Mono: true);
    private static readonly TextFace Value = new(10.5, Semibold: true);
    private static readonly TextFace Detail = new(9.5);

    /// <summary>Draws up to so many rows, "other" among them.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="colours">Colours of the reasons.</param>
    /// <param name="width">In logical pixels, 120 or more.</param>
    /// <param name="mostRows">2 or more.</param>
    public static Drawing Draw(BarData data, ReasonColours colours, double width, int mostRows = 20)
    {
        var rows = Shown(data, mostRows).Count;
        var height = TitleHeight + (Math.Max(1, rows) * RowHeight);
        var sketch = new Sketch(width, height);
        Compose(sketch, new Box(0, 0, width, height), data, colours);
        return sketch.Finish(data.Title, Describe(data));
    }

    internal static void Compose(Sketch sketch, Box area, BarData data, ReasonColours colours)
    {
        var title = TextFit.End(VisibleText.Of(data.Title), area.Width, Title);
        sketch.TryText(title, area.Left, area.Top + 11, Title, Palette.Ink);
        var rows = Shown(data, (int)((area.Height - TitleHeight) / RowHeight));
        if (rows.Count == 0)
        {
            var top = area.Top + TitleHeight + 12;
            foreach (var line in TextFit.Wrap(VisibleText.Of(data.WhyEmpty), area.Width, Label, Math.Max(1, (int)((area.Bottom - top) / 14))))
            {
                sketch.TryText(line, area.Left, top, Label, Palette.Muted);
                top += 14;
            }

            return;
        }

        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var colour = ReferenceEquals(row, data.Rows.ElementAtOrDefault(i))
                ? row.Reason is null ? Palette.Accent : colours.Of(row.Reason)
                : Palette.Other;
            Row(sketch, new Box(area.Left, area.Top + TitleHeight + (i * RowHeight), area.Width, RowHeight), row, data.Total, colour);
        }
    }

    private static void Row(Sketch sketch, Box area, BarRow row, long total, Colour colour)
    {
        string count = Numbers.Count(row.Count), percent = Numbers.Percent(row.Count, total);
        var datum = new Datum(row.Label, row.Count);
        const double gap = 10;
        double first = area.Top + 11, second = area.Top + 22.5;
        sketch.TryText(count, area.Right, first, Value, Palette.Ink, TextAnchor.End, datum);
        sketch.TryText(percent, area.Right, second, Detail, Palette.Muted, TextAnchor.End);

        var face = row.Mono ? LabelMono : Label;
        var room = area.Width - GlyphFont.Measure(count, Value) - gap;
        var (label, detail) = Labels(VisibleText.Of(row.Label), VisibleText.Of(row.Detail), room, face);
        sketch.TryText(TextFit.Middle(label, room, face), area.Left, first, face, Palette.Ink);
        room = area.Width - GlyphFont.Measure(percent, Detail) - gap;
        sketch.TryText(TextFit.Middle(detail, room, Detail), area.Left, second, Detail, Palette.Muted);

        var bar = new Box(area.Left, area.Top + 26, area.Width, BarHeight);
        sketch.Rectangle(bar, Palette.Grid);
        var share = total > 0 ? Math.Min(1, (double)row.Count / total) : 0;
        sketch.Rectangle(bar with { Width = area.Width * share }, colour, datum);
    }

    /// <summary>A flow too long for one line goes on at its arrow, on the second.</summary>
    private static (string Label, string Detail) Labels(string label, string detail, double room, TextFace face)
    {
        var arrow = label.IndexOf(" → ", StringComparison.Ordinal);
        if (arrow < 0 || GlyphFont.Measure(label, face) <= room)
            return (label, detail);
        var rest = label[(arrow + 1)..];
        return (label[..arrow], detail.Length == 0 ? rest : $"{rest} · {detail}");
    }

    /// <summary>The rows that fit, the rest in one called "other".</summary>
    private static List<BarRow> Shown(BarData data, int most)
    {
        List<BarRow> rows = [.. data.Rows.Take(most)];
        if (rows.Count == 0)
            return rows;
        var needsOther = data.Rows.Count > most || data.Rows.Sum(r => r.Count) < data.Total;
        if (!needsOther)
            return rows;
        if (rows.Count == most)
            rows.RemoveAt(most - 1);
        var hidden = data.Rows.Count - rows.Count;
        var count = Math.Max(data.Total, data.Rows.Sum(r => r.Count)) - rows.Sum(r => r.Count);
        rows.Add(new BarRow("other", hidden > 0 ? $"{Numbers.Count(hidden)} more" : "", count, Mono: false));
        return rows;
    }

    private static string Describe(BarData data) => data.Rows.Count == 0
        ? data.WhyEmpty
        : $"{data.Rows[0].Label} leads with {Numbers.Count(data.Rows[0].Count)} of {Numbers.Count(data.Total)}.";
}
