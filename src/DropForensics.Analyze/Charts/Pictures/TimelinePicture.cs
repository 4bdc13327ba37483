using ScottPlot;
using ScottPlot.Plottables;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>Drops over time: stacked columns on ScottPlot's axes, zero based and up to the largest bin; lost spans hatched over their whole height.</summary>
internal static class TimelinePicture
{
    /// <summary>Draws into an area.</summary>
    /// <param name="area">480 by 160 or more.</param>
    public static void Compose(Sheet sheet, Box area, TimelineData data, ReasonColours colours)
    {
        TimelineFrame? frame = TimelineFrame.Begin(sheet, area, data, colours);
        if (frame is null)
            return;
        Box around = new(area.Left, frame.Plot.Top, area.Width, frame.Plot.Height + TimelineFrame.FootHeight);
        Plot plot = Plots.Blank();
        plot.Layout.Fixed(new PixelPadding((float)(frame.Plot.Left - area.Left), 0, (float)TimelineFrame.FootHeight, 0));
        plot.Axes.SetLimits(0, frame.Plot.Width, 0, frame.Plot.Height);
        Axes(plot, frame, data);
        plot.Add.Bars(Columns(frame));
        foreach (LossSpan loss in data.Losses)
            Loss(plot, frame.Span(loss), frame.Plot);
        sheet.Draw(plot, around);
        foreach (LossSpan loss in data.Losses)
            sheet.Rectangle(frame.Span(loss) with { Top = frame.Plot.Top - 1, Height = 2 }, Palette.Harmful); // where hatching is lost among colours
        frame.Finish();
    }

    /// <summary>The numbers beside the ticks are the frame's: they keep off each other and off the picture's edge.</summary>
    private static void Axes(Plot plot, TimelineFrame frame, TimelineData data)
    {
        plot.Axes.Top.IsVisible = plot.Axes.Right.IsVisible = plot.Grid.XAxisStyle.IsVisible = false;
        plot.Grid.YAxisStyle.MajorLineStyle.Color = Palette.Grid.ToPlot();
        plot.Grid.YAxisStyle.MajorLineStyle.Width = 1;
        plot.Axes.Left.FrameLineStyle.Width = 0;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Axes.Left.SetTicks([.. frame.Counts.Select(t => frame.Plot.Height * t / frame.Peak)], [.. frame.Counts.Select(_ => "")]);
        plot.Axes.Bottom.FrameLineStyle.Color = plot.Axes.Bottom.MajorTickStyle.Color = Palette.Muted.ToPlot();
        plot.Axes.Bottom.FrameLineStyle.Width = plot.Axes.Bottom.MajorTickStyle.Width = 1;
        plot.Axes.Bottom.MajorTickStyle.Length = 3;
        plot.Axes.Bottom.SetTicks([.. frame.Times.Select(t => frame.Plot.Width * t / data.WindowNs)], [.. frame.Times.Select(_ => "")]);
    }

    private static List<Bar> Columns(TimelineFrame frame)
    {
        List<Bar> bars = [];
        for (int bin = 0; bin < frame.Stack.Bins; bin++)
        {
            Box column = frame.Column(bin);
            double floor = 0, one = frame.HeightOfOne(bin);
            foreach (TimelineStack.Layer layer in frame.Stack.Layers.Where(l => l.Counts[bin] > 0))
            {
                double ceiling = floor + (layer.Counts[bin] * one);
                bars.Add(new Bar
                {
                    Position = column.Left - frame.Plot.Left + (column.Width / 2),
                    Size = column.Width,
                    ValueBase = floor,
                    Value = ceiling,
                    FillColor = layer.Colour.ToPlot(),
                    LineWidth = 0,
                });
                floor = ceiling;
            }
        }

        return bars;
    }

    private static void Loss(Plot plot, Box span, Box within)
    {
        HorizontalSpan hatched = plot.Add.HorizontalSpan(span.Left - within.Left, span.Right - within.Left);
        hatched.LineWidth = 0;
        hatched.FillStyle.Color = Palette.Harmful.ToPlot(); // opaque: its alpha would thin the lines out
        hatched.FillStyle.Hatch = new LineHatch();
        hatched.FillStyle.HatchColor = Palette.Harmful.ToPlot();
    }
}
