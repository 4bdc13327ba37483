namespace DropForensics.Analyze.Charts.Raster;

/// <summary>
/// How much of each pixel a shape covers, exactly. Every edge adds the signed area to its right; summed
/// along a row that is the covered part. A shape is one or more parts; where parts overlap the larger
/// coverage counts, so that strokes meeting in a letter leave no dark seam.
/// </summary>
internal sealed class Coverage(int canvasWidth, int canvasHeight)
{
    private float[] _areas = [];
    private float[] _mask = [];
    private int _stride;

    public int Left { get; private set; }

    public int Top { get; private set; }

    public int Width { get; private set; }

    public int Height { get; private set; }

    /// <summary>The covered parts of a row, 0 to 1, from Left on.</summary>
    public ReadOnlySpan<float> Row(int y) => _mask.AsSpan((y - Top) * _stride, Width);

    /// <summary>Covers a shape, each part closed contours of one winding direction; cut off at the canvas's edge.</summary>
    public void Cover(IReadOnlyList<IReadOnlyList<IReadOnlyList<Point>>> parts)
    {
        double left = canvasWidth, top = canvasHeight, right = 0, bottom = 0;
        foreach (var point in parts.SelectMany(p => p).SelectMany(c => c))
        {
            left = Math.Min(left, point.X);
            right = Math.Max(right, point.X);
            top = Math.Min(top, point.Y);
            bottom = Math.Max(bottom, point.Y);
        }

        Left = (int)Math.Floor(Math.Clamp(left, 0, canvasWidth));
        Top = (int)Math.Floor(Math.Clamp(top, 0, canvasHeight));
        Width = Math.Max(0, (int)Math.Ceiling(Math.Clamp(right, 0, canvasWidth)) - Left);
        Height = Math.Max(0, (int)Math.Ceiling(Math.Clamp(bottom, 0, canvasHeight)) - Top);
        _stride = Width + 2;
        if (_areas.Length < _stride * Height)
        {
            _areas = new float[_stride * Height];
            _mask = new float[_stride * Height];
        }

        _mask.AsSpan(0, _stride * Height).Clear();
        foreach (var part in parts)
        {
            _areas.AsSpan(0, _stride * Height).Clear();
            foreach (var contour in part)
            {
                for (var i = 0; i < contour.Count; i++)
                    Edge(contour[i], contour[(i + 1) % contour.Count]);
            }

            Merge();
        }
    }

    private void Merge()
    {
        for (var y = 0; y < Height; y++)
        {
            float sum = 0;
            for (var i = y * _stride; i < (y * _stride) + Width; i++)
            {
                sum += _areas[i];
                _mask[i] = Math.Max(_mask[i], Math.Min(Math.Abs(sum), 1));
            }
        }
    }

    private void Edge(Point from, Point to)
    {
        var sign = 1;
        if (from.Y > to.Y)
        {
            (from, to) = (to, from);
            sign = -1;
        }

        double top = Math.Max(from.Y - Top, 0), bottom = Math.Min(to.Y - Top, Height);
        if (top >= bottom)
            return;
        var slope = (to.X - from.X) / (to.Y - from.Y);
        var x = from.X - Left + ((top - (from.Y - Top)) * slope);
        for (var y = top; y < bottom;)
        {
            var row = (int)y;
            var nextY = Math.Min(row + 1, bottom);
            var nextX = x + ((nextY - y) * slope);
            Slice(row * _stride, x, nextX, (nextY - y) * sign);
            (x, y) = (nextX, nextY);
        }
    }

    /// <summary>The piece of an edge inside one row, cut again at every column it crosses.</summary>
    private void Slice(int row, double x0, double x1, double height)
    {
        if (x0 > x1)
            (x0, x1) = (x1, x0);
        if (x1 <= 0 || x0 >= Width)
        {
            if (x1 <= 0)
                _areas[row] += (float)height;
            return;
        }

        var perColumn = x1 > x0 ? height / (x1 - x0) : 0;
        if (x0 < 0)
        {
            _areas[row] += (float)(-x0 * perColumn);
            height += x0 * perColumn;
            x0 = 0;
        }

        while (true)
        {
            var column = (int)x0;
            var end = Math.Min(x1, column + 1);
            var part = end >= x1 ? height : (end - x0) * perColumn;
            var rightOf = ((x0 + end) / 2) - column;
            _areas[row + column] += (float)(part * (1 - rightOf));
            _areas[row + column + 1] += (float)(part * rightOf);
            height -= part;
            x0 = end;
            if (end >= x1 || x0 >= Width)
                return;
        }
    }
}
