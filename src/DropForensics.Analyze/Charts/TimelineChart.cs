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

        Box plot = frame.Plot;
        foreach (long tick in frame.Counts)
        {
            double y = plot.Bottom - (plot.Height * tick / frame.Peak);
            sketch.Line(plot.Left, y, plot.Right, y, tick == 0 ? Palette.Muted : Palette.Grid);
        }

        Columns(sketch, frame, data);
        foreach (LossSpan loss in data.Losses)
            Loss(sketch, frame.Span(loss), TimelineWords.LossDatum(data, loss));
        foreach (long ns in frame.Times)
        {
            double x = plot.Left + (plot.Width * ns / data.WindowNs);
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
        TimeUnit unit = TimelineWords.UnitOf(data);
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
        for (int bin = 0; bin < frame.Stack.Bins; bin++)
        {
            Box column = frame.Column(bin);
            double scale = frame.HeightOfOne(bin);
            double y = column.Bottom;
            foreach (TimelineStack.Layer? layer in frame.Stack.Layers.Where(l => l.Counts[bin] > 0))
            {
                double tall = layer.Counts[bin] * scale;
                y -= tall;
                sketch.Rectangle(column with { Top = y, Height = tall }, layer.Colour, new Datum(layer.Reason, layer.Counts[bin], TimelineWords.Bin(data, bin)));
            }
        }
    }
}

/// <summary>The layers of a timeline, bottom first, and what they sum to.</summary>
internal sealed record TimelineStack(IReadOnlyList<TimelineStack.Layer> Layers, IReadOnlyList<long> Sums, long Total)
{
    /// <summary>One reason's counts, one for each bin.</summary>
    internal sealed record Layer(string Reason, Colour Colour, IReadOnlyList<long> Counts, long Total);

    public int Bins => Sums.Count;

    public long Peak => Sums.Max();

    public int PeakBin => Sums.Index().MaxBy(s => s.Item).Index;

    /// <summary>Reasons with a colour of their own by count; the others together on top.</summary>
    public static TimelineStack Of(TimelineData data, ReasonColours colours)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(data.WindowNs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(data.BinNs);
        int bins = (int)Math.Max(1, ((data.WindowNs - 1) / data.BinNs) + 1);
        IOrderedEnumerable<Layer> coloured = data.Series.Where(s => colours.Knows(s.Reason))
            .Select(s => new Layer(s.Reason, colours.Of(s.Reason), Sum(bins, [s]), s.Counts.Take(bins).Sum()))
            .OrderByDescending(l => l.Total).ThenBy(l => l.Reason, StringComparer.Ordinal);
        ReasonSeries[] rest = data.Series.Where(s => !colours.Knows(s.Reason)).ToArray();
        long[] other = Sum(bins, rest);
        Layer[] layers =
        [
            .. coloured.Append(new Layer($"other ({rest.Length})", Palette.Other, other, other.Sum())).Where(l => l.Total > 0),
        ];
        return new TimelineStack(layers, Sum(bins, data.Series), layers.Sum(l => l.Total));
    }

    private static long[] Sum(int bins, IReadOnlyList<ReasonSeries> series)
    {
        long[] sums = new long[bins];
        foreach (ReasonSeries one in series)
        {
            for (int bin = 0; bin < Math.Min(bins, one.Counts.Count); bin++)
                sums[bin] += one.Counts[bin];
        }

        return sums;
    }
}
