namespace DropForensics.Analyze.Charts;

/// <summary>
/// The boxes of one frame of a map, in layers from left to right and in rows. Lines connect boxes of one layer or of two beside each other only. What is
/// connected with a frame on the right has nothing on its right, so that its line meets no other box.
/// </summary>
internal sealed class MapRows
{
    private readonly ILookup<int, int> _inside;
    private readonly Func<int, bool> _leadsRight;
    private readonly Dictionary<int, int> _layers = [], _rows = [];
    private readonly Dictionary<int, List<int>> _children = [];

    // Of each row the box that was placed first, and the first layer that is taken.
    private readonly List<int> _owners = [], _taken = [];

    /// <param name="boxes">Those of the frame.</param>
    /// <param name="left">Those that stand on the left, from the top.</param>
    /// <param name="isConnected">Whether a box is connected with any other.</param>
    /// <param name="inside">What each is connected with within the frame.</param>
    /// <param name="leadsRight">Whether a box is connected with another frame, not with one on the left.</param>
    public MapRows(IReadOnlyList<int> boxes, IEnumerable<int> left, Func<int, bool> isConnected, ILookup<int, int> inside, Func<int, bool> leadsRight)
    {
        (_inside, _leadsRight) = (inside, leadsRight);
        List<int> loose = [.. boxes.Where(box => !isConnected(box))], roots = [.. left.Except(loose)];
        Spread(roots);
        while (boxes.Except(loose).Where(box => !_layers.ContainsKey(box)).ToList() is { Count: > 0 } others)
        {
            int root = others.MaxBy(box => inside[box].Count());
            int layers = LayerCount;
            roots.Add(root);
            MoveRight(Spread([root]), layers);
        }

        foreach (int root in roots) Place(root, _inside[root].Where(_rows.ContainsKey).Select(box => _rows[box]).DefaultIfEmpty(_owners.Count).Min());
        PlaceLoose(loose);
    }

    public int LayerCount => _layers.Count == 0 ? 0 : _layers.Values.Max() + 1;

    /// <summary>Of each row, from the top, the box whose line may lead to the right.</summary>
    public IReadOnlyList<int> Owners => _owners;

    public int LayerOf(int box) => _layers[box];

    public int RowOf(int box) => _rows[box];

    // By distance from the first ones.
    private List<int> Spread(IReadOnlyList<int> first)
    {
        foreach (int box in first) _layers[box] = 0;
        var open = new Queue<int>(first);
        List<int> reached = [];
        while (open.TryDequeue(out int box))
        {
            reached.Add(box);
            _children[box] = [];
            foreach (int next in _inside[box].Where(next => _layers.TryAdd(next, _layers[box] + 1)))
            {
                _children[box].Add(next);
                open.Enqueue(next);
            }
        }

        return reached;
    }

    // Boxes that stand on no device, and lead to other frames, stand beside those frames.
    private void MoveRight(List<int> reached, int layers)
    {
        int by = layers - 1 - reached.Max(box => _layers[box]);
        if (by <= 0 || !reached.Exists(box => _leadsRight(box))) return;
        foreach (int box in reached) _layers[box] += by;
    }

    // In the row of its first child; a last one wherever there is room on the left of others, from a row on.
    private void Place(int box, int from)
    {
        List<int> children = _children[box];
        if (_leadsRight(box)) Take(box, _owners.Count);
        else if (children.Count == 0) Take(box, Enumerable.Range(from, Math.Max(0, _owners.Count - from)).FirstOrDefault(row => _taken[row] > _layers[box], _owners.Count));
        foreach (int child in children) Place(child, _rows.TryGetValue(box, out int own) ? own : child == children[0] ? _owners.Count : _rows[children[0]]);
        if (!_rows.ContainsKey(box)) Take(box, _rows[children[0]]);
    }

    // What is connected with nothing fills rows of its own.
    private void PlaceLoose(List<int> loose)
    {
        int across = Math.Max(LayerCount, _layers.Count > 0 ? 1 : (int)Math.Ceiling(Math.Sqrt(loose.Count))), first = _owners.Count;
        foreach ((int i, int box) in loose.Index())
        {
            _layers[box] = i % across;
            Take(box, first + (i / across));
        }
    }

    private void Take(int box, int row)
    {
        _rows[box] = row;
        if (row == _owners.Count)
        {
            _owners.Add(box);
            _taken.Add(_layers[box]);
        }

        _taken[row] = Math.Min(_taken[row], _layers[box]);
    }
}
