using ScottPlot;
using SkiaSharp;

namespace DropForensics.Analyze.Charts.Pictures;

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
