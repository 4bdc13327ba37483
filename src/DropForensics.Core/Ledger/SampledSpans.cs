using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace DropForensics.Core.Ledger;

/// <summary>
/// The spans in which the gate was open, of a capture that recorded a sample to spare its host. The kernel counted every drop all the time, so what it
/// counted in the spans is what should be in the capture, and the rest was left out on purpose. Kept as artifacts: tables of text as those of the
/// host's state, a line of column names, then a line a row with tabs between the cells. No such artifact: the gate was open all the time.
/// </summary>
public sealed class SampledSpans
{
    /// <summary>
    /// Path of the first thousand spans: columns <c>opened_ns</c> and <c>shut_ns</c>, since the window opened; <c>drops</c>, which the kernel counted from
    /// just before the gate opened until just after it was shut; and <c>slack</c>, how many of those may fall between the two counts and the gate. The
    /// next thousand are in <c>sampled-spans-2.tsv</c>, and so on.
    /// </summary>
    public const string Path = "sampled-spans.tsv";

    /// <summary>
    /// Path of the same drops by CPU: columns <c>cpu</c>; <c>drops</c>; and <c>counted</c>, which is all that the kernel had counted there when this was stored,
    /// while the gate was open or shut. What it counted after that, of an agent that was killed, may be of either kind.
    /// </summary>
    public const string CountedPath = "sampled-drops.tsv";

    // What is rewritten once a second while drops are recorded must stay small.
    private const int SpansInFile = 1000;

    private readonly StringBuilder _text = new();
    private readonly List<(string Path, byte[] Content)> _full = [];
    private long[] _byCpu = [], _counted = [];
    private bool _isChanged;
    private (long OpenedNs, SampledSpan Span)? _open;

    /// <summary>Column names of <see cref="Path"/> and of <see cref="CountedPath"/>.</summary>
    public static IReadOnlyList<string> Columns { get; } = ["opened_ns", "shut_ns", "drops", "slack"];

    /// <inheritdoc cref="Columns"/>
    public static IReadOnlyList<string> CountedColumns { get; } = ["cpu", "drops", "counted"];

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>How long the gate was open in all of them, in ns.</summary>
    public long OpenNs { get; private set; }

    /// <summary>Drops that the kernel counted in all of them.</summary>
    public long Drops { get; private set; }

    /// <summary>How many of those may be missing because the counts and the gate do not move in one moment.</summary>
    public long Slack { get; private set; }

    /// <summary>All that the kernel had counted when the spans were stored, while the gate was open or shut; 0 if that is not known.</summary>
    public long Counted => Total(_counted);

    /// <summary>The drops in spans, of all CPUs.</summary>
    public long OnAll => Total(_byCpu);

    /// <summary>CPUs are numbered below it.</summary>
    public int Cpus => Math.Max(_byCpu.Length, _counted.Length);

    /// <summary>Those drops on one CPU.</summary>
    public long On(int cpu) => cpu >= 0 && cpu < _byCpu.Length ? _byCpu[cpu] : 0;

    /// <summary><see cref="Counted"/> on one CPU.</summary>
    public long CountedOn(int cpu) => cpu >= 0 && cpu < _counted.Length ? _counted[cpu] : 0;

    /// <summary>Adds the next one. One that is still open is stored, and the next one that is added replaces it: it is the same, or comes after it was shut.</summary>
    /// <param name="openedNs">The trace-clock time that counts as zero.</param>
    /// <param name="span">In trace-clock times.</param>
    public void Add(long openedNs, SampledSpan span)
    {
        if (span.IsOpen)
        {
            (_open, _isChanged) = (span.ShutNs > span.OpenedNs ? (openedNs, span) : null, true);
            return;
        }

        _open = null;
        long drops = 0;
        foreach ((int cpu, long count) in span.ByCpu)
        {
            AddOn(cpu, count);
            drops += count;
        }

        Add(span.OpenedNs - openedNs, span.ShutNs - openedNs, drops, span.Slack);
    }

