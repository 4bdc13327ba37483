namespace DropForensics.Analyze.Charts.Glyphs;

/// <summary>
/// A path without lifting the pen: a start and cubic curves, straight lines among them. No curve at all is a dot.
/// </summary>
internal sealed record Stroke(Point Start, IReadOnlyList<Curve> Curves)
{
    /// <summary>A dot is a little heavier than the pen, or it looks lighter than the stems beside it.</summary>
    public const double DotWeight = 1.25;

    /// <summary>The path as points no further than the tolerance from it.</summary>
    public List<Point> Flatten(Func<Point, Point> place, double tolerance)
    {
        var from = place(Start);
        List<Point> points = [from];
        foreach (var curve in Curves)
        {
            Point a = place(curve.A), b = place(curve.B), to = place(curve.To);
            var bend = Math.Max((from - (a * 2) + b).Length, (a - (b * 2) + to).Length);
            var steps = curve.IsLine ? 1 : Math.Max(2, (int)Math.Ceiling(Math.Sqrt(0.75 * bend / tolerance)));
            for (var i = 1; i <= steps; i++)
            {
                double t = (double)i / steps, u = 1 - t;
                points.Add((from * (u * u * u)) + (a * (3 * u * u * t)) + (b * (3 * u * t * t)) + (to * (t * t * t)));
            }

            points[^1] = to;
            from = to;
        }

        return points;
    }
}

/// <summary>A cubic curve from where the pen is.</summary>
internal readonly record struct Curve(Point A, Point B, Point To, bool IsLine);
