using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// The picture people paste into tickets: 800×450 logical pixels, rendered at scale 2 as 1600×900, so that
/// what is readable here is readable when that is shown at half its size.
/// </summary>
public static class SummaryPicture
{
    /// <summary>Width in logical pixels.</summary>
    public const double Width = 800;

    /// <summary>Height in logical pixels.</summary>
    public const double Height = 450;

    private const double Margin = 24;
    private const double Inner = Width - (2 * Margin);
    private const double PanelGap = 26;
    private const double FooterTop = 413;
    private const double PanelsTop = FooterTop - 7 - BarChart.TitleHeight - (4 * BarChart.RowHeight);
    private static readonly TextFace Headline = new(19, Semibold: true);
    private static readonly TextFace Body = new(12);
    private static readonly TextFace BodyStrong = new(12, Semibold: true);
    private static readonly TextFace Small = new(9.5);
    private static readonly TextFace SmallMono = new(9, Mono: true);

    /// <summary>Draws the summary.</summary>
    public static Drawing Draw(SummaryData data, ReasonColours colours)
    {
        var sketch = new Sketch(Width, Height);
        double y = 14;
        foreach (var line in TextFit.Wrap(VisibleText.Of(data.Headline), Inner, Headline, 3))
        {
            y += 24;
            sketch.TryText(line, Margin, y, Headline, Palette.Ink);
        }

        y += 20;
        sketch.TryText(TextFit.End(VisibleText.Of(data.Counted), Inner, Body), Margin, y, Body, Palette.Ink);
        foreach (SummaryFinding other in data.Others)
        {
            y += 17;
            Line(sketch, y, other.Tone, other.Word, other.Text);
        }

        y += 17;
        Line(sketch, y, data.Completeness.Tone, data.Completeness.Word, data.Completeness.Text);
        y += 14;
        TimelineChart.Compose(sketch, new Box(Margin, y, Inner, PanelsTop - 12 - y), data.Timeline, colours);

        (BarData Data, double Share)[] panels = [(data.Sites, 0.32), (data.Drivers, 0.27), (data.Flows, 0.41)];
        var left = Margin;
        foreach (var (panel, share) in panels)
        {
            var area = new Box(left, PanelsTop, (Inner - (2 * PanelGap)) * share, FooterTop - 7 - PanelsTop);
            BarChart.Compose(sketch, area, panel, colours);
            left = area.Right + PanelGap;
        }

        Footer(sketch, data.Source);
        return sketch.Finish(data.Headline, string.Join(" ", data.Others.Select(o => $"{o.Word}: {o.Text}").Prepend(data.Counted).Append($"{data.Completeness.Word}. {data.Completeness.Text}")).Trim());
    }

    private static void Line(Sketch sketch, double baseline, Tone tone, string heading, string text)
    {
        var colour = Palette.Of(tone);
        sketch.Rectangle(new Box(Margin, baseline - 10, 3, 12), colour);
        var word = TextFit.End(VisibleText.Of(heading), Inner / 3, BodyStrong);
        sketch.TryText(word, Margin + 9, baseline, BodyStrong, colour);
        var left = 9 + GlyphFont.Measure(word, BodyStrong) + 10;
        sketch.TryText(TextFit.End(VisibleText.Of(text), Inner - left, Body), Margin + left, baseline, Body, Palette.Ink);
    }

    private static void Footer(Sketch sketch, CaptureFooter source)
    {
        sketch.Line(Margin, FooterTop + 0.5, Width - Margin, FooterTop + 0.5, Palette.Grid);
        const double first = FooterTop + 16, second = FooterTop + 30;
        (string Name, string Value, double Share)[] cells =
        [
            ("host", source.Host, 0.2), ("kernel", source.Kernel, 0.26), ("window", source.Window, 0.22), ("probe", source.Probe, 0.32),
        ];
        var x = Margin;
        foreach (var (name, value, share) in cells)
        {
            Pair(sketch, name, value, x, first, (Inner * share) - 14, Small);
            x += Inner * share;
        }

        const double versionRoom = 180;
        Pair(sketch, "capture SHA-256", source.CaptureSha256, Margin, second, Inner - versionRoom - 14, SmallMono);
        var version = TextFit.End(VisibleText.Of("DropForensics " + source.Version), versionRoom, Small);
        sketch.TryText(version, Width - Margin, second, Small, Palette.Muted, TextAnchor.End);
    }

    private static void Pair(Sketch sketch, string name, string value, double x, double baseline, double room, TextFace face)
    {
        sketch.TryText(name, x, baseline, Small, Palette.Muted);
        var left = GlyphFont.Measure(name, Small) + 5;
        sketch.TryText(TextFit.Middle(VisibleText.Of(value), room - left, face), x + left, baseline, face, Palette.Ink);
    }
}
