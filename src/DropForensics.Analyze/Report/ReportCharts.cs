using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Report;

/// <summary>The drawings of a report. Page and pictures are drawn from the same data.</summary>
internal static class ReportCharts
{
    private const double PageWidth = 1100;
    private const double PictureWidth = 800;

    /// <summary>Drops over time, as wide as the page.</summary>
    public static Drawing Timeline(ReportModel model) => TimelineChart.Draw(TimelineOf(model.Facts), model.Colours, PageWidth, 260);

    /// <summary>Each picture file by its name.</summary>
    public static IReadOnlyList<(string Name, Func<Drawing> Draw)> Pictures(ReportModel model) =>
    [
        ("summary.png", () => Summary(model)),
        ("timeline.png", () => TimelineChart.Draw(TimelineOf(model.Facts), model.Colours, PictureWidth, 320)),
        ("reasons.png", () => BarChart.Draw(ReasonBars(model.Facts), model.Colours, PictureWidth / 2)),
        ("drivers.png", () => BarChart.Draw(DriverBars(model.Facts), model.Colours, PictureWidth / 2)),
    ];

    private static Drawing Summary(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        CaptureInfo capture = facts.Capture;
        var completeness = model.Verdict.Completeness;
        return SummaryPicture.Draw(
            new SummaryData(
                Prose.Plain($"{model.Verdict.Headline} {model.Verdict.Cause}"),
                new CompletenessLine(ToneOf(completeness.Word), Capital(completeness.Word), completeness.Sentence),
                TimelineOf(facts), SiteBars(facts), DriverBars(facts), new BarData("Flows", [], facts.Drops, FlowsUnknown(capture)),
                new CaptureFooter(
                    capture.HostName ?? "unknown", capture.KernelRelease ?? "unknown",
                    facts.Window.IsTime ? Duration(facts.Window.LengthNs) : "unknown", capture.Probe, capture.Sha256, model.Version)),
            model.Colours);
    }

    private static TimelineData TimelineOf(CaptureFacts facts)
    {
        TimelineFacts timeline = facts.Timeline;
        int bins = timeline.Series.Count == 0 ? 1 : timeline.Series[0].Drops.Count;
        long window = facts.Window.IsWindow ? Math.Max(1, facts.Window.EndNs - timeline.StartNs) : bins * timeline.BinNs;
        return new TimelineData(
            window, timeline.BinNs,
            timeline.Series.Select(s => new ReasonSeries(ReportModel.ReasonName(s.Reason), s.Drops)).ToList(),
            timeline.Holes.Select(h => new LossSpan(h.FromNs - timeline.StartNs, h.ToNs - timeline.StartNs, h.Records)).ToList(),
            facts.Window.StartUtc, InstantOf(facts));
    }

    /// <summary>Where first and last drop have one time and no window is known, there is no line of time to draw.</summary>
    private static string? InstantOf(CaptureFacts facts) => (facts.Window, facts.Drops) switch
    {
        ({ IsWindow: true } or { LengthNs: > 0 }, _) or (_, 0) => null,
        (var window, 1) => $"One drop at {Moment((facts.Capture.OpenedNs ?? 0) + window.StartNs)} of the trace clock",
        (_, var drops) => $"{Count(drops)} drops in one instant",
    };

    private static BarData SiteBars(CaptureFacts facts) => new(
        "Sites",
        facts.Sites.Select(s => new BarRow(
            s.Function ?? "unknown", ReportModel.ReasonName(s.Reason), s.Drops, ReportModel.ReasonName(s.Reason), s.Function is not null)).ToList(),
        facts.Drops, "No drop was captured.");

    private static BarData ReasonBars(CaptureFacts facts) => new(
        "Drops by reason",
        facts.Reasons.Select(r => new BarRow(
            ReportModel.ReasonName(r.Reason), r.Subsystem ?? "", r.Drops, ReportModel.ReasonName(r.Reason), ReportModel.IsName(r.Reason))).ToList(),
        facts.Drops, "No drop was captured.");

    private static BarData DriverBars(CaptureFacts facts) => new(
        "Drivers",
        facts.Drivers.Select(d => new BarRow(
            d.Name, d.Detail, d.Drops, null, d.Driver is not null || d.Candidates is not null)).ToList(),
        facts.Drops, "No drop was captured.");

    private static string FlowsUnknown(CaptureInfo capture) => capture.Probe == "tracepoint"
        ? "Unknown: the event does not carry the packet's bytes."
        : "Unknown: this version does not read addresses.";

    private static Tone ToneOf(string word) => word switch
    {
        "complete" => Tone.Good,
        "unproven" => Tone.Depends,
        _ => Tone.Harmful,
    };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
