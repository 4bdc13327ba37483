using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>When packets were dropped: in a burst, or periodically.</summary>
internal static class TimeFindings
{
    /// <summary>A bin belongs to a burst if it has this many times the drops of the median bin, and this share of the fullest bin's.</summary>
    private const int TimesTheRest = 8;
    private const double OfTheFullest = 0.1;

    /// <summary>Fewer drops than this are not a burst.</summary>
    private const long LeastDrops = 20;

    /// <summary>A burst takes at most this part of the window and has at least this part of all drops.</summary>
    private const double LongestPart = 0.1, LeastShare = 0.2;

    /// <summary>Drops are periodic after this many repeats whose distances vary by at most this part.</summary>
    private const int LeastRepeats = 4;
    private const double MostJitter = 0.15;

    public static IEnumerable<Finding> Of(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites)
    {
        long[] bins = BinSums(facts.Timeline);
        if (!facts.Window.IsTime || bins.Length < 10) yield break;
        List<Run> runs = Runs(bins);
        if (facts.Ledger.IsSample) yield break; // the gate made the gaps
        if ((Periodic(facts, sites, runs) ?? Burst(facts, sites, runs, bins)) is { } pattern) yield return pattern;
    }

    private static Finding? Burst(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites, List<Run> runs, long[] bins)
    {
        List<Run> bursts = runs.Where(r => r.Drops >= LeastDrops && r.Drops >= LeastShare * facts.Drops && r.Bins <= Math.Max(1, LongestPart * bins.Length)).ToList();
        if (bursts.Count == 0) return null;
        Run most = bursts.MaxBy(r => r.Drops)!; // there is one
        if (SeverityOf(facts, sites, most) is not { } severity) return null;
        long drops = bursts.Sum(r => r.Drops), bin = facts.Timeline.BinNs;
        double rest = (double)(facts.Drops - drops) / (bins.Length - bursts.Sum(r => r.Bins));
        Finding burst = PatternFinding.Of(facts, severity, FindingOrder.OfTime, "burst", drops,
            $"Packets are dropped in {(bursts.Count == 1 ? "a burst" : "bursts")}: {Count(drops)} of {Count(facts.Drops, "packet")} in {(bursts.Count == 1 ? Duration(most.Bins * bin) : Count(bursts.Count, "burst"))}.",
            $"A burst is a span whose bins have at least {TimesTheRest} times as many drops as the median bin, and at least {Percent(OfTheFullest)} of the fullest bin. It takes at most {Percent(LongestPart)} of the window and has at least {Percent(LeastShare)} of its drops.",
            [
                .. bursts.Take(3).Select(r => new BurstEvidence(Start(facts, r), r.Bins * bin, r.Drops, MostOf(facts, r))),
                new PeakEvidence(rest > 0 ? (long)((double)most.Drops / most.Bins / rest) : null),
            ],
            ["A timer, cron job, backup or deployment that sends everything at once.", "A link or neighbour that was down for a moment.", "A queue or buffer sized for the average rate, not for peaks."],
            CheckFiller.Fill(
                facts,
                [new KnownCheck("systemctl list-timers --all", "what runs at set times"), new KnownCheck("journalctl --since -10min --utc -o short-precise", "what happened on the host at that time")],
                null, null, null));
        return burst with { View = new FindingView(Start(facts, most), Start(facts, most) + (most.Bins * bin) - 1) };
    }

