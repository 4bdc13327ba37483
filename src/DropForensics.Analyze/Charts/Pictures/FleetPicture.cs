using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>The summary of many captures: the answer, what stands out, drops of all over time, and hosts crossed with causes. As wide as a capture's own summary.</summary>
internal static class FleetPicture
{
    private const double Width = SummaryPicture.Width, Margin = 24, Inner = Width - (2 * Margin), FootHeight = 34, TimelineHeight = 130, Gap = 16;
    private static readonly TextFace Headline = new(19, Semibold: true), Body = new(12), Small = new(9.5);

    /// <summary>Draws the summary.</summary>
    public static Sheet Draw(FleetSummaryData data, ReasonColours colours)
    {
        IReadOnlyList<string> headline = Sheet.Letters.Wrap(VisibleText.Of(data.Headline), Inner, Headline, 3);
        double lines = 14 + (headline.Count * 24) + 3 + ((data.StandOut.Count + 2) * 17) + Gap;
        double timeline = data.Timeline is null ? 0 : TimelineHeight + Gap;
        var sheet = new Sheet(Width, Math.Max(SummaryPicture.Height, lines + timeline + HeatPicture.HeightOf(data.Hosts) + Gap + FootHeight));
        double y = 14;
        foreach (string line in headline)
        {
            y += 24;
            sheet.TryText(line, Margin, y, Headline, Palette.Ink);
        }

        y += 3 + 17;
        string more = data.MoreStandOut > 0 ? $"{Units.Count(data.MoreStandOut)} more in the report" : "";
        sheet.TryText(more, Width - Margin, y, Small, Palette.Muted, TextAnchor.End);
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Counted), Inner - sheet.Fit.Measure(more, Small) - 14, Body), Margin, y, Body, Palette.Ink);
        foreach (SummaryFinding finding in data.StandOut)
        {
            y += 17;
            SummaryPicture.Line(sheet, y, finding.Tone, finding.Word, finding.Text);
        }

        y += 17;
        SummaryPicture.Line(sheet, y, data.Completeness.Tone, data.Completeness.Word, data.Completeness.Text);
        y += Gap;
        if (data.Timeline is not null)
        {
            TimelinePicture.Compose(sheet, new Box(Margin, y, Inner, TimelineHeight), data.Timeline, colours);
            y += TimelineHeight + Gap;
        }

        HeatPicture.Compose(sheet, new Box(Margin, y, Inner, HeatPicture.HeightOf(data.Hosts)), data.Hosts);
        double foot = sheet.Height - FootHeight + 18;
        sheet.Rectangle(new Box(Margin, foot - 15, Inner, 1), Palette.Grid);
        string version = "DropForensics " + data.Version;
        sheet.TryText(version, Width - Margin, foot, Small, Palette.Muted, TextAnchor.End);
        sheet.TryText(sheet.Fit.End(VisibleText.Of(data.Source), Inner - sheet.Fit.Measure(version, Small) - 14, Small), Margin, foot, Small, Palette.Muted);
        return sheet;
    }
}
