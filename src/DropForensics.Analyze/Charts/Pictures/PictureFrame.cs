namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>What every picture but the summary has around it: a margin, and at its foot host, kernel and time.</summary>
internal static class PictureFrame
{
    private const double Margin = 12;
    private const double HeadLine = 13;
    private const double FootHeight = 24;
    private const double Gap = 14;
    private static readonly TextFace Small = new(9.5);
    private static readonly TextFace SmallStrong = new(9.5, Semibold: true);

    /// <summary>How wide a chart in a picture is.</summary>
    public static double Inner(double width) => width - (2 * Margin);

    /// <summary>Draws a chart in its frame.</summary>
    /// <param name="width">Of the picture, in logical pixels.</param>
    /// <param name="height">Of the chart alone.</param>
    /// <param name="source">Whose numbers they are.</param>
    /// <param name="compose">Draws the chart into the box.</param>
    public static Sheet Draw(double width, double height, CaptureFooter source, Action<Sheet, Box> compose)
    {
        double inner = Inner(width);
        IReadOnlyList<string> heading = Sheet.Letters.Wrap(VisibleText.Of(source.Heading ?? ""), inner, SmallStrong, 2);
        double top = Margin + (heading.Count * HeadLine) + (heading.Count > 0 ? 6 : 0);
        var sheet = new Sheet(width, top + height + FootHeight + Margin);
        for (int i = 0; i < heading.Count; i++)
            sheet.TryText(heading[i], Margin, Margin + 9 + (i * HeadLine), SmallStrong, Palette.Depends);
        compose(sheet, new Box(Margin, top, inner, height));

        double baseline = sheet.Height - Margin;
        sheet.Rectangle(new Box(Margin, baseline - 15, inner, 1), Palette.Grid);
        string time = sheet.Fit.End(VisibleText.Of(source.Time), inner / 2, Small);
        sheet.TryText(time, width - Margin, baseline, Small, Palette.Muted, TextAnchor.End);
        double room = inner - sheet.Fit.Measure(time, Small) - Gap;
        double host = Math.Min(sheet.Fit.Measure(VisibleText.Of($"host {source.Host}"), Small) + 5, room * 0.42); // the kernel needs more, and most hosts less
        Pair(sheet, "host", source.Host, Margin, baseline, host, Small);
        Pair(sheet, "kernel", source.Kernel, Margin + host + Gap, baseline, room - host - Gap, Small);
        return sheet;
    }

    /// <summary>A value with its name before it.</summary>
    public static void Pair(Sheet sheet, string name, string value, double x, double baseline, double room, TextFace face)
    {
        sheet.TryText(name, x, baseline, Small, Palette.Muted);
        double left = sheet.Fit.Measure(name, Small) + 5;
        sheet.TryText(sheet.Fit.Middle(VisibleText.Of(value), room - left, face), x + left, baseline, face, Palette.Ink);
    }
}
