namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>
/// The picture people paste into tickets: 800×450 logical pixels, rendered at scale 2 as 1600×900, so that
/// text here stays readable if the picture is shown at half its size.
/// </summary>
internal static class SummaryPicture
{
    /// <summary>Width in logical pixels.</summary>
    public const double Width = 800;

    /// <summary>Height in logical pixels.</summary>
    public const double Height = 450;

    private const double Margin = 24;
    private const double Inner = Width - (2 * Margin);
    private const double PanelGap = 26;
    private const double FooterTop = 413;
    private const double PanelsTop = FooterTop - 7 - BarPicture.TitleHeight - (4 * BarPicture.RowHeight);
    private static readonly TextFace Headline = new(19, Semibold: true);
    private static readonly TextFace Body = new(12);
    private static readonly TextFace BodyStrong = new(12, Semibold: true);
    private static readonly TextFace Small = new(9.5);
    private static readonly TextFace SmallStrong = new(9.5, Semibold: true);
    private static readonly TextFace SmallMono = new(9, Mono: true);

    /// <summary>Draws the summary.</summary>
    public static Sheet Draw(SummaryData data, ReasonColours colours)
    {
        var sheet = new Sheet(Width, Height);
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Source.Heading ?? ""), Inner, SmallStrong), Margin, 16, SmallStrong, Palette.Depends);
        double y = 14;
        foreach (string line in sheet.Fit.Wrap(VisibleText.Of(data.Headline), Inner, Headline, 3))
        {
            y += 24;
            sheet.TryText(line, Margin, y, Headline, Palette.Ink);
        }

        y += 20;
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Counted), Inner, Body), Margin, y, Body, Palette.Ink);
        foreach (SummaryFinding other in data.Others)
        {
            y += 17;
            Line(sheet, y, other.Tone, other.Word, other.Text);
        }

        y += 17;
        Line(sheet, y, data.Completeness.Tone, data.Completeness.Word, data.Completeness.Text);
        y += 14;
        TimelinePicture.Compose(sheet, new Box(Margin, y, Inner, PanelsTop - 12 - y), data.Timeline, colours);

        double left = Margin;
        foreach ((BarData panel, double share) in new[] { (data.Sites, 0.32), (data.Drivers, 0.27), (data.Flows, 0.41) })
        {
            var area = new Box(left, PanelsTop, (Inner - (2 * PanelGap)) * share, FooterTop - 7 - PanelsTop);
            BarPicture.Compose(sheet, area, panel, colours);
            left = area.Right + PanelGap;
        }

        Footer(sheet, data.Source);
        return sheet;
    }

    private static void Line(Sheet sheet, double baseline, Tone tone, string heading, string text)
    {
        Colour colour = Palette.Of(tone);
        sheet.Rectangle(new Box(Margin, baseline - 10, 3, 12), colour);
        string word = sheet.Fit.End(VisibleText.Of(heading), Inner / 3, BodyStrong);
        sheet.TryText(word, Margin + 9, baseline, BodyStrong, colour);
        double left = 9 + sheet.Fit.Measure(word, BodyStrong) + 10;
        sheet.TryText(sheet.Fit.End(VisibleText.Of(text), Inner - left, Body), Margin + left, baseline, Body, Palette.Ink);
    }

    private static void Footer(Sheet sheet, CaptureFooter source)
    {
        sheet.Rectangle(new Box(Margin, FooterTop, Inner, 1), Palette.Grid);
        const double first = FooterTop + 16, second = FooterTop + 30;
        (string Name, string Value, double Share)[] cells =
        [
            ("host", source.Host, 0.2), ("kernel", source.Kernel, 0.26), ("window", source.Window, 0.22), ("probe", source.Probe, 0.32),
        ];
        double x = Margin;
        foreach ((string name, string value, double share) in cells)
        {
            PictureFrame.Pair(sheet, name, value, x, first, (Inner * share) - 14, Small);
            x += Inner * share;
        }

        const double versionRoom = 180;
        PictureFrame.Pair(sheet, "capture SHA-256", source.CaptureSha256, Margin, second, Inner - versionRoom - 14, SmallMono);
        string version = sheet.Fit.End(VisibleText.Of("DropForensics " + source.Version), versionRoom, Small);
        sheet.TryText(version, Width - Margin, second, Small, Palette.Muted, TextAnchor.End);
    }
}
