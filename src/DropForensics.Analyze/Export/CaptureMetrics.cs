using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core;
using DropForensics.Core.Ledger;
using DropForensics.Core.Store;
using SQLitePCL;

namespace DropForensics.Analyze.Export;

/// <summary>
/// A finished capture as series over its window, by the names that <c>capture --metrics</c> has while it records: counts since the window opened, at
/// the end of each second, or of longer steps where the window has more than <see cref="MostSteps"/> seconds.
/// </summary>
/// <param name="Info">The capture.</param>
/// <param name="StartNs">When its window opened, in ns since 1970.</param>
/// <param name="Families">What is counted.</param>
internal sealed record CaptureMetrics(CaptureInfo Info, long StartNs, IReadOnlyList<MetricFamily> Families)
{
    /// <summary>Points of a series at most: an hour of seconds.</summary>
    public const int MostSteps = 3600;

    /// <summary>Series of a family at most; the rarest share one.</summary>
    public const int MostSeries = 250;

    private const string Other = "other", Unknown = "unknown";
    private const long Second = 1_000_000_000;

    /// <exception cref="UserError">The capture counts hits of a function, or its times are not known.</exception>
    public static CaptureMetrics Read(CaptureReader capture, (LossFacts Losses, CompletenessLedger Ledger)? accounts, CancellationToken stop)
    {
        var queries = new CaptureQueries(capture.Connection);
        CaptureInfo info = queries.Capture();
        if (info.HitsOf is { } function)
            throw new UserError($"{capture.Path} counts hits of {Visible.Text(function)}, not drops", "Choose another format, or export a capture of drops.");
        long windowNs = Math.Max(0, info is { OpenedNs: { } opened, ClosedNs: { } closed } && closed >= opened ? closed - opened : queries.Extent().LastNs ?? 0);
        if (new HostClock(queries.Clock(), info).RealNs(0) is not (> 0 and var startNs) || startNs > long.MaxValue - windowNs)
            throw new UserError($"{capture.Path} does not tell the time of day, which metrics need", "Choose another format: csv, for example.");
        long stepNs = Math.Max(1, (windowNs + (MostSteps * Second) - 1) / (MostSteps * Second)) * Second;
        int steps = (int)Math.Max(1, (windowNs + stepNs - 1) / stepNs);
        long[] times = [.. Enumerable.Range(0, steps + 1).Select(step => startNs + Math.Min(step * stepNs, windowNs))];
        if (windowNs == 0) times = [startNs, startNs + Second];

        var counts = new Dictionary<(long? Reason, long? Interface), long[]>();
        SqlRows.Read(capture.Connection, $"SELECT t_ns / {stepNs}, reason_id, interface_id, count(*) FROM drop_event GROUP BY 1, 2, 3", row =>
        {
            stop.ThrowIfCancellationRequested();
            (long?, long?) key = (SqlRows.Number(row, 1), SqlRows.Number(row, 2));
            if (!counts.TryGetValue(key, out long[]? series)) counts.Add(key, series = new long[steps]);
            series[Math.Clamp(SqlRows.Number(row, 0) ?? 0, 0, steps - 1)] += raw.sqlite3_column_int64(row, 3);
        });

        Dictionary<long, ReasonRow> reasons = queries.Reasons();
        Dictionary<long, LinkRow> links = queries.Links();
        Labels ReasonOf(long? id) => id is { } known && reasons.GetValueOrDefault(known) is { } reason ? Labels.Reason(reason.Name, reason.Subsystem) : Labels.Reason(Unknown, null);
        List<MetricSeries> byReason = Grouped(counts, key => ReasonOf(key.Reason), times, Labels.Reason(Other, Other));
        List<MetricSeries> byInterface = Grouped(counts, key => Labels.Interface(key.Interface is { } id ? links.GetValueOrDefault(id)?.Name ?? Unknown : Unknown), times, Labels.Interface(Other));
        List<MetricSeries> recorded = Grouped(counts, _ => Labels.None, times, Labels.None);
        if (recorded.Count == 0) recorded.Add(new MetricSeries(Labels.None, times, new long[times.Length]));

        // In a sample, the times of most drops are not known: from the beginning to the end, each number is exact.
        long leftOut = accounts?.Ledger.MissedBySampling ?? 0;
        if (leftOut > 0) byReason = Exact(byReason, queries.HistCounts(), reasons.Values, leftOut, [times[0], times[^1]]);
        List<MetricFamily> families =
        [
            new("drops", "Packets that the kernel dropped, by reason.", byReason),
            new("interface_drops", "Recorded drops by the interface of the packet.", byInterface),
            new("recorded_drops", "Drops that the capture holds.", recorded),
        ];
        if (accounts is { } known)
        {
            if (known.Ledger.Counted is >= 0 and var counted) families.Add(Total("counted_drops", "Drops by the kernel's own count, which misses none.", counted));
            families.Add(Total("left_out_drops", "Drops that were counted but not recorded, because more came than --max-rate allows.", leftOut));
            families.Add(Total("lost_records", "Records that the kernel's ring buffer lost because it was full: drops, and stacks of drops.", Math.Max(0, known.Losses.Records)));
        }

        return new CaptureMetrics(info, startNs, families);

        MetricFamily Total(string name, string help, long value) => new(name, help, [new MetricSeries(Labels.None, [times[0], times[^1]], [0, value])]);
    }

