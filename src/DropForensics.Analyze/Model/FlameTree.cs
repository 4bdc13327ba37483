using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Model;

/// <summary>
/// The stacks as one tree: below all drops the functions that decided, each with its reason; below these their callers, down to the one
/// that handed the packet to the network stack. What was interrupted then is not of the packet's way and left out.
/// </summary>
internal sealed class FlameTree
{
    private const int All = -1;
    private const string NotListed = "stacks not listed";

    private readonly List<(int Parent, string Name, string? Colour)> _nodes = [];
    private readonly List<long> _drops = [];
    private readonly Dictionary<(int Parent, string Name, string? Colour), int> _numbers = [];

    private FlameTree(ReportModel model, IReadOnlyList<BinnedCell> cells)
    {
        var leaves = new int[cells.Count];
        for (int i = 0; i < cells.Count; i++)
        {
            leaves[i] = LeafOf(model, cells[i].Place);
            long drops = cells[i].Drops.Sum(n => (long)n);
            for (int node = leaves[i]; node != All; node = _nodes[node].Parent)
            {
                _drops[node] += drops;
            }
        }

        int[] places = Ordered(out List<FlameFrame> frames);
        Frames = frames;
        Leaves = [.. leaves.Select(leaf => places[leaf])];
    }

    /// <summary>Each after the one it hangs from, the most frequent first.</summary>
    public IReadOnlyList<FlameFrame> Frames { get; }

    /// <summary>For each of the cells the outermost frame of its stack.</summary>
    public IReadOnlyList<int> Leaves { get; }

    /// <summary>Builds the tree of these parts of all drops.</summary>
    public static FlameTree Of(ReportModel model, IReadOnlyList<BinnedCell> cells) => new(model, cells);

    private int LeafOf(ReportModel model, BinnedPlace place)
    {
        SiteFacts? site = place[Dimension.Sites.Column] is >= 0 and var row ? model.Facts.Sites[row] : null;
        string name = site is null ? "other sites" : SymbolText.Of(FunctionWords.Name(site.Function), module: site.Module);
        int node = Node(All, name, site is null ? "" : model.ColourName(site));
        if (place[Dimension.Stacks.Column] is not (>= 0 and var number))
        {
            return model.Facts.Stacks.Count == 0 ? node : Node(node, NotListed, null);
        }

        StackFacts stack = model.Facts.Stacks[number];
        foreach (FrameFacts frame in stack.Frames.Where(f => f.Depth >= 0))
        {
            // The deciding function stands above already, under its name without the compiler's suffixes.
            if (frame.Depth > 0 || frame.Symbol.Split('.')[0] != site?.Function)
            {
                node = Node(node, SymbolText.Of(frame.Symbol, module: frame.Module), null);
            }

            if (frame.IsEntry)
            {
                break;
            }
        }

        return node;
    }

    private int Node(int parent, string name, string? colour)
    {
        if (!_numbers.TryGetValue((parent, name, colour), out int number))
        {
            _numbers.Add((parent, name, colour), number = _nodes.Count);
            _nodes.Add((parent, name, colour));
            _drops.Add(0);
        }

        return number;
    }

    /// <summary>The nodes in the order they are drawn, and the place of each in it.</summary>
    private int[] Ordered(out List<FlameFrame> frames)
    {
        ILookup<int, int> below = Enumerable.Range(0, _nodes.Count)
            .OrderByDescending(n => _drops[n]).ThenBy(n => _nodes[n].Name, StringComparer.Ordinal).ThenBy(n => _nodes[n].Colour, StringComparer.Ordinal)
            .ToLookup(n => _nodes[n].Parent);
        int[] places = new int[_nodes.Count];
        frames = [];
        var open = new Stack<int>(below[All].Reverse());
        while (open.TryPop(out int node))
        {
            places[node] = frames.Count;
            (int parent, string name, string? colour) = _nodes[node];
            frames.Add(new FlameFrame(parent == All ? All : places[parent], name, _drops[node], colour));
            foreach (int next in below[node].Reverse())
            {
                open.Push(next);
            }
        }

        return places;
    }
}
