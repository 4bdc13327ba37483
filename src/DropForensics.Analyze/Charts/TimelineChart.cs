using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Drops over time: a column for each bin, stacked by reason from the most frequent up, on a zero based axis
/// that ends at the largest bin. Spans with losses are hatched over their whole height.
/// </summary>
public static class TimelineChart
{
    private const double LaneHeight = 15;
    private const double FootHeight = 30;
    private static readonly TextFace Title = new(12, Semibold: true);
    private static readonly TextFace Tick = new(9.5);
    private static readonly TextFace Note = new(10, Semibold: true);
    private static readonly TextFace Message = new(12);

    /// <summary>Draws the timeline.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="colours">Colours of the reasons; those without one are drawn together as "other".</param>
    /// <param name="width">In logical pixels, 480 or more.</param>
    /// <param name="height">In logical pixels, 160 or more.</param>
    public static Drawing Draw(TimelineData data, ReasonColours colours, double width, double height)
    {
        var sketch = new Sketch(width, height);
        var plot = Compose(sketch, new Box(0, 0, width, height), data, colours);
        var stack = TimelineStack.Of(data, colours);
        var drawing = sketch.Finish(TitleOf(data), stack.Total == 0
            ? $"No {data.Subject} in this window."
            : data.Instant is { } instant
                ? instant + "."
                : $"{Numbers.Count(stack.Total)} {(stack.Total == 1 ? data.One : data.Subject)} in {UnitOf(data).Of(data.WindowNs)} {UnitOf(data).Symbol}; {PeakText(stack, data)}.");
        return drawing with { Plot = plot };
    }

    /// <summary>Draws into an area; the part within the axes, null where there are none.</summary>
    internal static PlotArea? Compose(Sketch sketch, Box area, TimelineData data, ReasonColours colours)
    {
        var stack = TimelineStack.Of(data, colours);
        var title = TextFit.End(TitleOf(data), area.Width, Title);
        sketch.TryText(title, area.Left, area.Top + 11, Title, Palette.Ink);
        var legendLeft = area.Left + GlyphFont.Measure(title, Title) + 24;
        var legendRows = TimelineLegend.Draw(sketch, area, legendLeft, stack, data.Losses);

        if (data.Instant is { } instant)
        {
            // A column as wide as the plot would look like a flood without end.
            var said = TextFit.End(VisibleText.Of(instant), area.Width, Message);
            sketch.TryText(said, area.Left + (area.Width / 2), area.Top + (area.Height / 2) + 4, Message, Palette.Muted, TextAnchor.Middle);
            return null;
        }

        var top = area.Top + 2 + (legendRows * TimelineLegend.Pitch) + LaneHeight;
        var ticks = Numbers.Ticks(Math.Max(1, stack.Peak), Math.Max(1, (int)((area.Bottom - FootHeight - top) / 26)));
        var axisWidth = GlyphFont.Measure(Numbers.Count(ticks[^1]), Tick) + 6;
        var plot = new Box(area.Left + axisWidth, top, area.Width - axisWidth, Math.Max(1, area.Bottom - FootHeight - top));

        foreach (var tick in ticks)
        {
            var y = plot.Bottom - (plot.Height * tick / Math.Max(1, stack.Peak));
            sketch.Line(plot.Left, y, plot.Right, y, tick == 0 ? Palette.Muted : Palette.Grid);
            sketch.TryText(Numbers.Count(tick), plot.Left - 6, y + 3.5, Tick, Palette.Muted, TextAnchor.End);
        }

        Columns(sketch, plot, data, stack);
        foreach (var loss in data.Losses)
            Loss(sketch, Span(loss), data, loss);

        if (stack.Total == 0)
            sketch.TryText($"No {data.Subject} in this window", plot.Left + (plot.Width / 2), plot.Top + (plot.Height / 2) + 4, Message, Palette.Muted, TextAnchor.Middle);
        else
            Peak(sketch, plot, data, stack);
        foreach (var loss in data.Losses)
            LossLabel(sketch, plot, Span(loss), data, loss);
        TimeAxis(sketch, plot, data);
        return new PlotArea(plot.Left, plot.Top, plot.Width, plot.Height);

        Box Span(LossSpan loss)
        {
            const double narrowest = 4;
            var left = Math.Clamp((double)loss.StartNs / data.WindowNs, 0, 1) * plot.Width;
            var right = Math.Clamp((double)loss.EndNs / data.WindowNs, 0, 1) * plot.Width;
            var wide = Math.Max(narrowest, right - left);
            return new Box(plot.Left + Math.Min(left, plot.Width - wide), plot.Top, wide, plot.Height);
        }
    }

    private static TimeUnit UnitOf(TimelineData data) => TimeUnit.For(data.WindowNs);

    private static string TitleOf(TimelineData data) => UnitOf(data) switch
    {
        _ when data.Instant is not null => Capital(data.Subject),
        var unit when data.BinNs == unit.Ns => $"{Capital(data.Subject)} per {unit.Name}",
        var unit => $"{Capital(data.Subject)} per {unit.Of(data.BinNs)} {unit.Symbol}",
    };