    /// <summary>The same, as it is stored; its drops by CPU are for the caller to add.</summary>
    /// <param name="openedNs">Since the window opened.</param>
    /// <param name="shutNs">Since the window opened.</param>
    /// <param name="drops">Those counted in it.</param>
    /// <param name="slack">How many of them may fall between the counts and the gate.</param>
    public void Add(long openedNs, long shutNs, long drops, long slack)
    {
        if (Count > 0 && Count % SpansInFile == 0) _full.Add((PathOf((Count / SpansInFile) - 1), Encoding.UTF8.GetBytes(_text.ToString())));
        if (Count % SpansInFile == 0) _text.Clear().AppendJoin('\t', Columns).Append('\n');
        _text.Append(Line(openedNs, shutNs, drops, slack));
        (Count, OpenNs, Drops, Slack, _isChanged) = (Count + 1, OpenNs + shutNs - openedNs, Drops + drops, Slack + slack, true);
    }

    /// <summary>Adds drops of spans on a CPU.</summary>
    public void AddOn(long cpu, long drops)
    {
        if (HasRoom(cpu, ref _byCpu)) _byCpu[cpu] += drops;
    }

    /// <summary>Sets what the kernel has counted on a CPU so far.</summary>
    public void SetCounted(long cpu, long drops)
    {
        if (!HasRoom(cpu, ref _counted)) return;
        _isChanged |= Count > 0 && _counted[cpu] != drops;
        _counted[cpu] = drops;
    }

    /// <summary>The artifacts that have changed since the last call.</summary>
    public IEnumerable<(string Path, byte[] Content)> Changed()
    {
        if (!_isChanged) yield break;
        _isChanged = false;
        foreach ((string Path, byte[] Content) full in _full) yield return full;
        _full.Clear();
        string open = _open is { } told ? Line(told.Span.OpenedNs - told.OpenedNs, told.Span.ShutNs - told.OpenedNs, DropsOf(told.Span, null), told.Span.Slack) : "";
        bool isFull = Count % SpansInFile == 0;   // or there is none yet
        if (Count > 0) yield return (PathOf((Count - 1) / SpansInFile), Encoding.UTF8.GetBytes(isFull ? _text.ToString() : _text + open));
        if (open.Length > 0 && isFull) yield return (PathOf(Count / SpansInFile), Encoding.UTF8.GetBytes($"{string.Join('\t', Columns)}\n{open}"));
        StringBuilder counted = new StringBuilder().AppendJoin('\t', CountedColumns).Append('\n');
        for (int cpu = 0; cpu < Cpus; cpu++) counted.Append(CultureInfo.InvariantCulture, $"{cpu}\t{On(cpu) + (_open is { } also ? DropsOf(also.Span, cpu) : 0)}\t{CountedOn(cpu)}\n");
        yield return (CountedPath, Encoding.UTF8.GetBytes(counted.ToString()));
    }

    /// <summary>Whether an artifact's path is one of these.</summary>
    public static bool IsPath(string path) => path == CountedPath || path == Path || (path.StartsWith("sampled-spans-", StringComparison.Ordinal) && path.EndsWith(".tsv", StringComparison.Ordinal));

    /// <summary>Reads them; null if there are none. What is no row of numbers is passed over.</summary>
    /// <param name="file">Content of an artifact by its path; null if it is not there.</param>
    /// <param name="each">Takes each span as it was stored, the times since the window opened.</param>
    public static SampledSpans? Read(Func<string, byte[]?> file, Action<long, long, long, long>? each = null)
    {
        SampledSpans? spans = null;
        for (int part = 0; file(PathOf(part)) is { } content; part++)
        {
            spans ??= new SampledSpans();
            foreach (long[] row in Rows(content, Columns.Count))
            {
                each?.Invoke(row[0], row[1], row[2], row[3]);
                spans.Add(row[0], row[1], row[2], row[3]);
            }
        }

        foreach (long[] row in spans is null ? [] : Rows(file(CountedPath) ?? [], CountedColumns.Count, isLastKnown: false))
        {
            spans!.AddOn(row[0], row[1]);
            spans.SetCounted(row[0], row[2]);   // 0 where it is not there
        }

        return spans;
    }

