using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Drops over time for the page: a column for each bin, stacked by reason from the most frequent up, on a zero based axis
/// that ends at the largest bin. Spans with losses are hatched over their whole height.
/// </summary>
internal static class TimelineChart
{
    /// <summary>Draws the timeline.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="colours">Colours of the reasons; those without one are drawn together as "other".</param>
    /// <param name="width">In logical pixels, 480 or more.</param>
    /// <param name="height">In logical pixels, 160 or more.</param>
    public static Drawing Draw(TimelineData data, ReasonColours colours, double width, double height)
    {
        var sketch = new Sketch(width, height);
        var frame = TimelineFrame.Begin(sketch, new Box(0, 0, width, height), data, colours);
        if (frame is null)
            return sketch.Finish(TimelineWords.Title(data), Describe(data, TimelineStack.Of(data, colours)));

        var plot = frame.Plot;
        foreach (var tick in frame.Counts)
        {
            var y = plot.Bottom - (plot.Height * tick / frame.Peak);
            sketch.Line(plot.Left, y, plot.Right, y, tick == 0 ? Palette.Muted : Palette.Grid);
        }

        Columns(sketch, frame, data);
        foreach (var loss in data.Losses)
            Loss(sketch, frame.Span(loss), TimelineWords.LossDatum(data, loss));
        foreach (var ns in frame.Times)
        {
            var x = plot.Left + (plot.Width * ns / data.WindowNs);
            sketch.Line(x, plot.Bottom, x, plot.Bottom + 3, Palette.Muted);
        }

        frame.Finish();
        return sketch.Finish(TimelineWords.Title(data), Describe(data, frame.Stack)) with { Plot = new PlotArea(plot.Left, plot.Top, plot.Width, plot.Height) };
    }

    private static string Describe(TimelineData data, TimelineStack stack)
    {
        if (stack.Total == 0)
            return $"No {data.Subject} in this window.";
        if (data.Instant is { } instant)
            return instant + ".";
        var unit = TimelineWords.UnitOf(data);
        return $"{Units.Count(stack.Total)} {(stack.Total == 1 ? data.One : data.Subject)} in {unit.Of(data.WindowNs)} {unit.Symbol}; {TimelineWords.Peak(stack, data)}.";
    }

    /// <summary>In front of the columns, with a rule on top that shows where hatching is lost among colours.</summary>
    private static void Loss(Sketch sketch, Box span, Datum datum)
    {
        sketch.Hatch(span, Palette.Harmful, datum);
        sketch.Add(new Mark.Line(new Point(span.Left, span.Top), new Point(span.Right, span.Top), 2, Palette.Harmful));
    }

    private static void Columns(Sketch sketch, TimelineFrame frame, TimelineData data)
    {
        for (var bin = 0; bin < frame.Stack.Bins; bin++)
        {
            var column = frame.Column(bin);
            var scale = frame.HeightOfOne(bin);
            var y = column.Bottom;
            foreach (var layer in frame.Stack.Layers.Where(l => l.Counts[bin] > 0))
            {
                var tall = layer.Counts[bin] * scale;
                y -= tall;
                sketch.Rectangle(column with { Top = y, Height = tall }, layer.Colour, new Datum(layer.Reason, layer.Counts[bin], TimelineWords.Bin(data, bin)));
            }
        }
    }
}
