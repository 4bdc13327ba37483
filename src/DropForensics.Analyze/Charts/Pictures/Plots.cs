using ScottPlot;
using SkiaSharp;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>Plots of ScottPlot's as a picture needs them: without letters, which <see cref="Sheet"/> writes, and drawn over what is there.</summary>
internal static class Plots
{
    static Plots() => PlotFonts.Use();

    /// <summary>A plot with nothing in it.</summary>
    public static Plot Blank()
    {
        var plot = new Plot();
        plot.FigureBackground.Color = Colors.Transparent;
        plot.RenderManager.ClearCanvasBeforeEachRender = false; // the canvas has more on it than this plot

        // ScottPlot draws a new plot twice, over itself: edges would come out bold.
        plot.RenderManager.RenderFinished += (_, _) => plot.RenderManager.EnableRendering = false;
        return plot;
    }

    /// <summary>A plot without axes, grid or margin.</summary>
    /// <param name="right">Its x goes from 0 at the left to this.</param>
    /// <param name="bottom">Its y goes from 0 at the top to this.</param>
    public static Plot Bare(double right, double bottom)
    {
        Plot plot = Blank();
        plot.Axes.Frameless();
        plot.HideGrid();
        plot.Layout.Fixed(new PixelPadding(0));
        plot.Axes.SetLimits(0, right, bottom, 0);
        return plot;
    }

    public static Color ToPlot(this Colour colour) => new(colour.Rgb.Red, colour.Rgb.Green, colour.Rgb.Blue);

    public static SKColor ToSkia(this Colour colour) => new(colour.Rgb.Red, colour.Rgb.Green, colour.Rgb.Blue);
}
