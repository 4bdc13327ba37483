using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>What a timeline has around its columns: title, legend, the axes' numbers, peak and losses in words; page and pictures have it alike.</summary>
internal sealed class TimelineFrame
{
    /// <summary>Room below the axis of time.</summary>
    public const double FootHeight = 30;

    private const double LaneHeight = 15;
    private static readonly TextFace TitleFace = new(12, Semibold: true);
    private static readonly TextFace Tick = new(9.5);
    private static readonly TextFace Note = new(10, Semibold: true);
    private static readonly TextFace Message = new(12);

    private readonly Surface _surface;
    private readonly TimelineData _data;

    private TimelineFrame(Surface surface, TimelineData data, TimelineStack stack, Box plot, IReadOnlyList<long> counts)
    {
        (_surface, _data, Stack, Plot, Counts) = (surface, data, stack, plot, counts);
        Times = Ticks.To(data.WindowNs, Math.Clamp((int)(plot.Width / 70), 1, 12));
    }

    public TimelineStack Stack { get; }

    /// <summary>The part within the axes.</summary>
    public Box Plot { get; }

    /// <summary>Ticks of the axis of counts.</summary>
    public IReadOnlyList<long> Counts { get; }

    /// <summary>Ticks of the axis of time, in ns since the start.</summary>
    public IReadOnlyList<long> Times { get; }

    /// <summary>Count at the plot's upper end.</summary>
    public long Peak => Math.Max(1, Stack.Peak);

    /// <summary>Writes title and legend; null if there is no time axis to draw, which is then written instead.</summary>
    public static TimelineFrame? Begin(Surface surface, Box area, TimelineData data, ReasonColours colours)
    {
        var stack = TimelineStack.Of(data, colours);
        string title = surface.Fit.End(VisibleText.Of(TimelineWords.Title(data)), area.Width, TitleFace);
        surface.TryText(title, area.Left, area.Top + 11, TitleFace, Palette.Ink);
        double legendLeft = area.Left + surface.Fit.Measure(title, TitleFace) + 24;
        int legendRows = TimelineLegend.Draw(surface, area, legendLeft, stack, data.Losses);

        if (data.Instant is { } instant)
        {
            // A column as wide as the plot would look like a flood without end.
            string said = surface.Fit.End(VisibleText.Of(instant), area.Width, Message);
            surface.TryText(said, area.Left + (area.Width / 2), Math.Max(area.Top + 2 + (legendRows * TimelineLegend.Pitch) + LaneHeight, area.Top + (area.Height / 2) + 4), Message, Palette.Muted, TextAnchor.Middle);
            return null;
        }

        double top = area.Top + 2 + (legendRows * TimelineLegend.Pitch) + LaneHeight;
        double height = area.Bottom - FootHeight - top;
        IReadOnlyList<long> counts = Ticks.To(Math.Max(1, stack.Peak), Math.Max(1, (int)(height / 26)));
        double axisWidth = surface.Fit.Measure(Units.Count(counts[^1]), Tick) + 6;
        return new TimelineFrame(surface, data, stack, new Box(area.Left + axisWidth, top, area.Width - axisWidth, Math.Max(1, height)), counts);
    }

    /// <summary>Where a loss goes; never so narrow that it is not seen.</summary>
    public Box Span(LossSpan loss)
    {
        const double narrowest = 4;
        double left = Math.Clamp((double)loss.StartNs / _data.WindowNs, 0, 1) * Plot.Width;
        double right = Math.Clamp((double)loss.EndNs / _data.WindowNs, 0, 1) * Plot.Width;
        double wide = Math.Max(narrowest, right - left);
        return Plot with { Left = Plot.Left + Math.Min(left, Plot.Width - wide), Width = wide };
    }

    /// <summary>Where a bin's column goes, as high as the plot; wide ones have a gap behind them.</summary>
    public Box Column(int bin)
    {
        double left = Plot.Width * Math.Min(1, (double)bin * _data.BinNs / _data.WindowNs);
        double right = Plot.Width * Math.Min(1, (bin + 1.0) * _data.BinNs / _data.WindowNs);
        if (right - left >= 4)
            right -= 1;
        return Plot with { Left = Plot.Left + left, Width = right - left };
    }

