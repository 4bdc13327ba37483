using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>
/// The picture people paste into tickets: 800×450 logical pixels, rendered at scale 2 as 1600×900, so that
/// text here stays readable if the picture is shown at half its size. Where there is much to say it is higher, so that the timeline keeps its height.
/// </summary>
internal static class SummaryPicture
{
    /// <summary>Width in logical pixels.</summary>
    public const double Width = 800;

    /// <summary>The least height in logical pixels.</summary>
    public const double Height = 450;

    private const double Margin = 24;
    private const double Inner = Width - (2 * Margin);
    private const double PanelGap = 26;
    private const double FooterHeight = 37;
    private const double PanelsHeight = BarPicture.TitleHeight + (4 * BarPicture.RowHeight);

    /// <summary>With two rows of a legend, so much is left for columns of a legible height.</summary>
    private const double LeastTimeline = 105;
    private static readonly TextFace Headline = new(19, Semibold: true);
    private static readonly TextFace Body = new(12);
    private static readonly TextFace BodyStrong = new(12, Semibold: true);
    private static readonly TextFace Small = new(9.5);
    private static readonly TextFace SmallStrong = new(9.5, Semibold: true);
    private static readonly TextFace SmallMono = new(9, Mono: true);

    /// <summary>Draws the summary.</summary>
    public static Sheet Draw(SummaryData data, ReasonColours colours)
    {
        string[] headline = [.. new Sheet(Width, Height).Fit.Wrap(VisibleText.Of(data.Headline), Inner, Headline, 3)];
        int lines = data.Others.Count + 2 + (data.Extent is null ? 0 : 1);
        double timelineTop = 14 + (headline.Length * 24) + 3 + (lines * 17) + 14;
        double height = Math.Max(Height, timelineTop + LeastTimeline + 12 + PanelsHeight + 7 + FooterHeight);
        double footerTop = height - FooterHeight, panelsTop = footerTop - 7 - PanelsHeight;
        var sheet = new Sheet(Width, height);
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Source.Heading ?? ""), Inner, SmallStrong), Margin, 16, SmallStrong, Palette.Depends);
        double y = 14;
        foreach (string line in headline)
        {
            y += 24;
            sheet.TryText(line, Margin, y, Headline, Palette.Ink);
        }

        y += 3;
        if (data.Extent is { } extent)
        {
            y += 17;
            Line(sheet, y, extent.Tone, extent.Word, extent.Text);
        }

        y += 17;
        string more = data.MoreFindings > 0 ? $"{Units.Count(data.MoreFindings, "more finding")} in the report" : "";
        sheet.TryText(more, Width - Margin, y, Small, Palette.Muted, TextAnchor.End);
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Counted), Inner - sheet.Fit.Measure(more, Small) - 14, Body), Margin, y, Body, Palette.Ink);
        foreach (SummaryFinding other in data.Others)
        {
            y += 17;
            Line(sheet, y, other.Tone, other.Word, other.Text);
        }

        y += 17;
        Line(sheet, y, data.Completeness.Tone, data.Completeness.Word, data.Completeness.Text);
        TimelinePicture.Compose(sheet, new Box(Margin, timelineTop, Inner, panelsTop - 12 - timelineTop), data.Timeline, colours);

        double left = Margin;
        foreach ((BarData panel, double share) in new[] { (data.Sites, 0.32), (data.Drivers, 0.27), (data.Flows, 0.41) })
        {
            var area = new Box(left, panelsTop, (Inner - (2 * PanelGap)) * share, PanelsHeight);
            BarPicture.Compose(sheet, area, panel, colours);
            left = area.Right + PanelGap;
        }

        Footer(sheet, data.Source, footerTop);
        return sheet;
    }

    /// <summary>A word in its colour, and a sentence, in one line.</summary>
    internal static void Line(Sheet sheet, double baseline, Tone tone, string heading, string text)
    {
        Colour colour = Palette.Of(tone);
        sheet.Rectangle(new Box(Margin, baseline - 10, 3, 12), colour);
        string word = sheet.Fit.End(VisibleText.Of(heading), Inner / 3, BodyStrong);
        sheet.TryText(word, Margin + 9, baseline, BodyStrong, colour);
        double left = 9 + sheet.Fit.Measure(word, BodyStrong) + 10;
        sheet.TryText(sheet.Fit.End(VisibleText.Of(text), Inner - left, Body), Margin + left, baseline, Body, Palette.Ink);
    }

    private static void Footer(Sheet sheet, CaptureFooter source, double top)
    {
        sheet.Rectangle(new Box(Margin, top, Inner, 1), Palette.Grid);
        double first = top + 16, second = top + 30;
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
