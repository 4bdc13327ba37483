using System.Runtime.InteropServices;
using System.Text;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Export;

/// <summary>
/// The drops by their stacks, as a tree: the outermost function at the root, the deciding function near the end, and its reason at the end.
/// Functions have no offsets, so stacks that differ only in offsets are one. A drop without a stack has its function directly below the root.
/// Needs memory for the distinct stacks, not for the drops.
/// </summary>
internal sealed class StackTree
{
    private const int Root = -1;
    private const string UnknownFunction = "unknown function";

    // Without the frames of tracing and the free path above the deciding function, as in the view frames; outermost first.
    private const string FramesSql = """
        SELECT f.stack_id, f.symbol_id
          FROM stack_frame f
          JOIN stack k ON k.id = f.stack_id
         WHERE f.position >= k.first_frame
         ORDER BY f.stack_id, f.position
        """;

    private readonly List<(int Parent, int Name)> _nodes = [];
    private readonly List<long> _drops = [];
    private readonly Dictionary<(int Parent, int Name), int> _numbers = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _nameNumbers = [];

    private StackTree()
    {
    }

    /// <summary>The elements of the paths: functions, with their module in brackets, and reasons.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>All drops.</summary>
    public long Drops { get; private set; }

    /// <summary>Each distinct path, root first, as places in <see cref="Names"/>, and its drops; in the order of their stacks.</summary>
    public IEnumerable<(int[] Path, long Drops)> Paths()
    {
        for (int node = 0; node < _nodes.Count; node++)
        {
            if (_drops[node] > 0)
            {
                yield return (PathTo(node), _drops[node]);
            }
        }
    }

    /// <summary>Reads all drops.</summary>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public static StackTree Read(SqliteConnection connection, ProgressLine? progress, CancellationToken stop)
    {
        var tree = new StackTree();
        Dictionary<long, (long? Stack, string Function)> sites = Sites(connection);
        Dictionary<long, string> reasons = [];
        SqlRows.Read(connection, "SELECT id, name FROM reason", row => reasons[SqlRows.Number(row, 0) ?? 0] = SqlRows.Text(row, 1) ?? "");
        Dictionary<long, List<(long Site, long Reason, long Drops)>> byStack = [];
        foreach (((long site, long reason), long drops) in Count(connection, progress, stop))
        {
            long stack = sites.TryGetValue(site, out (long? Stack, string) found) ? found.Stack ?? Root : Root;
            ref List<(long, long, long)>? list = ref CollectionsMarshal.GetValueRefOrAddDefault(byStack, stack, out _);
            (list ??= []).Add((site, reason, drops));
        }

        tree.AddStacks(connection, byStack, reasons, stop);
        foreach ((long site, long reason, long drops) in byStack.Values.SelectMany(list => list))
        {
            // No stack, or no frames left.
            string function = sites.TryGetValue(site, out (long?, string Function) found) ? found.Function : UnknownFunction;
            tree.Add(tree.Node(Root, tree.Name(function)), reasons.GetValueOrDefault(reason), drops);
        }

        return tree;
    }

    private static Dictionary<(long Site, long Reason), long> Count(SqliteConnection connection, ProgressLine? progress, CancellationToken stop)
    {
        Dictionary<(long, long), long> counts = [];
        long rows = 0;
        progress?.Begin("reading the drops", new CaptureQueries(connection).LastDrop());
        DirectRows.ReadNumbers(connection, "SELECT site_id, ifnull(reason_id, -1) FROM drop_event", row =>
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, (row[0], row[1]), out _)++;
            if (++rows % 100_000 == 0)
            {
                stop.ThrowIfCancellationRequested();
                progress?.At(rows);
            }
        });
        return counts;
    }

    private static Dictionary<long, (long? Stack, string Function)> Sites(SqliteConnection connection)
    {
        Dictionary<long, (long?, string)> sites = [];
        SqlRows.Read(connection, "SELECT id, stack_id, coalesce(function, location), module FROM site", row => sites[SqlRows.Number(row, 0) ?? 0] = (
            SqlRows.Number(row, 1), Label(SqlRows.Text(row, 2) ?? UnknownFunction, SqlRows.Text(row, 3))));
        return sites;
    }

    private void AddStacks(
        SqliteConnection connection, Dictionary<long, List<(long Site, long Reason, long Drops)>> byStack, Dictionary<long, string> reasons, CancellationToken stop)
    {
        Dictionary<long, string> labels = [];
        SqlRows.Read(connection, "SELECT id, name, module FROM symbol", row =>
            labels[SqlRows.Number(row, 0) ?? 0] = Label(SqlRows.Text(row, 1) ?? "", SqlRows.Text(row, 2)));
        Dictionary<long, int> names = []; // by symbol
        List<int> frames = [];
        long current = Root;
        void End()
        {
            stop.ThrowIfCancellationRequested();
            if (frames.Count == 0 || !byStack.Remove(current, out List<(long Site, long Reason, long Drops)>? drops))
            {
                return;
            }

            int node = Root;
            for (int i = frames.Count - 1; i >= 0; i--)
            {
                node = Node(node, frames[i]);
            }

            drops.ForEach(d => Add(node, reasons.GetValueOrDefault(d.Reason), d.Drops));
        }

        DirectRows.ReadNumbers(connection, FramesSql, row =>
        {
            if (row[0] != current)
            {
                End();
                frames.Clear();
                current = row[0];
            }

            ref int name = ref CollectionsMarshal.GetValueRefOrAddDefault(names, row[1], out bool known);
            name = known ? name : Name(labels.GetValueOrDefault(row[1], UnknownFunction));
            frames.Add(name);
        });
        End();
    }

    private static string Label(string name, string? module) => Visible.Text(SymbolText.Of(name, module: module));

    private void Add(int node, string? reason, long drops)
    {
        node = reason is null ? node : Node(node, Name(Visible.Text(reason)));
        _drops[node] += drops;
        Drops += drops;
    }

    private int Name(string name)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_nameNumbers, name, out bool known);
        if (!known)
        {
            number = _names.Count;
            _names.Add(name);
        }

        return number;
    }

    private int Node(int parent, int name)
    {
        ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, (parent, name), out bool known);
        if (!known)
        {
            number = _nodes.Count;
            _nodes.Add((parent, name));
            _drops.Add(0);
        }

        return number;
    }

    private int[] PathTo(int node)
    {
        List<int> path = [];
        for (; node != Root; node = _nodes[node].Parent)
        {
            path.Add(_nodes[node].Name);
        }

        path.Reverse();
        return [.. path];
    }
}

/// <summary>
/// A line for each distinct stack, the outermost function first, and its drops: the input of flamegraph.pl.
/// <code>entry_SYSCALL_64_after_hwframe;do_syscall_64;…;e1000_clean_[e1000];…;__udp4_lib_rcv;NO_SOCKET 655</code>
/// </summary>
internal static class FoldedExport
{
    public static void Write(StackTree tree, Stream output)
    {
        string[] names = [.. tree.Names.Select(Frame)];
        var lines = new StreamWriter(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 14, leaveOpen: true);
        foreach ((int[] path, long drops) in tree.Paths())
        {
            lines.Write($"{string.Join(';', path.Select(name => names[name]))} {drops}\n");
        }

        lines.Flush();
    }

    // A semicolon separates frames, and the number follows the last blank.
    private static string Frame(string name) => name.Length == 0 ? "_" : name.Replace(';', ':').Replace(' ', '_');
}