    /// <summary>Height of a drop in a bin: a single one beside a flood must not look like silence.</summary>
    public double HeightOfOne(int bin)
    {
        const double leastHeight = 1;
        return Stack.Sums[bin] > 0 ? Math.Max(leastHeight / Stack.Sums[bin], Plot.Height / Stack.Peak) : 0;
    }

    /// <summary>Writes everything beside and above the columns.</summary>
    public void Finish()
    {
        foreach (long tick in Counts)
            _surface.TryText(Units.Count(tick), Plot.Left - 6, Plot.Bottom - (Plot.Height * tick / Peak) + 3.5, Tick, Palette.Muted, TextAnchor.End);
        if (Stack.Total == 0)
            _surface.TryText($"No {_data.Subject} in this window", Plot.Left + (Plot.Width / 2), Plot.Top + (Plot.Height / 2) + 4, Message, Palette.Muted, TextAnchor.Middle);
        else
            PeakNote();
        foreach (LossSpan loss in _data.Losses)
            LossNote(loss);
        TimeAxis();
    }

    private void PeakNote()
    {
        Box column = Column(Stack.PeakBin);
        string text = TimelineWords.Peak(Stack, _data);
        double half = _surface.Fit.Measure(text, Note) / 2;
        var datum = new Datum("peak", Stack.Peak, TimelineWords.Bin(_data, Stack.PeakBin));
        _surface.TryText(text, Within(column.Left + (column.Width / 2), half), Plot.Top - 4, Note, Palette.Ink, TextAnchor.Middle, datum);
    }

    /// <summary>Above its span if it is free there, else at the nearest free place a little to either side, else left to the legend.</summary>
    private void LossNote(LossSpan loss)
    {
        Box span = Span(loss);
        string text = TimelineWords.Loss(loss);
        double half = _surface.Fit.Measure(text, Note) / 2;
        double middle = span.Left + (span.Width / 2);
        foreach (double shift in new[] { 0, -0.5 * half, 0.5 * half, -half, half })
        {
            if (_surface.TryText(text, Within(middle + shift, half), Plot.Top - 4, Note, Palette.Harmful, TextAnchor.Middle, TimelineWords.LossDatum(_data, loss), clearance: 12))
                return;
        }
    }

    private double Within(double centre, double half) =>
        Plot.Width < 2 * half ? Plot.Left + (Plot.Width / 2) : Math.Clamp(centre, Plot.Left + half, Plot.Right - half);

    private void TimeAxis()
    {
        TimeUnit unit = TimelineWords.UnitOf(_data);
        foreach (long ns in Times)
        {
            string text = unit.Of(ns);
            double x = Plot.Left + (Plot.Width * ns / _data.WindowNs);
            _surface.TryText(text, Within(x, _surface.Fit.Measure(text, Tick) / 2), Plot.Bottom + 13, Tick, Palette.Muted, TextAnchor.Middle);
        }

        double baseline = Plot.Bottom + 26;
        if (_data.StartUtc is { } start)
        {
            DateTime end = start.AddTicks(_data.WindowNs / 100);
            _surface.TryText(Units.Utc(start), Plot.Left, baseline, Tick, Palette.Muted);
            _surface.TryText(Units.Utc(end, end.Date != start.Date), Plot.Right, baseline, Tick, Palette.Muted, TextAnchor.End);
        }

        _surface.TryText(unit.Name + "s since start", Plot.Left + (Plot.Width / 2), baseline, Tick, Palette.Muted, TextAnchor.Middle);
    }
}

/// <summary>The values that an axis names.</summary>
internal static class Ticks
{
    /// <summary>From 0 to at most the end, their step 1, 2 or 5 times a power of ten, at most so many steps.</summary>
    public static IReadOnlyList<long> To(long end, int mostSteps)
    {
        long step = 1;
        for (int i = 0; end / step > Math.Max(1, mostSteps); i++)
            step = i % 3 == 1 ? step / 2 * 5 : step * 2;
        List<long> ticks = [];
        for (long tick = 0; tick <= end; tick += step)
            ticks.Add(tick);
        return ticks;
    }
}
