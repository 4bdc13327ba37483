using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Attribution;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Model;

/// <summary>What the charts of a report show, for the page and for pictures, and the page's drawings.</summary>
internal static class ReportCharts
{
    private const double PageWidth = 1100, PhoneWidth = 380;

    // A timeline without an axis is a sentence below its legend.
    private const double Sentence = 80;

    // A hatched span weighs as much as a row of a table.
    private const int MostLossSpans = 60;

    /// <summary>Drops over time, as wide as the page.</summary>
    public static Drawing Timeline(TimelineData data, ReasonColours colours) => TimelineChart.Draw(data, colours, PageWidth, data.Instant is null ? 260 : Sentence);

    /// <summary>The same, as wide as a phone.</summary>
    public static Drawing NarrowTimeline(TimelineData data, ReasonColours colours) => TimelineChart.Draw(data, colours, PhoneWidth, data.Instant is null ? 240 : Sentence);

    /// <summary>The stacks, as wide as the page.</summary>
    public static Drawing Flame(FlameData data, ReasonColours colours, int frames) => FlameChart.Draw(data, colours, PageWidth, frames);

    /// <summary>Length of the timeline's axis.</summary>
    public static long SpanNs(ReportModel model) => TimelineOf(model).WindowNs;

    /// <summary>Every stack.</summary>
    public static FlameData FlameOf(ReportModel model) => new(
        $"Stacks: {model.Subject.Many} by {model.Subject.Function}, below it its callers", model.Exploration.Flame.Frames, model.Facts.Drops,
        model.Subject.Many, model.Subject.None);

    /// <summary>Drivers crossed with reasons.</summary>
    public static HeatData HeatOf(ReportModel model) => new(
        $"{model.Subject.Title} by driver and {(model.IsByFunction ? "function" : "reason")}",
        model.Exploration.Heat.Rows, model.Exploration.Heat.Columns, model.Exploration.Heat.Counts, model.Subject.None);

    /// <summary>The answer and what it rests on.</summary>
    public static SummaryData SummaryOf(ReportModel model)
    {
        Completeness completeness = model.Verdict.Completeness;
        return new SummaryData(
            Prose.Plain(model.Findings is [{ Clause: var clause }, ..] ? clause : model.Verdict.Headline),
            model.Findings is [{ Extent.Length: > 0 } top, ..] ? Line(top, Capital(top.Extent)) : null,
            [.. model.OtherCauses.Select(f => Line(f, f.Title))],
            model.MoreFindings,
            Prose.Plain($"{model.Verdict.Counted} {model.Verdict.Cause}".Trim()),
            new CompletenessLine(ToneOf(completeness.Word), Capital(completeness.Word), $"{completeness.Sentence} {(completeness.Word == "complete" ? model.EndedEarly : "")}".Trim()),
            TimelineOf(model), SiteBars(model), DriverBars(model), FlowBars(model), SourceOf(model));
    }

    private static SummaryFinding Line(Finding finding, string text) => new(ToneOf(finding.Severity), Capital(SeverityWord.Of(finding.Severity)), Prose.Plain(text));

    /// <summary>Where the numbers come from.</summary>
    public static CaptureFooter SourceOf(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        CaptureInfo capture = facts.Capture;
        return new CaptureFooter(
            capture.KnownHost ?? "unnamed", capture.KernelRelease ?? "unknown", facts.Window.StartUtc is { } start ? Utc(start) : "time unknown",
            facts.Window.IsTime ? Duration(facts.Window.LengthNs) : "unknown", capture.Probe, capture.Sha256, model.Version, capture.RedactedHeading);
    }

    /// <summary>Drops over time.</summary>
    public static TimelineData TimelineOf(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        TimelineFacts timeline = facts.Timeline;
        int bins = timeline.Series.Count == 0 ? 1 : timeline.Series[0].Drops.Count;
        long window = facts.Window.IsWindow ? Math.Max(1, facts.Window.EndNs - timeline.StartNs) : bins * timeline.BinNs;
        return new TimelineData(
            window, timeline.BinNs,
            timeline.Series.Select(s => new ReasonSeries(model.ColourName(s), s.Drops)).ToList(),
            Losses(timeline, window, DropsOf(facts)),
            facts.Window.StartUtc, InstantOf(facts), model.Subject.Many, model.Subject.One);
    }

    /// <summary>
    /// How many drops the records of a hole may be: a share of those that the kernel counted and that are not here; without its count as many as
    /// there were records, or half of them where each drop has a second one, its stack.
    /// </summary>
    private static Func<long, double> DropsOf(CaptureFacts facts)
    {
        double records = facts.Timeline.Holes.Sum(h => h.Records ?? 0);
        return facts.Happened is { } happened && records > 0 && facts.Timeline.Holes.All(h => h.Records is not null)
            ? lost => lost / records * (happened - facts.Drops)
            : lost => (double)lost / facts.Losses.RecordsPerDrop;
    }

