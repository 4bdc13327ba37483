using DropForensics.Analyze.Charts.Glyphs;
using DropForensics.Analyze.Charts.Raster;

namespace DropForensics.Analyze.Charts;

/// <summary>Renders a drawing as a PNG in the light theme; the same drawing gives the same pixels everywhere.</summary>
/// <param name="scale">Pixels to a logical pixel; 2 makes an 800×450 drawing 1600×900.</param>
public sealed class PngRenderer(double scale = 2) : IChartRenderer
{
    /// <summary>How far from its curve a flattened one may be, in pixels.</summary>
    private const double Tolerance = 0.02;

    private const double PixelsPerMetreAt96Dpi = 3780;

    /// <inheritdoc/>
    public void Render(Drawing drawing, Stream output)
    {
        var canvas = new Canvas((int)Math.Round(drawing.Width * scale), (int)Math.Round(drawing.Height * scale), Palette.Paper);
        foreach (var mark in drawing.Marks)
            Draw(canvas, mark);
        PngEncoder.Write(canvas, (int)Math.Round(PixelsPerMetreAt96Dpi * scale), output);
    }

    private void Draw(Canvas canvas, Mark mark)
    {
        switch (mark)
        {
            case Mark.Rectangle r:
                canvas.Fill(Box(r.X, r.Y, r.Width, r.Height), r.Fill);
                break;
            case Mark.Hatch h:
                foreach (var (from, to) in h.Lines())
                    canvas.Fill(Thick(from, to, 1), h.Stroke);
                break;
            case Mark.Line l:
                canvas.Fill(Thick(l.From, l.To, l.Thickness), l.Stroke);
                break;
            case Mark.Polyline p when p.Points.Count > 0:
                canvas.Fill([Stroker.Outline([.. p.Points.Select(q => q * scale)], p.Thickness * scale / 2)], p.Stroke);
                break;
            case Mark.Area a when a.Points.Count > 0:
                canvas.Fill([.. a.Points.Select(q => q * scale)], a.Fill);
                break;
            case Mark.Text t:
                Write(canvas, t);
                break;
        }
    }

    private Point[] Box(double x, double y, double width, double height) =>
    [
        new Point(x, y) * scale, new Point(x + width, y) * scale,
        new Point(x + width, y + height) * scale, new Point(x, y + height) * scale,
    ];

    private Point[] Thick(Point from, Point to, double thickness)
    {
        var along = to - from;
        if (along.Length == 0)
            return [from * scale];
        var side = new Point(along.Y, -along.X) * (thickness / 2 / along.Length);
        return [(from + side) * scale, (to + side) * scale, (to - side) * scale, (from - side) * scale];
    }

    private void Write(Canvas canvas, Mark.Text text)
    {
        var width = GlyphFont.Measure(text.Content, text.Face);
        var x = scale * text.Anchor switch
        {
            TextAnchor.Start => text.X,
            TextAnchor.Middle => text.X - (width / 2),
            _ => text.X - width,
        };
        var baseline = Math.Round(text.Baseline * scale); // On a pixel's edge, so that feet are sharp.
        var unit = text.Face.Size * scale / 100;
        var radius = GlyphFont.Pen(text.Face) / 2;
        foreach (var character in text.Content)
        {
            var left = (x / unit) + (GlyphFont.Extra(text.Face) / 2);
            Point Place(Point p) => new((left + p.X) * unit, baseline - ((p.Y + radius) * unit));
            var parts = GlyphFont.Find(character, text.Face).Strokes.Select(s => Stroker.Outline(
                s.Flatten(Place, Tolerance),
                radius * unit * (s.Curves.Count == 0 ? Stroke.DotWeight : 1)));
            canvas.Fill([.. parts], text.Fill);
            x += GlyphFont.Advance(character, text.Face) * unit;
        }
    }
}
