namespace DropForensics.Analyze.Charts;

/// <summary>
/// Where the boxes, frames and lines of a map are. Frames that are connected stand in columns, by their distance from the one with the most connections;
/// a frame is as high as the boxes that it is connected with on the left. Frames that are connected with none follow below, beside each other.
/// </summary>
internal sealed class MapLayout
{
    public const double BoxWidth = 158, BoxHeight = 50;

    private const double RowGap = 12, LayerGap = 28, Margin = 10, Head = 44, FrameGap = 16, ColumnGap = 40, LaneWidth = 4, FirstLane = 8.5;
    private const int Lanes = 4, WidestRow = 1100, Between = -1;

    private readonly MapData _data;
    private readonly ILookup<int, int> _connected;
    private readonly ILookup<int, int> _neighbours;
    private readonly int[] _columns;
    private readonly MapRows[] _rows;
    private readonly Box[] _boxes, _frames;
    private readonly double[] _rights;
    private readonly Dictionary<(int Frame, int Place), List<int>> _lanes = [];

    public MapLayout(MapData data)
    {
        _data = data;
        _connected = data.Lines.Concat(data.Lines.Select(line => (From: line.To, To: line.From))).ToLookup(line => line.From, line => line.To);
        _neighbours = data.Lines.Concat(data.Lines.Select(line => (From: line.To, To: line.From))).Select(line => (From: FrameOf(line.From), To: FrameOf(line.To)))
            .Where(pair => pair.From != pair.To).Distinct().ToLookup(pair => pair.From, pair => pair.To);
        _columns = [.. Enumerable.Repeat(-1, data.Frames.Count)];
        _rows = new MapRows[data.Frames.Count];
        (_boxes, _frames, _rights) = (new Box[data.Boxes.Count], new Box[data.Frames.Count], new double[data.Frames.Count]);

        double top = 0;
        foreach (int frame in Enumerable.Range(0, data.Frames.Count).Where(frame => _neighbours.Contains(frame)).OrderByDescending(frame => _neighbours[frame].Count()))
        {
            if (_columns[frame] < 0) top = PlaceConnected(frame, top) + FrameGap;
        }

        PlaceAlone(top);
        Lines = [.. data.Lines.Select(line => Line(line.From, line.To))];
        Width = Math.Max(_frames.Max(frame => frame.Right), Lines.SelectMany(line => line).Max(point => point.X)) + 1;
        Height = _frames.Max(frame => frame.Bottom) + 1;
    }

    public double Width { get; }

    public double Height { get; }

    public IReadOnlyList<Box> Boxes => _boxes;

    public IReadOnlyList<Box> Frames => _frames;

    /// <summary>The corners of each.</summary>
    public IReadOnlyList<IReadOnlyList<Point>> Lines { get; }

    private int FrameOf(int box) => _data.Boxes[box].Frame;

    /// <summary>Places a frame and all it is connected with; the bottom of the lowest.</summary>
    private double PlaceConnected(int first, double top)
    {
        List<int> all = [first];
        _columns[first] = 0;
        for (int i = 0; i < all.Count; i++)
        {
            foreach (int next in _neighbours[all[i]].Where(next => _columns[next] < 0))
            {
                _columns[next] = _columns[all[i]] + 1;
                all.Add(next);
            }
        }

        foreach (int frame in all) _rows[frame] = RowsOf(frame);
        double[] lefts = new double[all.Max(frame => _columns[frame]) + 1], tops = new double[lefts.Length];
        for (int column = 1; column < lefts.Length; column++)
        {
            lefts[column] = lefts[column - 1] + all.Where(frame => _columns[frame] == column - 1).Max(WidthOf) + ColumnGap;
        }

        foreach (int frame in all) _rights[frame] = lefts[_columns[frame]] + all.Where(other => _columns[other] == _columns[frame]).Max(WidthOf);
        Array.Fill(tops, top);
        Place(first, top, lefts, tops);
        return all.Max(frame => _frames[frame].Bottom);
    }

    private void PlaceAlone(double top)
    {
        double left = 0, bottom = top;
        foreach (int frame in Enumerable.Range(0, _frames.Length).Where(frame => _columns[frame] < 0))
        {
            _columns[frame] = 0;
            _rows[frame] = RowsOf(frame);
            if (left > 0 && left + WidthOf(frame) > WidestRow) (left, top) = (0, bottom + FrameGap);
            Place(frame, top, [left], [top]);
            left = _frames[frame].Right + FrameGap;
            bottom = Math.Max(bottom, _frames[frame].Bottom);
        }
    }