    private static Finding? Periodic(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites, List<Run> runs)
    {
        // Not periodic: spans with too few of the drops, or that fill more than half of the time.
        if (runs.Count < LeastRepeats || runs.Sum(r => r.Drops) < LeastShare * facts.Drops || runs.Sum(r => r.Drops) < LeastDrops) return null;
        long[] gaps = runs.Zip(runs.Skip(1), (a, b) => (long)(b.First - a.First) * facts.Timeline.BinNs).ToArray();
        long period = gaps.Order().ElementAt(gaps.Length / 2);
        // The start of a span is only known to the width of a bin.
        if (period < 3 * facts.Timeline.BinNs || gaps.Any(g => Math.Abs(g - period) > (MostJitter * period) + facts.Timeline.BinNs)) return null;
        Run largest = runs.MaxBy(r => r.Drops)!; // there are several
        if (SeverityOf(facts, sites, largest) is not { } severity) return null;
        long drops = runs.Sum(r => r.Drops);
        return PatternFinding.Of(facts, severity, FindingOrder.OfTime, "periodic", drops,
            $"Packets are dropped periodically: every {Duration(period)}, {Count(runs.Count, "time")}, {Count(drops)} of {Count(facts.Drops, "packet")}.",
            $"Spans with at least {TimesTheRest} times as many drops as the median bin came at least {LeastRepeats} times, at equal distances (within {Percent(MostJitter)} and one bin).",
            [
                new RhythmEvidence(Start(facts, runs[0]), gaps.Min(), gaps.Max(), facts.Timeline.BinNs),
                new EachTimeEvidence(runs.Min(r => r.Drops), runs.Max(r => r.Drops), MostOf(facts, largest)),
            ],
            ["A health check, monitoring probe, keepalive or cron job at a fixed interval.", "A protocol's own timer: advertisements, discovery, retries."],
            [new KnownCheck("systemctl list-timers --all", "what runs at set times on this host"), new KnownCheck("timeout 10 tcpdump -eni any -c 50", "what arrives at that interval, and from where")]);
    }

    private static long[] BinSums(TimelineFacts timeline) => timeline.Series.Count == 0 ? []
        : Enumerable.Range(0, timeline.Series[0].Drops.Count).Select(i => timeline.Series.Sum(s => s.Drops[i])).ToArray();

    /// <summary>Spans of neighbouring bins far above the median; a single quiet bin does not separate them, and its drops are included.</summary>
    private static List<Run> Runs(long[] bins)
    {
        long middle = bins.Order().ElementAt(bins.Length / 2), threshold = Math.Max(Math.Max(1, middle * TimesTheRest), (long)Math.Ceiling(bins.Max() * OfTheFullest));
        List<Run> runs = [];
        for (int i = 0; i < bins.Length; i++)
        {
            if (bins[i] < threshold) continue;
            if (runs.Count > 0 && i - runs[^1].Last <= 2) runs[^1] = runs[^1] with { Last = i, Drops = runs[^1].Drops + bins[(runs[^1].Last + 1)..(i + 1)].Sum() };
            else runs.Add(new Run(i, i, bins[i]));
        }

        return runs;
    }

    private static long Start(CaptureFacts facts, Run run) => facts.Timeline.StartNs + (run.First * facts.Timeline.BinNs);

    /// <summary>The severity of most packets; null if they are not losses: their times mean nothing.</summary>
    private static Severity? SeverityOf(CaptureFacts facts, IReadOnlyList<SiteMeaning> sites, Run run)
    {
        TimelineSeries series = MostIn(facts, run);
        SiteMeaning? site = sites.FirstOrDefault(s => series.Function is null ? s.Site.Reason == series.Reason : s.Site.Function == series.Function);
        return site is null ? Severity.Depends : site.Topic.Id == Topic.Noise ? null : site.Severity;
    }

    // A run holds drops, so there is a series.
    private static TimelineSeries MostIn(CaptureFacts facts, Run run) => facts.Timeline.Series.MaxBy(s => Of(s, run))!;

    private static MostOf MostOf(CaptureFacts facts, Run run)
    {
        TimelineSeries series = MostIn(facts, run);
        return new MostOf(series.Function ?? series.Reason, (double)Of(series, run) / run.Drops);
    }

    private static long Of(TimelineSeries series, Run run) => Enumerable.Range(run.First, run.Bins).Sum(i => series.Drops[i]);

    private sealed record Run(int First, int Last, long Drops)
    {
        public int Bins => Last - First + 1;
    }
}
