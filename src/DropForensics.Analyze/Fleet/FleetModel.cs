using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Fleet;

/// <summary>Many captures together: the input of every rendering of a fleet's report.</summary>
public sealed class FleetModel
{
    // A cause of at least this part of the captures that looked is common to all.
    private const double Common = 0.9;

    /// <summary>A cause of at most so many captures is of few.</summary>
    private const int Few = 3;

    private const int NamedInHeadline = 3;

    // A burst that fills a window of a second is no rate at which a host goes on.
    private const double LeastSeconds = 10;

    /// <param name="captures">In any order.</param>
    /// <param name="leftOut">Files that are no part of it.</param>
    /// <param name="joined">Flows of which two hosts know.</param>
    /// <param name="version">Of this program.</param>
    public FleetModel(IReadOnlyList<FleetCapture> captures, IReadOnlyList<LeftOut> leftOut, IReadOnlyList<JoinedFlow> joined, string version)
    {
        (LeftOut, Joined, Version) = (leftOut, joined, version);
        (Drops, CauseDrops) = (captures.Sum(each => each.Drops), captures.Sum(each => each.CauseDrops));
        Causes = CausesOf(captures);
        List<IReadOnlyList<FleetCapture>> looked = [.. Causes.Select(cause => LookedAt(captures, cause.Cause))];
        long tests = Math.Max(1, looked.Sum(each => (long)each.Count));
        List<Outlier> all = [.. Causes.Zip(looked, (cause, by) => OutlierJudge.Of(cause, by, tests)).SelectMany(each => each)
            .OrderByDescending(each => FindingOrder.Weight(SeverityOf(each), each.Excess) / Math.Max(each.Capture.Seconds ?? 1, LeastSeconds)).ThenBy(each => each.Capture.Name, StringComparer.Ordinal)];
        (Outliers, MayStandOut) = ([.. all.Where(each => !each.IsOpen)], [.. all.Where(each => each.IsOpen)]);
        Dictionary<FleetCapture, int> places = new(ReferenceEqualityComparer.Instance);
        foreach (Outlier outlier in Outliers) places.TryAdd(outlier.Capture, places.Count);
        Captures = [.. captures.OrderBy(each => places.GetValueOrDefault(each, int.MaxValue)).ThenByDescending(each => each.AllDrops).ThenBy(each => each.Name, StringComparer.Ordinal)];
        Colours = new ReasonColours(Causes.Select(cause => cause.Cause.Name));
    }

    /// <summary>Those that stand out first, then those with the most drops.</summary>
    public IReadOnlyList<FleetCapture> Captures { get; }

    public IReadOnlyList<LeftOut> LeftOut { get; }

    public IReadOnlyList<JoinedFlow> Joined { get; }

    public string Version { get; }

    /// <summary>Captured drops of all captures.</summary>
    public long Drops { get; }

    /// <summary>Drops whose cause is known: of a sample, more than were captured where the kernel counted by reason.</summary>
    public long CauseDrops { get; }

    /// <summary>The most drops first.</summary>
    public IReadOnlyList<FleetCause> Causes { get; }

    /// <summary>
    /// Those that cost most first: drops a second beyond the median, weighed by severity as in a capture's own report; a window of less than ten seconds counts as one of ten.
    /// </summary>
    public IReadOnlyList<Outlier> Outliers { get; }

    /// <summary>Captures that stand out unless what others lack was of the same cause.</summary>
    public IReadOnlyList<Outlier> MayStandOut { get; }

    public ReasonColours Colours { get; }

