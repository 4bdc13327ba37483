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

/// <summary>
/// Gives ScottPlot the embedded font for whatever it measures, and removes its own way to find fonts: it would ask the system for them,
/// and a picture must be the same on a machine that has none.
/// </summary>
internal sealed class PlotFonts : IFontResolver
{
    private const string Name = "Inter";

    /// <summary>Sets it for the whole process.</summary>
    public static void Use()
    {
        ScottPlot.Fonts.FontResolvers.Clear();
        ScottPlot.Fonts.FontResolvers.Add(new PlotFonts());
        ScottPlot.Fonts.Default = ScottPlot.Fonts.Sans = ScottPlot.Fonts.Serif = ScottPlot.Fonts.Monospace = Name;
    }

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
        (weight >= FontWeight.SemiBold ? Shaper.Semibold : Shaper.Regular).Typeface;

    /// <inheritdoc/>
    public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) => (bold ? Shaper.Semibold : Shaper.Regular).Typeface;
}

/// <summary>Diagonal lines with little behind them, sharp at any scale: ScottPlot's own hatches are stretched bitmaps.</summary>
internal sealed class LineHatch : IHatch
{
    private const float Spacing = 5;

    /// <inheritdoc/>
    public SKShader GetShader(Color backgroundColor, Color hatchColor, PixelRect rect) => Shader(hatchColor.ToSKColor());

    /// <summary>Fills with the lines.</summary>
    public static SKShader Shader(SKColor colour)
    {
        using var recorder = new SKPictureRecorder();
        SKCanvas canvas = recorder.BeginRecording(new SKRect(0, 0, Spacing, Spacing));
        canvas.Clear(colour.WithAlpha(15));
        using var paint = new SKPaint { Color = colour, StrokeWidth = 1, IsStroke = true, IsAntialias = true };
        for (float shift = -Spacing; shift <= Spacing; shift += Spacing)
            canvas.DrawLine(shift - 1, Spacing + 1, shift + Spacing + 1, -1, paint);
        using SKPicture tile = recorder.EndRecording();
        return tile.ToShader(SKShaderTileMode.Repeat, SKShaderTileMode.Repeat, new SKRect(0, 0, Spacing, Spacing));
    }
}