    private static string PathOf(int part) => part == 0 ? Path : string.Create(CultureInfo.InvariantCulture, $"sampled-spans-{part + 1}.tsv");

    private static string Line(long openedNs, long shutNs, long drops, long slack) => string.Create(CultureInfo.InvariantCulture, $"{openedNs}\t{shutNs}\t{drops}\t{slack}\n");

    private static bool HasRoom(long cpu, ref long[] counts)
    {
        if (cpu is < 0 or > 8191) return false; // CONFIG_NR_CPUS is at most one more, on any architecture
        if (cpu >= counts.Length) Array.Resize(ref counts, (int)cpu + 1);
        return true;
    }

    private static long Total(long[] counts)
    {
        long total = 0;
        foreach (long count in counts) total += count;
        return total;
    }

    private static long DropsOf(SampledSpan span, int? cpu)
    {
        long drops = 0;
        foreach ((int on, long count) in span.ByCpu)
        {
            if (cpu is null || on == cpu) drops += count;
        }

        return drops;
    }

    private static IEnumerable<long[]> Rows(byte[] content, int columns, bool isLastKnown = true)
    {
        foreach (string line in Encoding.UTF8.GetString(content).Split('\n'))
        {
            string[] cells = line.Split('\t');
            if (cells.Length != columns && (isLastKnown || cells.Length != columns - 1)) continue;
            long[] row = new long[columns];
            bool isRow = true;
            for (int i = 0; i < cells.Length; i++) isRow &= long.TryParse(cells[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out row[i]);
            if (isRow) yield return row;
        }
    }
}

/// <summary>A time in which the gate was open.</summary>
/// <param name="OpenedNs">When it opened, in the trace clock.</param>
/// <param name="ShutNs">When it was shut.</param>
/// <param name="ByCpu">Drops that the kernel counted on each CPU, from just before it opened until just after it was shut.</param>
/// <param name="Slack">How many of them may fall between these counts and the gate.</param>
public sealed record SampledSpan(long OpenedNs, long ShutNs, IReadOnlyList<(int Cpu, long Drops)> ByCpu, long Slack)
{
    /// <summary>It is not over: the rest is what is known so far. Of no length: the gate is shut.</summary>
    public bool IsOpen { get; init; }

    /// <summary>Of an open one, all that the kernel has counted so far on each CPU, while the gate was open or shut.</summary>
    public IReadOnlyList<(int Cpu, long Drops)> Counted { get; init; } = [];
}

/// <summary>The sample of a capture in numbers.</summary>
/// <param name="Spans">How many times the gate was open.</param>
/// <param name="Drops">Drops that the kernel counted while it was open.</param>
/// <param name="Slack">How many of those may be missing because the counts and the gate do not move in one moment.</param>
public sealed record Sample(int Spans, long Drops, long Slack)
{
    /// <summary>All that the kernel had counted when the spans were last stored, while the gate was open or shut; null if that is not known.</summary>
    [JsonIgnore]
    public long? Counted { get; init; }

    /// <summary>Of spans; null if the gate was open all the time.</summary>
    public static Sample? Of(SampledSpans? spans) =>
        spans is { Count: > 0 } ? new Sample(spans.Count, spans.Drops, spans.Slack) { Counted = spans.Counted is > 0 and var counted ? counted : null } : null;

    /// <summary>Of two captures that follow each other.</summary>
    internal Sample Then(Sample next) => new(Spans + next.Spans, Drops + next.Drops, Slack + next.Slack) { Counted = Counted + next.Counted };
}
