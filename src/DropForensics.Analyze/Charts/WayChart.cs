namespace DropForensics.Analyze.Charts;

/// <summary>
/// The way of one packet, a line for each stop from above to below. On the left a track for each interface with the packet's line over them; on the right
/// a bar for the time since the stop before.
/// </summary>
public static class WayChart
{
    private const double Width = 920, RowHeight = 22, Step = 16, Dot = 8, Gap = 12, BarWidth = 170, TimeWidth = 70, NameWidth = 120, EventWidth = 190, MostTracks = 160;

    private static readonly TextFace Name = new(11.5, Mono: true);
    private static readonly TextFace Bold = new(11.5, Semibold: true);
    private static readonly TextFace Detail = new(11);

    /// <summary>Draws it, as high as there are stops.</summary>
    public static Drawing Draw(WayData data)
    {
        double height = data.Rows.Count * RowHeight, step = Math.Min(Step, MostTracks / Math.Max(1, data.Tracks));
        var sketch = new Sketch(Width, height);
        double tracks = (data.Tracks * step) + Dot, left = tracks + Gap;
        for (int track = 0; track < data.Tracks; track++) sketch.Line(X(track), RowHeight / 2, X(track), height - (RowHeight / 2), Palette.Grid);
        long longest = Math.Max(1, data.Rows.Max(row => row.GapNs));
        for (int i = 0; i < data.Rows.Count; i++)
        {
            WayRow row = data.Rows[i];
            double y = (i + 0.5) * RowHeight;
            if (i > 0) sketch.Line(At(i - 1), y - RowHeight, At(i), y, row.IsSure ? Palette.Accent : Palette.Muted);
        }

        for (int i = 0; i < data.Rows.Count; i++)
        {
            WayRow row = data.Rows[i];
            double y = (i + 0.5) * RowHeight, baseline = y + 4, bar = Width - BarWidth;
            bool isEnd = row.Track is null;
            sketch.Rectangle(new Box(At(i) - (Dot / 2), y - (Dot / 2), Dot, Dot), isEnd ? Palette.Harmful : Palette.Accent);
            sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(row.Where), NameWidth - Gap, Bold), left, baseline, Bold, isEnd ? Palette.Harmful : Palette.Ink);
            sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(row.Event), EventWidth - Gap, Name), left + NameWidth, baseline, Name, Palette.Ink);
            double room = bar - TimeWidth - (left + NameWidth + EventWidth) - Gap;
            sketch.TryText(Sketch.PageFit.End(VisibleText.Of(row.Detail), room, Detail), left + NameWidth + EventWidth, baseline, Detail, Palette.Muted);
            sketch.TryText(row.Gap, bar - Gap, baseline, Detail, Palette.Ink, TextAnchor.End);
            if (row.GapNs > 0) sketch.Rectangle(new Box(bar, y - 4, Math.Max(1, BarWidth * row.GapNs / (double)longest), 8), row.IsSure ? Palette.Accent : Palette.Other);
        }

        return sketch.Finish(data.Title, string.Join("; ", data.Rows.Select(row => $"{row.Gap} {row.Where} {row.Event}".Trim())) + ".");

        double X(int track) => (Dot / 2) + (track * step);
        double At(int row) => X(data.Rows[row].Track ?? data.Tracks);
    }
}

/// <summary>A packet's way.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Tracks">Interfaces.</param>
/// <param name="Rows">The stops, one at least.</param>
public sealed record WayData(string Title, int Tracks, IReadOnlyList<WayRow> Rows);

/// <summary>A stop.</summary>
/// <param name="Track">Its interface's, from 0; null: the end.</param>
/// <param name="Where">The interface, or what became of the packet.</param>
/// <param name="Event">What the kernel calls it.</param>
/// <param name="Detail">What else is known.</param>
/// <param name="GapNs">Time since the stop before.</param>
/// <param name="Gap">The same in words; empty for the first.</param>
/// <param name="IsSure">It is the same packet as at the stop before.</param>
public sealed record WayRow(int? Track, string Where, string Event, string Detail, long GapNs, string Gap, bool IsSure);
