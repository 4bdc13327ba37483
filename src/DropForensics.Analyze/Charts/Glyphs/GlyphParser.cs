using System.Globalization;

namespace DropForensics.Analyze.Charts.Glyphs;

/// <summary>
/// Reads the notation of the glyph tables, <c>M 30 47 h 52 23 v 30 -1</c>:
/// <c>M x y</c> sets the pen down; <c>L x y</c> draws a line; <c>h x y</c> a quarter turn that leaves
/// horizontally and arrives vertically; <c>v x y</c> one that leaves vertically and arrives horizontally;
/// <c>C ax ay bx by x y</c> any cubic curve; <c>D x y</c> a dot.
/// </summary>
internal static class GlyphParser
{
    /// <summary>Where the handles of a quarter turn lie: 0.55 is an ellipse, more is squarer.</summary>
    private const double Roundness = 0.575;

    public static Glyph Parse(double advance, string notation)
    {
        var tokens = notation.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        List<Stroke> strokes = [];
        List<Curve> curves = [];
        Point pen = default;
        var i = 0;
        while (i < tokens.Length)
        {
            var command = tokens[i++];
            Point to;
            switch (command)
            {
                case "M" or "D":
                    pen = Next();
                    curves = [];
                    strokes.Add(new Stroke(pen, curves));
                    continue;
                case "L":
                    to = Next();
                    curves.Add(new Curve(pen, to, to, true));
                    break;
                case "h":
                    to = Next();
                    curves.Add(new Curve(
                        new Point(pen.X + ((to.X - pen.X) * Roundness), pen.Y),
                        new Point(to.X, to.Y + ((pen.Y - to.Y) * (1 - Roundness))),
                        to,
                        false));
                    break;
                case "v":
                    to = Next();
                    curves.Add(new Curve(
                        new Point(pen.X, pen.Y + ((to.Y - pen.Y) * Roundness)),
                        new Point(to.X + ((pen.X - to.X) * (1 - Roundness)), to.Y),
                        to,
                        false));
                    break;
                case "C":
                    Point a = Next(), b = Next();
                    to = Next();
                    curves.Add(new Curve(a, b, to, false));
                    break;
                default:
                    throw new FormatException($"'{command}' is no command of the glyph notation: {notation}");
            }

            pen = to;
        }

        return new Glyph(advance, strokes);

        Point Next() => new(Number(tokens[i++]), Number(tokens[i++]));
    }

    private static double Number(string token) => double.Parse(token, NumberStyles.Float, CultureInfo.InvariantCulture);
}