    /// <summary>Sums what has the same labels; the most frequent first, and the rest as one.</summary>
    private static List<MetricSeries> Grouped(
        Dictionary<(long? Reason, long? Interface), long[]> counts, Func<(long? Reason, long? Interface), Labels> labelsOf, long[] times, Labels rest)
    {
        var sums = new Dictionary<Labels, long[]>();
        foreach (((long?, long?) key, long[] drops) in counts) Add(sums, labelsOf(key), drops);
        var bounded = new Dictionary<Labels, long[]>();
        foreach ((int place, (Labels labels, long[] drops)) in sums.OrderByDescending(each => each.Value.Sum()).ThenBy(each => each.Key.Text, StringComparer.Ordinal).Index())
            Add(bounded, place < MostSeries ? labels : rest, drops);
        return [.. bounded.Select(each =>
        {
            long sum = 0;
            return new MetricSeries(each.Key, times, [0, .. each.Value.Select(drops => sum += drops)]);
        })];

        static void Add(Dictionary<Labels, long[]> into, Labels labels, long[] drops)
        {
            if (!into.TryGetValue(labels, out long[]? sum)) into.Add(labels, sum = new long[drops.Length]);
            for (int i = 0; i < drops.Length; i++) sum[i] += drops[i];
        }
    }

    /// <summary>All drops of the window by reason, where the kernel counted by it; else those in the sample, and the others as unknown.</summary>
    private static List<MetricSeries> Exact(List<MetricSeries> inSample, IReadOnlyList<HistCountRow> hist, IEnumerable<ReasonRow> reasons, long leftOut, long[] times)
    {
        var exact = new Dictionary<Labels, long>();
        foreach (MetricSeries each in inSample) exact[each.Labels] = each.Counts[^1];
        if (hist.Count == 0)
        {
            Labels unknown = Labels.Reason(Unknown, null);
            exact[unknown] = exact.GetValueOrDefault(unknown) + leftOut;
        }

        ILookup<long?, ReasonRow> named = reasons.ToLookup(reason => reason.Value);
        foreach (IGrouping<long?, HistCountRow> counted in hist.GroupBy(row => row.Reason))
        {
            Labels labels = named[counted.Key].FirstOrDefault() is { } reason && counted.Key is not null ? Labels.Reason(reason.Name, reason.Subsystem)
                : Labels.Reason(counted.Key is { } value ? value > 0xffff ? $"0x{value:x}" : value.ToString(CultureInfo.InvariantCulture) : Unknown, null);
            Int128 sum = 0;
            foreach (HistCountRow row in counted) sum += row.Drops;
            exact[labels] = Math.Max(exact.GetValueOrDefault(labels), (long)Int128.Clamp(sum, 0, long.MaxValue)); // forged numbers may be any
        }

        return [.. exact.OrderByDescending(each => each.Value).Take(MostSeries).Select(each => new MetricSeries(each.Key, times, [0, each.Value]))];
    }
}

/// <summary>A counter.</summary>
/// <param name="Name">With underscores, without prefix and <c>_total</c>.</param>
/// <param name="Help">What it counts, a sentence.</param>
/// <param name="Series">One for each set of labels.</param>
internal sealed record MetricFamily(string Name, string Help, IReadOnlyList<MetricSeries> Series);

/// <summary>A counter over time.</summary>
/// <param name="Labels">What it is told by from others.</param>
/// <param name="Times">In ns since 1970; the first is the beginning of the window.</param>
/// <param name="Counts">The count at each time, from 0.</param>
internal sealed record MetricSeries(Labels Labels, IReadOnlyList<long> Times, IReadOnlyList<long> Counts);

/// <summary>Names and values that tell a series from others.</summary>
/// <param name="First">Null: none.</param>
/// <param name="Second">Null: one.</param>
internal sealed record Labels((string Name, string Value)? First, (string Name, string Value)? Second)
{
    public static Labels None { get; } = new(null, null);

    public static Labels Reason(string name, string? subsystem) => new(("reason", name), ("subsystem", subsystem ?? "unknown"));

    public static Labels Interface(string name) => new(("interface", name), null);

    /// <summary>All of them.</summary>
    public IEnumerable<(string Name, string Value)> All => new[] { First, Second }.OfType<(string, string)>();

    /// <summary>To sort by.</summary>
    public string Text => $"{First?.Value} {Second?.Value}";
}
