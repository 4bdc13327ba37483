using DropForensics.Analyze.Display;
using ScottPlot;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>
/// Horizontal bars, zero based, their full width the total. Each row has its label and count on one line, detail and
/// share on the next, and the bar below.
/// </summary>
internal static class BarPicture
{
    public const double TitleHeight = 17;
    public const double RowHeight = 33;
    private const int MostRows = 20;
    private const double BarMiddle = 28;
    private const double BarHeight = 4;
    private static readonly TextFace Title = new(12, Semibold: true);
    private static readonly TextFace Label = new(10.5);
    private static readonly TextFace LabelName = new(10.5, Mono: true);
    private static readonly TextFace Value = new(10.5, Semibold: true);
    private static readonly TextFace Detail = new(9.5);

    /// <summary>How high it is with up to twenty rows, "other" among them.</summary>
    public static double HeightOf(BarData data) => TitleHeight + (Math.Max(1, data.Shown(MostRows).Count) * RowHeight);

    /// <summary>Draws as many rows as there is room for, "other" among them.</summary>
    /// <param name="area">120 wide or more, and as high as its title and two rows or more.</param>
    public static void Compose(Sheet sheet, Box area, BarData data, ReasonColours colours)
    {
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Title), area.Width, Title), area.Left, area.Top + 11, Title, Palette.Ink);
        IReadOnlyList<BarRow> rows = data.Shown((int)((area.Height - TitleHeight) / RowHeight));
        if (rows.Count == 0)
        {
            Empty(sheet, area, data.WhyEmpty);
            return;
        }

        Box plotArea = new(area.Left, area.Top + TitleHeight, area.Width, rows.Count * RowHeight);
        long total = Math.Max(1, data.Total);
        Plot plot = Plots.Bare(total, plotArea.Height);
        for (int i = 0; i < rows.Count; i++)
            plot.Add.Bars((List<Bar>)[Bar(i, total, Palette.Grid), Bar(i, Math.Min(rows[i].Count, total), ColourOf(rows[i], data.Rows.ElementAtOrDefault(i), colours))]);
        sheet.Draw(plot, plotArea);
        for (int i = 0; i < rows.Count; i++)
            Texts(sheet, plotArea with { Top = plotArea.Top + (i * RowHeight), Height = RowHeight }, rows[i], data.Total);
    }

    private static void Empty(Sheet sheet, Box area, string why)
    {
        double top = area.Top + TitleHeight + 12;
        foreach (string line in sheet.Fit.Wrap(VisibleText.Of(why), area.Width, Label, Math.Max(1, (int)((area.Bottom - top) / 14))))
        {
            sheet.TryText(line, area.Left, top, Label, Palette.Muted);
            top += 14;
        }
    }

    private static Bar Bar(int row, double count, Colour colour) => new()
    {
        Orientation = Orientation.Horizontal,
        Position = (row * RowHeight) + BarMiddle,
        Size = BarHeight,
        Value = count,
        FillColor = colour.ToPlot(),
        LineWidth = 0,
    };

    private static Colour ColourOf(BarRow row, BarRow? given, ReasonColours colours) =>
        !ReferenceEquals(row, given) ? Palette.Other : row.Reason is { } reason ? colours.Of(reason) : Palette.Muted;

    private static void Texts(Sheet sheet, Box area, BarRow row, long total)
    {
        string count = Units.Count(row.Count), percent = Units.Percent(row.Count, total);
        const double gap = 10;
        double first = area.Top + 11, second = area.Top + 22.5;
        sheet.TryText(count, area.Right, first, Value, Palette.Ink, TextAnchor.End);
        sheet.TryText(percent, area.Right, second, Detail, Palette.Muted, TextAnchor.End);

        TextFace face = row.Mono ? LabelName : Label;
        double room = area.Width - sheet.Fit.Measure(count, Value) - gap;
        (string label, string detail) = Labels(sheet.Fit, VisibleText.Of(row.Label), VisibleText.Of(row.Detail), room, face);
        sheet.TryText(sheet.Fit.Middle(label, room, face), area.Left, first, face, Palette.Ink);
        room = area.Width - sheet.Fit.Measure(percent, Detail) - gap;
        sheet.TryText(sheet.Fit.Middle(detail, room, Detail), area.Left, second, Detail, Palette.Muted);
    }

    /// <summary>A flow too long for one line goes on at its arrow, on the second.</summary>
    private static (string Label, string Detail) Labels(TextFit fit, string label, string detail, double room, TextFace face)
    {
        int arrow = label.IndexOf(" → ", StringComparison.Ordinal);
        if (arrow < 0 || fit.Measure(label, face) <= room)
            return (label, detail);
        string rest = label[(arrow + 1)..];
        return (label[..arrow], detail.Length == 0 ? rest : $"{rest} · {detail}");
    }
}
