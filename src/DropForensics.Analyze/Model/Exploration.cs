using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Model;

/// <summary>What a reader can explore: the parts of all drops over time, within the size a page may have, and what is drawn of them.</summary>
internal sealed class Exploration
{
    /// <summary>In place of a listed stack that there is no room for.</summary>
    public const int LeftOut = -2;

    private readonly ReportModel _model;
    private readonly int[] _numbers;

    /// <param name="model">The report.</param>
    public Exploration(ReportModel model)
    {
        _model = model;
        (Cells, _numbers) = Bounded(model.Facts.Binned.Cells, model.Limits.Parts, model.IsByFunction);
        Cpus = model.Facts.Cpus is var cpus && cpus.Count > model.Limits.Rows
            ? [.. cpus.Index().OrderByDescending(c => c.Item.Drops).Take(model.Limits.Rows).Select(c => c.Index)]
            : [.. Enumerable.Range(0, cpus.Count)];
    }

    /// <summary>
    /// Every drop once. Of rare parts the stack is left out, of rarer ones all but what the heat map crosses, and of the rarest of very many
    /// all but the reason.
    /// </summary>
    public IReadOnlyList<BinnedCell> Cells { get; }

    /// <summary>Which of the facts' CPUs are listed: all of them, or those with the most drops.</summary>
    public IReadOnlyList<int> Cpus { get; }

    /// <summary>The cells again, by the rows of those tables as well that do not follow from a place. Made when it is first asked for, as the next: a terminal shows none.</summary>
    public IReadOnlyList<SelectableDrops> Selectable => field ??= SelectableDrops.Of(_model, Cells, _numbers, Cpus);

    public FlameTree Flame => field ??= FlameTree.Of(_model, Cells);

    public HeatGrid Heat => field ??= new HeatGrid(_model, Cells);

    /// <summary>As many as there is room for, and the number that each of the cells has among them.</summary>
    private static (IReadOnlyList<BinnedCell> Cells, int[] Numbers) Bounded(IReadOnlyList<BinnedCell> cells, int withStack, bool byFunction)
    {
        int[] numbers = [.. Enumerable.Range(0, cells.Count)];
        if (cells.Count <= withStack)
        {
            return (cells, numbers);
        }

        List<BinnedCell> stackless = Merged(
            cells, withStack, place => place.With(Dimension.Stacks.Column, place[Dimension.Stacks.Column] < 0 ? place[Dimension.Stacks.Column] : LeftOut), numbers);
        List<BinnedCell> crossed = Merged(
            stackless, 2 * withStack, place => Rare(place, Dimension.Drivers, Dimension.Reasons, byFunction ? Dimension.Sites : Dimension.Reasons), numbers);
        return (Merged(crossed, 4 * withStack, place => Rare(place, Dimension.Reasons), numbers), numbers);
    }

    private static BinnedPlace Rare(BinnedPlace place, params Dimension[] kept) =>
        place.Only([.. kept.Select(d => d.Column)]).With(Dimension.Stacks.Column, LeftOut);

    /// <summary>The first of the cells as they are, the others by what is left of their places; <paramref name="numbers"/> follow.</summary>
    private static List<BinnedCell> Merged(IReadOnlyList<BinnedCell> cells, int first, Func<BinnedPlace, BinnedPlace> less, int[] numbers)
    {
        BinnedPlace[] places = [.. cells.Select((cell, i) => i < first ? cell.Place : less(cell.Place))];
        List<BinnedCell> merged = [.. cells.Select((cell, i) => (Place: places[i], cell.Drops))
            .GroupBy(cell => cell.Place, cell => cell.Drops)
            .Select(g => new BinnedCell(g.Key, Series.Sum(g)!)) // not null: all series are there
            .OrderByDescending(cell => cell.Drops.Sum(n => (long)n))];
        Dictionary<BinnedPlace, int> numberOf = merged.Index().ToDictionary(cell => cell.Item.Place, cell => cell.Index);
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = numberOf[places[numbers[i]]];
        }

        return merged;
    }
}

/// <summary>
/// How much of what there is a page lists. A page may weigh 1.5 MB, however much was captured: one that comes out heavier is made again with
/// less, until it is light enough. Only forged names, longer than any kernel's, can make the last one heavier.
/// </summary>
/// <param name="Rows">Of a table, of whatever there is.</param>
/// <param name="Stacks">That are spelled out; the flame graph has more.</param>
/// <param name="Examples">Raw lines of so many sites.</param>
/// <param name="Frames">Of the flame graph as it is drawn for those without script.</param>
/// <param name="Parts">Parts of all drops that are kept over time with their stack; as many again without it, and twice as many by driver and reason.</param>
/// <param name="Selectable">Characters that these parts may take when they are crossed with flows, tasks, CPUs and what else is selected.</param>
/// <param name="HasNumbersOnHover">Whether each column of the timeline shows its number without script.</param>
public sealed record PageLimits(int Rows, int Stacks, int Examples, int Frames, int Parts, int Selectable, bool HasNumbersOnHover)
{
    /// <summary>The most a page may weigh.</summary>
    public const int MostBytes = 1_500_000;

    /// <summary>Characters of a line that could not be read: its beginning shows why.</summary>
    public const int LineLength = 500;

    /// <summary>Characters of a drop as the kernel printed it: one with its packet and a stack of 60 frames has some 6,000.</summary>
    public const int ExampleLength = 8_000;

    /// <summary>Room for all that people look at; over 240 bins of a steady flood a part takes some 250 bytes.</summary>
    public static PageLimits Ample { get; } = new(FactLimits.TableRows, 100, FactLimits.Examples, 800, 400, 350_000, true);

    /// <summary>From the most to the least.</summary>
    public static IReadOnlyList<PageLimits> All { get; } = [Ample, Ample with { Selectable = Ample.Selectable / 4 }, Ample.Less(2), Ample.Less(3), Ample.Less(4), Ample.Less(5), Ample.Less(6), Ample.Less(8)];

    private PageLimits Less(int times) => new(Rows / times, Stacks / times, Examples / times, Frames / times, Parts / times, Selectable / times, HasNumbersOnHover: false);
}

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
        int[] leaves = new int[cells.Count];
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
            // The deciding function is above already, under its name without the compiler's suffixes.
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
