using System.Runtime.InteropServices;
using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Model;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Pass;

/// <summary>
/// The one pass over the drops. Each row is a few integers, counted into tallies as it goes by and forgotten, so memory follows
/// the number of distinct sites, tasks, interfaces and flows and not the number of drops.
/// </summary>
/// <param name="bins">The timeline's.</param>
/// <param name="lostLines">Where holes begin.</param>
/// <param name="functions">A number for the deciding function of each site.</param>
/// <param name="flows">What is known of flows.</param>
/// <param name="owners">Numbers for the owners of packets' sockets.</param>
/// <param name="byFunction">Whether the timeline is by function instead of reason.</param>
/// <param name="groupOf">The group of a site in the tables: sites of one group differ by their stacks at most.</param>
/// <param name="isBrief">Only the timeline is kept over time, and nothing is crossed: no page will select a part of these drops.</param>
internal sealed class DropPass(
    Bins bins, IEnumerable<LossRow> lostLines, IReadOnlyDictionary<long, int> functions, FlowIndex flows, OwnerIndex owners, bool byFunction, Func<SiteKey, int> groupOf,
    bool isBrief = false)
{
    /// <summary>Stands for what was not given: a reason, protocol, interface, flow.</summary>
    public const long NotGiven = -1;

    // What may be NULL comes as NotGiven: one call a column instead of two.
    private static readonly string Sql = $"""
        SELECT t_ns, ifnull(cpu, -1), ifnull(reason_id, -1), site_id, ifnull(ethertype, -1), raw_line, ifnull(interface_id, -1), ifnull(iif, -1),
               ifnull(flow_id, -1), ifnull(owner_id, -1), {string.Join(", ", Dimension.OfDrops.Select(d => $"ifnull({d.DropColumn}, -1)"))}
          FROM drop_event
        """;

    // Columns before those of the dimensions.
    private const int Own = 10;

    // Values of a flow, which come before those of columns in what is crossed.
    private const int OfFlow = 2;

    private readonly Dictionary<SiteKey, SiteTally> _sites = [];
    private readonly Dictionary<FrameKey, long> _frames = [];
    private readonly Dictionary<long, long[]> _timeline = [];
    private readonly BinnedTally<long>[] _columns = [.. Dimension.OfDrops.Select(_ => new BinnedTally<long>(isBrief ? 1 : bins.Count))];
    private readonly HoleEnds _holes = new(lostLines);
    private readonly int[] _values = new int[Dimension.Crossed.Count];
    private long _drops, _firstNs = long.MaxValue, _lastNs = long.MinValue;

    /// <summary>Drops by site, reason, interface, the interface the packet came in through, and owner.</summary>
    public IReadOnlyDictionary<SiteKey, SiteTally> Sites => _sites;

    /// <summary>Drops of each of these over time.</summary>
    public BinRows SiteBins { get; } = new(isBrief ? 1 : bins.Count);

    /// <summary>
    /// Drops by their row in <see cref="SiteBins"/>, and by each of <see cref="Dimension.Crossed"/>: the flow's first id, the number of its service, and the
    /// numbers that <see cref="By"/> gives to values of columns.
    /// </summary>
    public CrossedDrops Crossed { get; } = new(Dimension.Crossed.Count, bins.Count);

    /// <summary>Drops by a dimension's column: <see cref="Dimension.DropColumn"/>.</summary>
    public BinnedTally<long> By(Dimension dimension) => _columns[Dimension.OfDrops.TakeWhile(d => d != dimension).Count()];

    /// <summary>Drops by function, reason and skb->protocol, of those whose flow is not known.</summary>
    public IReadOnlyDictionary<FrameKey, long> Frames => _frames;

    /// <summary>Drops by function, reason and service, of those whose flow is known.</summary>
    public BinnedTally<ServiceKey> Services { get; } = new(isBrief ? 1 : bins.Count);

    /// <summary>Drops by flow, reason and interface.</summary>
    public FlowTallies Flows { get; } = new(new BinRows(isBrief ? 1 : bins.Count));

    /// <summary>The timeline's bins.</summary>
    public Bins Bins => bins;

    /// <summary>Drops in each bin by reason, or by the number of the function.</summary>
    public IReadOnlyDictionary<long, long[]> Timeline => _timeline;

    /// <summary>Where each hole ends.</summary>
    public HoleEnds Holes => _holes;

    /// <summary>Whether every time so far is a whole microsecond, as clocks that print seconds have it and tick counters do not.</summary>
    public bool WholeMicroseconds { get; private set; } = true;

    /// <summary>How many drops, and the first and last time.</summary>
    public DropExtent Extent => _drops == 0 ? new DropExtent() : new DropExtent { Drops = _drops, FirstNs = _firstNs, LastNs = _lastNs };

    /// <summary>Reads all drops.</summary>
    public void Run(SqliteConnection connection, CancellationToken cancellation, ProgressLine? progress = null)
    {
        DirectRows.ReadNumbers(connection, Sql, row =>
        {
            Add(row[0], (int)row[1], row[2], row[3], (int)row[4], row[5], row[6], row[7], row[8], owners.NumberOf(row[9]), row[Own..]);
            if (_drops % 100_000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.At(_drops);
            }
        });
    }

    private void Add(long t, int cpu, long reason, long site, int etherType, long rawLine, long link, long iif, long flow, int owner, ReadOnlySpan<long> columns)
    {
        _drops++;
        _firstNs = Math.Min(_firstNs, t);
        _lastNs = Math.Max(_lastNs, t);
        int ofTimeline = bins.IndexOf(t), bin = isBrief ? 0 : ofTimeline;
        var key = new SiteKey(site, reason, link, iif, owner);
        ref SiteTally tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_sites, key, out bool seen);
        tally = seen ? tally.With(t, cpu, rawLine) : new SiteTally(functions.GetValueOrDefault(site, -1), SiteBins.NewKey(groupOf(key)), 1, t, t, cpu, rawLine);
        int function = tally.Function;
        SiteBins.Count(tally.Row, bin);
        for (int i = 0; i < columns.Length; i++)
        {
            _values[i + OfFlow] = _columns[i].Add(columns[i], bin);
        }

        ref long[]? series = ref CollectionsMarshal.GetValueRefOrAddDefault(_timeline, byFunction ? function : reason, out _);
        series ??= new long[bins.Count];
        series[ofTimeline]++;

        if (flow >= 0 && flows.FirstOf(flow) is > 0 and int first)
        {
            Flows.Add(new FlowKey(first, (int)reason, (int)link), t, bin);
            int service = flows.ServiceOf(first);
            Services.Add(new ServiceKey(function, reason, service), bin);
            (_values[0], _values[1]) = (first, service);
        }
        else
        {
            (_values[0], _values[1]) = (CrossedDrops.None, CrossedDrops.None);
            CollectionsMarshal.GetValueRefOrAddDefault(_frames, new FrameKey(function, reason, etherType), out _)++;
        }

        if (!isBrief) Crossed.Add(tally.Row, _values, bin);
        _holes.Add(cpu, t);
        WholeMicroseconds &= t % 1000 == 0;
    }
}