    private MapRows RowsOf(int frame)
    {
        List<int> boxes = [.. Enumerable.Range(0, _boxes.Length).Where(box => FrameOf(box) == frame)];
        ILookup<int, int> inside = boxes.SelectMany(box => _connected[box].Where(other => FrameOf(other) == frame).Select(other => (box, other))).ToLookup(pair => pair.box, pair => pair.other);
        bool LeadsRight(int box) => _connected[box].Any(other => FrameOf(other) != frame && _columns[FrameOf(other)] >= _columns[frame]);
        return new MapRows(boxes, _columns[frame] == 0 ? boxes.Where(box => _data.Boxes[box].IsDevice) : LedToFromLeft(boxes, frame), _connected.Contains, inside, LeadsRight);
    }

    // In the order of the rows that lead to them, so that their lines do not cross.
    private IEnumerable<int> LedToFromLeft(IEnumerable<int> boxes, int frame) => boxes
        .Select(box => (Box: box, From: _connected[box].Where(other => _columns[FrameOf(other)] < _columns[frame]).ToList())).Where(each => each.From.Count > 0)
        .OrderBy(each => each.From.Min(other => _rows[FrameOf(other)].RowOf(other))).Select(each => each.Box);

    private double WidthOf(int frame) => (2 * Margin) + (_rows[frame].LayerCount * (BoxWidth + LayerGap)) - LayerGap;

    /// <param name="frame">The frame.</param>
    /// <param name="top">Its upper edge.</param>
    /// <param name="lefts">The left edge of each column.</param>
    /// <param name="tops">Where the next frame of each column may begin.</param>
    private void Place(int frame, double top, double[] lefts, double[] tops)
    {
        int column = _columns[frame];
        MapRows rows = _rows[frame];
        double[] y = new double[rows.Owners.Count];
        double next = top + Head;
        foreach ((int row, int owner) in rows.Owners.Index())
        {
            foreach (int other in _connected[owner].Where(other => _columns[FrameOf(other)] > column))
            {
                int beside = FrameOf(other);
                if (_frames[beside] == default) Place(beside, Math.Max(tops[column + 1], next - Head), lefts, tops);
                if (other == _connected[owner].First(each => _columns[FrameOf(each)] > column)) next = Math.Max(next, _boxes[other].Top);
            }

            y[row] = next;
            next += BoxHeight + RowGap;
        }

        foreach (int box in Enumerable.Range(0, _boxes.Length).Where(box => FrameOf(box) == frame))
        {
            _boxes[box] = new Box(lefts[column] + Margin + (rows.LayerOf(box) * (BoxWidth + LayerGap)), y[rows.RowOf(box)], BoxWidth, BoxHeight);
        }

        _frames[frame] = new Box(lefts[column], top, WidthOf(frame), next - RowGap + Margin - top);
        tops[column] = _frames[frame].Bottom + FrameGap;
    }

    private Point[] Line(int one, int other)
    {
        if (_columns[FrameOf(one)] > _columns[FrameOf(other)] || (FrameOf(one) == FrameOf(other) && _rows[FrameOf(one)].LayerOf(one) > _rows[FrameOf(one)].LayerOf(other))) (one, other) = (other, one);
        Box from = _boxes[one], to = _boxes[other];
        bool isBeside = FrameOf(one) == FrameOf(other) ? from.Left == to.Left : _columns[FrameOf(one)] == _columns[FrameOf(other)];
        Point start = new(from.Right, Middle(from)), end = new(isBeside ? to.Right : to.Left, Middle(to));
        if (start.Y == end.Y) return [start, end];
        bool isInside = FrameOf(one) == FrameOf(other);
        double lane = Lane(one, other, isInside ? (FrameOf(one), _rows[FrameOf(one)].LayerOf(one)) : (Between, _columns[FrameOf(one)]));
        double x = (isInside ? from.Right : _rights[FrameOf(one)]) + lane;
        return [start, new Point(x, start.Y), new Point(x, end.Y), end];
    }

    // Lines that meet in one box share a lane.
    private double Lane(int one, int other, (int Frame, int Place) gap)
    {
        if (!_lanes.TryGetValue(gap, out List<int>? lanes)) _lanes[gap] = lanes = [];
        int Lines(int box) => _connected[box].Count(next => (FrameOf(next) == FrameOf(box)) == (gap.Frame != Between));
        int shared = Lines(one) >= Lines(other) ? one : other;
        if (!lanes.Contains(shared)) lanes.Add(shared);
        return FirstLane + (lanes.IndexOf(shared) % Lanes * LaneWidth);
    }

    // In the middle of a pixel, so that lines are sharp.
    private static double Middle(Box box) => box.Top + (box.Height / 2) + 0.5;
}