    private static string Capital(string word) => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..];

    private static string PeakText(TimelineStack stack, TimelineData data) =>
        $"peak {Numbers.Count(stack.Peak)} at {BinText(data, stack.PeakBin)}";

    private static string BinText(TimelineData data, int bin)
    {
        var start = bin * data.BinNs;
        var unit = UnitOf(data);
        return $"{unit.Of(start, data.BinNs)}–{unit.Of(Math.Min(start + data.BinNs, data.WindowNs), data.BinNs)} {unit.Symbol}";
    }

    private static Datum LossDatum(TimelineData data, LossSpan loss) =>
        new("lost", loss.Lost, $"{UnitOf(data).Of(loss.StartNs)}–{UnitOf(data).Of(loss.EndNs)} {UnitOf(data).Symbol}");

    /// <summary>In front of the columns, with a rule on top that shows where hatching is lost among colours.</summary>
    private static void Loss(Sketch sketch, Box span, TimelineData data, LossSpan loss)
    {
        sketch.Add(new Mark.Hatch(span.Left, span.Top, span.Width, span.Height, Palette.Harmful) { Datum = LossDatum(data, loss) });
        sketch.Add(new Mark.Line(new Point(span.Left, span.Top), new Point(span.Right, span.Top), 2, Palette.Harmful));
    }

    private static void Columns(Sketch sketch, Box plot, TimelineData data, TimelineStack stack)
    {
        const double leastHeight = 1; // A single drop beside a flood must not look like silence.
        for (var bin = 0; bin < stack.Bins; bin++)
        {
            var column = Column(plot, data, bin);
            var scale = stack.Sums[bin] > 0 ? Math.Max(leastHeight / stack.Sums[bin], plot.Height / stack.Peak) : 0;
            var y = plot.Bottom;
            foreach (var layer in stack.Layers.Where(l => l.Counts[bin] > 0))
            {
                var tall = layer.Counts[bin] * scale;
                y -= tall;
                sketch.Rectangle(
                    new Box(column.Left, y, column.Width, tall),
                    layer.Colour,
                    new Datum(layer.Reason, layer.Counts[bin], BinText(data, bin)));
            }
        }
    }

    private static Box Column(Box plot, TimelineData data, int bin)
    {
        var left = plot.Width * Math.Min(1, (double)bin * data.BinNs / data.WindowNs);
        var right = plot.Width * Math.Min(1, (bin + 1.0) * data.BinNs / data.WindowNs);
        if (right - left >= 4)
            right -= 1;
        return new Box(plot.Left + left, plot.Top, right - left, plot.Height);
    }

    private static void Peak(Sketch sketch, Box plot, TimelineData data, TimelineStack stack)
    {
        var column = Column(plot, data, stack.PeakBin);
        var text = PeakText(stack, data);
        var half = GlyphFont.Measure(text, Note) / 2;
        var centre = Within(column.Left + (column.Width / 2), half, plot);
        sketch.TryText(text, centre, plot.Top - 4, Note, Palette.Ink, TextAnchor.Middle, new Datum("peak", stack.Peak, BinText(data, stack.PeakBin)));
    }

    /// <summary>Above its span if it is free there, else at the nearest free place a little to either side, else left to the legend.</summary>
    private static void LossLabel(Sketch sketch, Box plot, Box span, TimelineData data, LossSpan loss)
    {
        var text = loss.Lost is { } lost ? $"lost {Numbers.Count(lost)}" : "lost, count unknown";
        var half = GlyphFont.Measure(text, Note) / 2;
        var middle = span.Left + (span.Width / 2);
        foreach (var shift in new[] { 0, -0.5 * half, 0.5 * half, -half, half })
        {
            if (sketch.TryText(text, Within(middle + shift, half, plot), plot.Top - 4, Note, Palette.Harmful, TextAnchor.Middle, LossDatum(data, loss), clearance: 12))
                return;
        }
    }

    private static double Within(double centre, double half, Box plot) =>
        plot.Width < 2 * half ? plot.Left + (plot.Width / 2) : Math.Clamp(centre, plot.Left + half, plot.Right - half);

    private static void TimeAxis(Sketch sketch, Box plot, TimelineData data)
    {
        var unit = UnitOf(data);
        foreach (var ns in Numbers.Ticks(data.WindowNs, Math.Clamp((int)(plot.Width / 70), 1, 12)))
        {
            var x = plot.Left + (plot.Width * ns / data.WindowNs);
            var text = unit.Of(ns);
            sketch.Line(x, plot.Bottom, x, plot.Bottom + 3, Palette.Muted);
            sketch.TryText(text, Within(x, GlyphFont.Measure(text, Tick) / 2, plot), plot.Bottom + 13, Tick, Palette.Muted, TextAnchor.Middle);
        }

        var baseline = plot.Bottom + 26;
        if (data.StartUtc is { } start)
        {
            var end = start.AddTicks(data.WindowNs / 100);
            sketch.TryText(Utc(start, true), plot.Left, baseline, Tick, Palette.Muted);
            sketch.TryText(Utc(end, end.Date != start.Date), plot.Right, baseline, Tick, Palette.Muted, TextAnchor.End);
        }

        sketch.TryText(unit.Name + "s since start", plot.Left + (plot.Width / 2), baseline, Tick, Palette.Muted, TextAnchor.Middle);
    }

    private static string Utc(DateTime time, bool withDate) => time.ToString(withDate ? "yyyy-MM-dd HH:mm:ss" : "HH:mm:ss") + " UTC";
}