// What the pass counts by: small keys of drops, hashed once or more for each drop. Ids are those of the capture's tables,
// DropPass.NotGiven where there is none.

/// <summary>Site, reason, interface, index of the interface the packet came in through, and the owner's number.</summary>
internal readonly record struct SiteKey(long Site, long Reason, long Interface, long Iif, int Owner)
{
    public override int GetHashCode() => (int)((((Site * 31) + Reason) * 0x9E3779B1L) + (((((Interface * 31) + Iif) * 31) + Owner) * 0x85EBCA77L) >> 4);
}

/// <summary>Flow, reason and interface.</summary>
internal readonly record struct FlowKey(int Flow, int Reason, int Interface)
{
    public override int GetHashCode() => unchecked((Flow * (int)0x9E3779B1) + (Reason * 31) + Interface);
}

/// <summary>Deciding function, reason and service: see <see cref="FlowIndex"/>.</summary>
internal readonly record struct ServiceKey(int Function, long Reason, int Service);

/// <summary>Deciding function, reason and skb->protocol.</summary>
internal readonly record struct FrameKey(int Function, long Reason, int EtherType);

/// <summary>
/// Drops of one site, reason and interface: their deciding function, their row over time, how many, when, and where the first of them stands
/// in the raw text.
/// </summary>
internal readonly record struct SiteTally(int Function, int Row, long Drops, long FirstNs, long LastNs, int FirstCpu, long FirstLine)
{
    /// <summary>One drop more.</summary>
    public SiteTally With(long t, int cpu, long rawLine) => t < FirstNs
        ? new SiteTally(Function, Row, Drops + 1, t, LastNs, cpu, rawLine)
        : this with { Drops = Drops + 1, LastNs = Math.Max(LastNs, t) };

    /// <summary>Both together.</summary>
    public SiteTally With(SiteTally other)
    {
        SiteTally first = other.FirstNs < FirstNs ? other : this;
        return first with { Drops = Drops + other.Drops, LastNs = Math.Max(LastNs, other.LastNs) };
    }
}

/// <summary>Finds where each hole ends: at the first drop on its CPU after it began.</summary>
internal sealed class HoleEnds
{
    private readonly Dictionary<int, LossRow[]> _losses;
    private readonly Dictionary<int, long[]> _starts;
    private readonly Dictionary<int, long[]> _ends = [];

    public HoleEnds(IEnumerable<LossRow> lostLines)
    {
        _losses = lostLines.GroupBy(l => (int)l.Cpu).ToDictionary(g => g.Key, g => g.OrderBy(l => l.TNs ?? long.MinValue).ToArray());
        _starts = _losses.ToDictionary(p => p.Key, p => p.Value.Select(l => l.TNs ?? long.MinValue).ToArray());
        foreach ((int cpu, LossRow[] losses) in _losses)
        {
            _ends[cpu] = new long[losses.Length];
            Array.Fill(_ends[cpu], long.MaxValue);
        }
    }

    /// <summary>A drop at this time on this CPU; they may come in any order.</summary>
    public void Add(int cpu, long t)
    {
        if (_starts.Count == 0 || !_starts.TryGetValue(cpu, out long[]? starts))
        {
            return;
        }

        // The last hole that began before t: t may be its end, and is too late for the end of an earlier one.
        int at = Array.BinarySearch(starts, t);
        int hole = (at >= 0 ? at : ~at) - 1;
        while (hole >= 0 && starts[hole] == t)
        {
            hole--;
        }

        if (hole >= 0)
        {
            long[] ends = _ends[cpu];
            ends[hole] = Math.Min(ends[hole], t);
        }
    }

    /// <summary>The holes in order of time; those open at either side reach to the window's edge.</summary>
    public IReadOnlyList<HoleFacts> Within(long startNs, long endNs) => _losses
        .SelectMany(p => p.Value.Select((loss, i) => new HoleFacts(
            p.Key,
            loss.TNs ?? startNs,
            p.Key == LossEvent.AllCpus ? startNs // overwritten before the first record
                : _ends[p.Key][i] == long.MaxValue ? Math.Max(endNs, loss.TNs ?? startNs) : _ends[p.Key][i],
            loss.Records)))
        .OrderBy(h => h.FromNs).ThenBy(h => h.Cpu).ToList();
}