    /// <summary>Where drops were lost; of very many holes, those that begin close to each other are one. Rounded so that the parts add up to the whole.</summary>
    private static List<LossSpan> Losses(TimelineFacts timeline, long windowNs, Func<long, double> dropsOf)
    {
        double exact = 0;
        long Drops(long records)
        {
            long before = (long)Math.Round(exact);
            return (long)Math.Round(exact += dropsOf(records)) - before;
        }

        long apart = timeline.Holes.Count <= MostLossSpans ? 0 : windowNs / MostLossSpans;
        List<LossSpan> spans = [];
        foreach (HoleFacts hole in timeline.Holes)
        {
            var span = new LossSpan(hole.FromNs - timeline.StartNs, hole.ToNs - timeline.StartNs, hole.Records is { } records ? Drops(records) : null);
            if (spans is [.., var last] && span.StartNs - last.StartNs < apart)
            {
                spans[^1] = new LossSpan(last.StartNs, Math.Max(last.EndNs, span.EndNs), last.Lost + span.Lost); // unknown with one that is unknown
            }
            else
            {
                spans.Add(span);
            }
        }

        return spans;
    }

    /// <summary>If first and last drop have one time and no window is known, there is no time axis to draw.</summary>
    private static string? InstantOf(CaptureFacts facts) => (facts.Window, facts.Drops) switch
    {
        ({ IsWindow: true } or { LengthNs: > 0 }, _) or (_, 0) => null,
        (var window, 1) => $"One {facts.Capture.Subject.One} at {Moment((facts.Capture.OpenedNs ?? 0) + window.StartNs)} of the trace clock",
        (_, var drops) => $"{facts.Capture.Subject.Counted(drops)} in one instant",
    };

    private static BarData SiteBars(ReportModel model) => new(
        "Sites",
        model.Facts.Sites.Select(s => new BarRow(
            FunctionWords.Short(s), model.IsByFunction ? "" : ReasonWords.Name(s.Reason), s.Drops, model.ColourName(s),
            s.Function is not null)).ToList(),
        model.Facts.Drops, model.Subject.None);

    /// <summary>Functions where no drop has a reason.</summary>
    public static BarData ReasonBars(ReportModel model) => model.IsByFunction
        ? SiteBars(model) with { Title = $"{model.Subject.Title} by function" }
        : new(
            $"{model.Subject.Title} by reason",
            model.Facts.Reasons.Select(r => new BarRow(
                ReasonWords.Name(r.Reason), r.Subsystem ?? "", r.Drops, ReasonWords.Name(r.Reason), ReasonWords.IsName(r.Reason))).ToList(),
            model.Facts.Drops, model.Subject.None);

    /// <summary>A driver that several rules named is one bar; unknown ones are separated by cause.</summary>
    public static BarData DriverBars(ReportModel model) => new(
        "Drivers",
        model.Facts.Drivers
            .GroupBy(d => (d.Name, Why: d.Driver is null ? d.Detail : null))
            .Select(g => new BarRow(g.Key.Name, DriverDetail(g.ToList()), g.Sum(d => d.Drops), null, g.Key.Name != "unknown"))
            .OrderByDescending(r => r.Count).ToList(),
        model.Facts.Drops, model.Subject.None);

    // Known interfaces matter more than the rule that found the driver; a guess is marked as one.
    private static string DriverDetail(List<DriverFacts> driver)
    {
        List<string> names = driver.SelectMany(d => d.Interfaces).Select(i => i.Name).OfType<string>().Distinct().ToList();
        string? inferred = driver.FirstOrDefault(d => d.Rule is not (DriverRule.Module or DriverRule.Interface))?.Detail;
        return names.Count == 0 ? driver[0].Detail : string.Join(", ", names) + (inferred is null ? "" : $": {inferred}");
    }

    private static BarData FlowBars(ReportModel model)
    {
        Dictionary<FlowFacts, string> marks = FlowWords.Marks(model.Facts.Flows);
        return new(
            "Flows",
            model.Facts.Flows.Select(f => new BarRow(f.Ends, string.Join(" · ", new[] { FlowWords.Detail(f), marks.GetValueOrDefault(f) }.OfType<string>()), f.Drops)).ToList(),
            model.Facts.Drops, model.Facts.Drops == 0 ? model.Subject.None : $"Unknown: {FlowWords.WhyNone(model.Facts.Capture)}.");
    }

    private static Tone ToneOf(string word) => word switch
    {
        "complete" => Tone.Good,
        "unproven" => Tone.Depends,
        _ => Tone.Harmful,
    };

    private static Tone ToneOf(Severity severity) => severity switch
    {
        Severity.Harmful => Tone.Harmful,
        Severity.Depends => Tone.Depends,
        _ => Tone.Harmless,
    };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
