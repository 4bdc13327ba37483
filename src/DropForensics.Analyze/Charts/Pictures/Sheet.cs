using ScottPlot;
using SkiaSharp;

namespace DropForensics.Analyze.Charts.Pictures;

/// <summary>
/// A picture in the making: white paper in the light theme's colours, two pixels to a logical one. What is drawn later covers what was
/// there. Letters are filled outlines, which are the same on every system; drawn as letters they would be each system's own.
/// </summary>
internal sealed class Sheet : Surface, IDisposable
{
    private const float Scale = 2;

    /// <summary>Where a PNG's first chunk ends (W3C PNG specification, third edition).</summary>
    private const int HeaderLength = 33;

    private readonly SKSurface _surface;
    private readonly SKPaint _paint = new() { IsAntialias = true };

    public Sheet(double width, double height)
        : base(width, height, Letters)
    {
        _surface = SKSurface.Create(new SKImageInfo((int)Math.Round(width * Scale), (int)Math.Round(height * Scale), SKColorType.Rgb888x, SKAlphaType.Opaque))
            ?? throw new InvalidOperationException("there is no memory for a picture");
        Canvas.Clear(Palette.Paper.ToSkia());
        Canvas.Scale(Scale);
    }

    /// <summary>Measures in the letters that are drawn.</summary>
    public static TextFit Letters { get; } = new(Shaper.Measure);

    /// <summary>A PNG chunk, CRC included: 7560 pixels to a metre, which is twice 96 dpi. Skia writes none.</summary>
    private static ReadOnlySpan<byte> Density =>
        [0, 0, 0, 9, (byte)'p', (byte)'H', (byte)'Y', (byte)'s', 0, 0, 0x1d, 0x88, 0, 0, 0x1d, 0x88, 1, 0xf9, 0x2b, 0x5f, 0x7f];

    private SKCanvas Canvas => _surface.Canvas;

    /// <inheritdoc/>
    public override void Rectangle(Box box, Colour fill, Datum? datum = null)
    {
        _paint.Color = fill.ToSkia();
        Canvas.DrawRect((float)box.Left, (float)box.Top, (float)box.Width, (float)box.Height, _paint);
    }

    /// <inheritdoc/>
    public override void Hatch(Box box, Colour stroke, Datum? datum = null)
    {
        using SKShader shader = LineHatch.Shader(stroke.ToSkia());
        using var paint = new SKPaint { Shader = shader };
        Canvas.DrawRect((float)box.Left, (float)box.Top, (float)box.Width, (float)box.Height, paint);
    }

    /// <summary>Draws a plot, its axes included, into a box; it cannot be drawn again.</summary>
    public void Draw(Plot plot, Box box)
    {
        using (plot)
        {
            Canvas.Save();
            plot.Render(Canvas, new PixelRect((float)box.Left, (float)box.Right, (float)box.Bottom, (float)box.Top));
            Canvas.Restore();
        }
    }

    /// <summary>The picture as a PNG: 8 bit RGB.</summary>
    public byte[] ToPng()
    {
        using SKPixmap pixels = _surface.PeekPixels() ?? throw new InvalidOperationException("the picture's pixels are elsewhere");

        // On flat colours and letters, plain rows compress better than differences. NoFilters, of all names, would leave the choice to the encoder.
        using SKData data = pixels.Encode(new SKPngEncoderOptions(SKPngEncoderFilterFlags.None, 6)) ?? throw new InvalidOperationException("the picture could not be encoded");
        ReadOnlySpan<byte> png = data.AsSpan();
        return [.. png[..HeaderLength], .. Density, .. png[HeaderLength..]];
    }

    public void Dispose()
    {
        _paint.Dispose();
        _surface.Dispose();
    }

    /// <inheritdoc/>
    protected override void Write(Mark.Text text, Box room)
    {
        Shaper shaper = Shaper.Of(text.Face);
        ShapedLine line = shaper.Shape(text.Content, text.Face.Mono);
        float unit = (float)(text.Face.Size / shaper.UnitsPerEm);
        float baseline = (float)Math.Round(text.Baseline * Scale) / Scale; // on a pixel's edge, where feet are sharp
        using var font = new SKFont(shaper.Typeface, (float)text.Face.Size) { LinearMetrics = true, Subpixel = true, Hinting = SKFontHinting.None };
        using var letters = new SKPath();
        for (int i = 0; i < line.Glyphs.Length; i++)
        {
            using SKPath? glyph = font.GetGlyphPath(line.Glyphs[i]);
            if (glyph is not null)
                letters.AddPath(glyph, (float)room.Left + (line.Lefts[i] * unit), baseline);
        }

        _paint.Color = text.Fill.ToSkia();
        Canvas.DrawPath(letters, _paint);
    }
}

/// <summary>What every picture but the summary has around it: a margin, and at its foot host, kernel and time.</summary>
internal static class PictureFrame
{
    private const double Margin = 12;
    private const double HeadLine = 13;
    private const double FootHeight = 24;
    private const double Gap = 14;
    private static readonly TextFace Small = new(9.5);
    private static readonly TextFace SmallStrong = new(9.5, Semibold: true);

    /// <summary>How wide a chart in a picture is.</summary>
    public static double Inner(double width) => width - (2 * Margin);

    /// <summary>Draws a chart in its frame.</summary>
    /// <param name="width">Of the picture, in logical pixels.</param>
    /// <param name="height">Of the chart alone.</param>
    /// <param name="source">Whose numbers they are.</param>
    /// <param name="compose">Draws the chart into the box.</param>
    public static Sheet Draw(double width, double height, CaptureFooter source, Action<Sheet, Box> compose)
    {
        double inner = Inner(width);
        IReadOnlyList<string> heading = Sheet.Letters.Wrap(VisibleText.Of(source.Heading ?? ""), inner, SmallStrong, 2);
        double top = Margin + (heading.Count * HeadLine) + (heading.Count > 0 ? 6 : 0);
        var sheet = new Sheet(width, top + height + FootHeight + Margin);
        for (int i = 0; i < heading.Count; i++)
            sheet.TryText(heading[i], Margin, Margin + 9 + (i * HeadLine), SmallStrong, Palette.Depends);
        compose(sheet, new Box(Margin, top, inner, height));

        double baseline = sheet.Height - Margin;
        sheet.Rectangle(new Box(Margin, baseline - 15, inner, 1), Palette.Grid);
        string time = sheet.Fit.End(VisibleText.Of(source.Time), inner / 2, Small);
        sheet.TryText(time, width - Margin, baseline, Small, Palette.Muted, TextAnchor.End);
        double room = inner - sheet.Fit.Measure(time, Small) - Gap;
        double host = Math.Min(sheet.Fit.Measure(VisibleText.Of($"host {source.Host}"), Small) + 5, room * 0.42); // the kernel needs more, and most hosts less
        Pair(sheet, "host", source.Host, Margin, baseline, host, Small);
        Pair(sheet, "kernel", source.Kernel, Margin + host + Gap, baseline, room - host - Gap, Small);
        return sheet;
    }

    /// <summary>A value with its name before it.</summary>
    public static void Pair(Sheet sheet, string name, string value, double x, double baseline, double room, TextFace face)
    {
        sheet.TryText(name, x, baseline, Small, Palette.Muted);
        double left = sheet.Fit.Measure(name, Small) + 5;
        sheet.TryText(sheet.Fit.Middle(VisibleText.Of(value), room - left, face), x + left, baseline, face, Palette.Ink);
    }
}