    /// <summary>Where a capture's own report was written, from the fleet's page on.</summary>
    public Dictionary<FleetCapture, string> Reports { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Captures that stand out, each once.</summary>
    public IReadOnlyList<FleetCapture> StandOut => [.. Captures.Where(each => Outliers.Any(outlier => ReferenceEquals(outlier.Capture, each)))];

    /// <summary>Captures without a drop that looked at everything.</summary>
    public IReadOnlyList<FleetCapture> SawNothing => [.. Captures.Where(each => each is { Drops: 0, CannotSee: null })];

    /// <summary>Captures that may have missed drops, or did not look at all of them.</summary>
    public IReadOnlyList<FleetCapture> CannotSee => [.. Captures.Where(each => each.CannotSee is not null)];

    /// <summary>Whether anything that was asked for is missing: exit code 4.</summary>
    public bool LacksData => LeftOut.Any(each => each.IsFault) || Captures.Any(each => each.LacksData);

    /// <summary>How many hosts, by their names.</summary>
    public int Hosts => HostsOf(Captures);

    /// <summary>Missing drops of all captures.</summary>
    public CountRange Missing => new(Captures.Sum(each => each.MissingLeast), Captures.Any(each => each.MissingMost is null) ? null : Captures.Sum(each => each.MissingMost));

    /// <summary>What is counted: <c>host</c>, or <c>capture</c> where a host has several.</summary>
    public string Word => Hosts == Captures.Count ? "host" : "capture";

    /// <summary>The answer in a sentence.</summary>
    public string Headline => (Outliers.Count, Drops) switch
    {
        (0, 0) => $"No packet was dropped on {Of(Captures.Count)}{(CannotSee.Count > 0 ? $", as far as they looked: {Count(CannotSee.Count)} could not see all" : "")}.",
        (0, _) when Captures.Count < OutlierJudge.FewestCaptures => $"{Count(Drops, "packet")} dropped on {Of(Captures.Count)}: too few to say which stands out.",
        (0, _) => $"None of {Of(Captures.Count)} stands out; the commonest cause is {Causes[0].Cause.Words}: {Percent(Causes[0].Drops, CauseDrops)} of all drops.",
        _ => $"{Count(StandOut.Count)} of {Of(Captures.Count)} {(StandOut.Count == 1 ? "stands" : "stand")} out: {string.Join(", ", StandOut.Count <= NamedInHeadline ? StandOut.Select(Named) : ByCause)}.",
    };

    /// <summary>How much of what, on how many hosts; null where the headline has it.</summary>
    public string? Counted => Drops == 0 ? null
        : $"{(Missing.Least > 0 ? "At least " : "")}{Count(Drops + Missing.Least, "packet")} dropped on {(Captures.All(each => each.Drops > 0) ? Captures.Count > 1 ? "all " : "" : $"{Count(Captures.Count(each => each.Drops > 0))} of ")}{Of(Captures.Count)}{Within}"
            + (Outliers.Count > 0 || Captures.Count < OutlierJudge.FewestCaptures ? $"; {Percent(Causes[0].Drops, CauseDrops)} are {Causes[0].Cause.Words}, on {Count(Causes[0].WithDrops, Word)}." : ".")
            + (CommonCauses is { Count: > 0 } common ? $" Common to all: {string.Join(", ", common.Take(NamedInHeadline).Select(cause => cause.Cause.Words))}{(common.Count > NamedInHeadline ? $" and {Count(common.Count - NamedInHeadline)} more" : "")}." : "");

    /// <summary><c>complete</c>, <c>incomplete</c>, <c>unproven</c>: the worst of all captures.</summary>
    public string Completeness => Captures.Any(each => each.LacksData || each.Completeness == Core.Ledger.Completeness.Incomplete) || LeftOut.Any(each => each.IsFault) ? Core.Ledger.Completeness.Incomplete
        : Captures.Any(each => each.Completeness == Core.Ledger.Completeness.Unproven) ? Core.Ledger.Completeness.Unproven : Core.Ledger.Completeness.Complete;

    /// <summary>What it rests on, in sentences.</summary>
    public IReadOnlyList<string> CompletenessWhy =>
    [
        .. LeftOut.Count(each => each.IsFault) is > 0 and var faults ? [$"{Count(faults, "file")} could not be read and {(faults == 1 ? "is" : "are")} left out."] : Array.Empty<string>(),
        .. Captures.Count(each => each.Completeness == Core.Ledger.Completeness.Incomplete) is > 0 and var lacking
            ? [$"{Count(lacking, "capture")} of {Count(Captures.Count)} {(lacking == 1 ? "lacks" : "lack")} data: {(Missing.Most is { } most ? Missing.IsExact ? Count(most, "drop") : $"{Count(Missing.Least)} to {Count(most, "drop")}" : $"at least {Count(Missing.Least, "drop")}, with no upper limit")}."]
            : (string[])[$"No capture is known to lack a drop; {Count(Captures.Count(each => each.Completeness == Core.Ledger.Completeness.Complete))} of {Count(Captures.Count)} prove it."],
        .. Captures.Count(each => each.Filter is not null) is > 0 and var filtered ? [$"{Count(filtered, "capture")} recorded only what matches a filter."] : Array.Empty<string>(),
        .. Captures.Count(each => each.IsSample) is > 0 and var sampled ? [$"{Count(sampled, "capture")} {(sampled == 1 ? "is a sample" : "are samples")}: {LeftOutBySamples}."]
            : Array.Empty<string>(),
        .. SawNothing.Count > 0 ? [$"{Count(SawNothing.Count, Word)} looked at everything and saw no drop."] : Array.Empty<string>(),
    ];

    // The number of all that are missing is told before.
    private string LeftOutBySamples => Missing.IsExact && Captures.All(each => each.IsSample || each.MissingLeast == 0) ? "the missing drops were counted there and not recorded"
        : Captures.Where(each => each.IsSample).Sum(each => each.MissingLeast) is var more && more == 1 ? "1 drop more was counted there than recorded" : $"{Count(more)} drops more were counted there than recorded";

    /// <summary>Added to what a table of causes has, where a sample has counts by cause only of what it recorded.</summary>
    public string OfRecorded => Captures.Any(each => each.IsSample && !each.HasExactCauses) ? " Of a sample, only recorded drops are counted by cause." : "";

    /// <summary>What is known of the clocks, in sentences.</summary>
    public IReadOnlyList<string> ClockNotes =>
    [
        "Times are UTC by each host's own clock, as its capture recorded it about once a second. How far the clocks of two hosts differ is in no capture.",
        .. Captures.Where(each => each.ClockSteppedNs is > 0).OrderByDescending(each => each.ClockSteppedNs).ToList() is { Count: > 0 } stepped
            ? [$"The clock of {string.Join(", ", stepped.Take(NamedInHeadline).Select(each => $"{each.Name} ({Duration(each.ClockSteppedNs ?? 0)})"))}{(stepped.Count > NamedInHeadline ? $" and {Count(stepped.Count - NamedInHeadline)} more" : "")} was set during the window: their times may be off by so much."]
            : Array.Empty<string>(),
        .. Captures.Count(each => each.ClockSteppedNs is null) is > 0 and var unknown ? [$"{Count(unknown, "capture")} {(unknown == 1 ? "has" : "have")} no time of day and {(unknown == 1 ? "is" : "are")} not on the timeline."] : Array.Empty<string>(),
    ];

    /// <summary>Drops of all on UTC; null where no capture has a time, or none has a drop.</summary>
    public TimelineData? Timeline()
    {
        const int MostColumns = 240;
        const long Second = 1_000_000_000;
        List<UtcSeries> series = [.. Captures.Select(each => each.Timeline).Where(each => each.Drops.Count > 0)];
        if (series.Count == 0) return null;
        long from = series.Min(each => each.Start * each.Seconds), to = series.Max(each => ((each.Start + each.Drops.Values.Max(drops => drops.Length)) * each.Seconds) - 1);
        long length = Math.Max(series.Max(each => each.Seconds), UtcSeries.LengthFor(from, to, MostColumns)), start = from / length;
        Dictionary<Cause, long[]> sums = [];
        foreach (UtcSeries each in series)
        {
            foreach ((Cause cause, int[] drops) in each.Drops)
            {
                if (!sums.TryGetValue(cause, out long[]? sum)) sums.Add(cause, sum = new long[(to / length) - start + 1]);
                for (int i = 0; i < drops.Length; i++) sum[((each.Start + i) * each.Seconds / length) - start] += drops[i];
            }
        }

        int columns = (int)((to / length) - start + 1);
        return new TimelineData(columns * length * Second, length * Second, [.. sums.Select(each => new ReasonSeries(each.Key.Name, each.Value))], [], DateTime.UnixEpoch.AddSeconds(start * length));
    }

    /// <summary>The captures that recorded a cause's drops, where there were any.</summary>
    public static IReadOnlyList<FleetCapture> LookedAt(IReadOnlyList<FleetCapture> captures, Cause cause)
    {
        KernelRange kernels = cause.IsFunction || KnowledgeBase.Embedded.Reason(cause.Name) is not { } known ? KernelRange.All : known.KernelsOf(cause.Name);
        return [.. captures.Where(each => each.Looked(cause, kernels))];
    }

    /// <summary>In how many of the captures that looked a cause is.</summary>
    public static string Spread(FleetCause cause) => cause switch
    {
        { WithDrops: 1 } => "one",
        _ when cause.Looked >= OutlierJudge.FewestCaptures && cause.WithDrops >= Common * cause.Looked => "all or nearly all",
        { WithDrops: <= Few } => "few",
        _ => "some",
    };

    /// <summary>The severity of an outlier's drops, as that capture's own report has it.</summary>
    public static Severity SeverityOf(Outlier outlier) => outlier.Capture.Causes.FirstOrDefault(each => each.Cause == outlier.Cause.Cause)?.Severity ?? Severity.Depends;

    private static List<FleetCause> CausesOf(IReadOnlyList<FleetCapture> captures) =>
    [
        .. captures.SelectMany(each => each.Causes, (capture, count) => (Capture: capture, Count: count)).GroupBy(each => each.Count.Cause).Select(each =>
        {
            IReadOnlyList<FleetCapture> looked = LookedAt(captures, each.Key);
            (FleetCapture most, CauseCount ofMost) = each.MaxBy(one => one.Count.Drops); // a group has a member
            return new FleetCause(
                each.Key, each.GroupBy(one => one.Count.Severity, one => one.Count.Drops).MaxBy(one => one.Sum())!.Key, each.Sum(one => one.Count.Drops), each.Count(), looked.Count,
                looked.Count < OutlierJudge.FewestCaptures ? null : OutlierJudge.Median([.. looked.Select(one => one.DropsOf(each.Key) / (one.Seconds ?? 1))]), most.Name, ofMost.Drops);
        }).OrderByDescending(each => each.Drops).ThenBy(each => each.Cause.Name, StringComparer.Ordinal),
    ];

    private List<FleetCause> CommonCauses => Captures.Count < OutlierJudge.FewestCaptures ? [] : [.. Causes.Where(cause => Spread(cause) == "all or nearly all")];

    private string Named(FleetCapture capture)
    {
        Outlier first = Outliers.First(each => ReferenceEquals(each.Capture, capture));
        int others = Outliers.Count(each => ReferenceEquals(each.Capture, capture)) - 1;
        return $"{capture.Name} ({first.Cause.Cause.Words}{(others > 0 ? $" and {Count(others)} more" : "")})";
    }

    // Of many hosts, how many stand out for each cause; the costliest of each is named.
    private IEnumerable<string> ByCause
    {
        get
        {
            List<IGrouping<Cause, Outlier>> causes = [.. Outliers.GroupBy(each => each.Cause.Cause)];
            foreach (IGrouping<Cause, Outlier> each in causes.Take(NamedInHeadline)) yield return $"{Count(each.Count())} with {each.Key.Words} (first {each.First().Capture.Name})";
            if (causes.Count > NamedInHeadline) yield return $"others with {Count(causes.Count - NamedInHeadline, "more cause")}";
        }
    }

    private string Of(int count) => Count(count, Word) + (Hosts == Captures.Count ? "" : $" of {Count(Hosts, "host")}");

    private string Within
    {
        get
        {
            List<double> lengths = [.. Captures.Select(each => each.Seconds).OfType<double>().Order()];
            return lengths.Count == 0 ? "" : lengths[^1] <= lengths[0] * 1.1 ? $", in {Duration((long)(lengths[^1] * 1e9))}{(Captures.Count > 1 ? " each" : "")}" : $", in windows of {Duration((long)(lengths[0] * 1e9))} to {Duration((long)(lengths[^1] * 1e9))}";
        }
    }

    private static int HostsOf(IEnumerable<FleetCapture> captures) => captures.Select(each => each.Host ?? each.Path).Distinct().Count();
}

/// <summary>A cause over all captures.</summary>
/// <param name="Severity">Of most of its drops.</param>
/// <param name="WithDrops">Captures that have drops of it.</param>
/// <param name="Looked">Captures that recorded such drops, where there were any.</param>
/// <param name="MedianPerSecond">Drops a second of the median of these; null of too few.</param>
/// <param name="Most">The capture with the most of its drops.</param>
/// <param name="OfMost">How many.</param>
public sealed record FleetCause(Cause Cause, Severity Severity, long Drops, int WithDrops, int Looked, double? MedianPerSecond, string Most, long OfMost);
