namespace DropForensics.Analyze.Charts.Raster;

/// <summary>
/// The outline of a pen's path with round corners and ends. Needs no sine: arcs are halved by adding
/// vectors, so that the outline is the same on every machine.
/// </summary>
internal static class Stroker
{
    /// <summary>Closed contours, all of one winding direction, of the path widened to both sides by the radius.</summary>
    public static IReadOnlyList<IReadOnlyList<Point>> Outline(IReadOnlyList<Point> path, double radius)
    {
        var points = WithoutRepeats(path);
        if (points.Count == 1)
            return [Circle(points[0], radius)];

        var closed = points.Count > 3 && (points[0] - points[^1]).Length < 1e-6;
        if (closed)
            points.RemoveAt(points.Count - 1);
        var back = Enumerable.Reverse(points).ToList();
        if (closed)
            return [Side(points, radius, true), Side(back, radius, true)];

        List<Point> outline = [.. Side(points, radius, false)];
        Cap(outline, points[^2], points[^1], radius);
        outline.AddRange(Side(back, radius, false));
        Cap(outline, points[1], points[0], radius);
        return [outline];
    }

    /// <summary>The edge on the left hand of one who walks the path.</summary>
    private static List<Point> Side(List<Point> path, double radius, bool closed)
    {
        var count = path.Count;
        List<Point> side = [];
        for (var i = 0; i < (closed ? count : count - 1); i++)
        {
            Point from = path[i], to = path[(i + 1) % count];
            var normal = Normal(from, to) * radius;
            side.Add(from + normal);
            side.Add(to + normal);
            if (!closed && i == count - 2)
                break;
            var next = Normal(to, path[(i + 2) % count]) * radius;
            if ((normal.X * next.Y) - (normal.Y * next.X) > 0)
                Arc(side, to, normal, next, radius);
            else
                side.Add(to); // Through the corner itself: the overlap inside the bend then winds twice, never backwards.
        }

        return side;
    }

    private static void Cap(List<Point> outline, Point from, Point end, double radius)
    {
        var normal = Normal(from, end) * radius;
        var ahead = new Point(-normal.Y, normal.X);
        Arc(outline, end, normal, ahead, radius);
        outline.Add(end + ahead);
        Arc(outline, end, ahead, normal * -1, radius);
    }

    private static List<Point> Circle(Point centre, double radius)
    {
        List<Point> circle = [];
        Cap(circle, centre - new Point(1, 0), centre, radius);
        Cap(circle, centre + new Point(1, 0), centre, radius);
        return circle;
    }

    /// <summary>Points between two ends of an arc of at most half a turn, both ends left out.</summary>
    private static void Arc(List<Point> outline, Point centre, Point from, Point to, double radius)
    {
        const double sagitta = 0.02;
        var middle = from + to;
        var length = middle.Length;
        if (length < 1e-9 || radius - (length / 2) < sagitta)
            return;
        middle *= radius / length;
        Arc(outline, centre, from, middle, radius);
        outline.Add(centre + middle);
        Arc(outline, centre, middle, to, radius);
    }

    /// <summary>One to the left of the direction, where y grows downwards.</summary>
    private static Point Normal(Point from, Point to)
    {
        var along = to - from;
        var length = along.Length;
        return new Point(along.Y / length, -along.X / length);
    }

    private static List<Point> WithoutRepeats(IReadOnlyList<Point> path)
    {
        List<Point> points = [path[0]];
        foreach (var point in path)
        {
            if ((point - points[^1]).Length > 1e-6)
                points.Add(point);
        }

        return points;
    }
}
