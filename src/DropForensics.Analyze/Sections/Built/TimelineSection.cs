using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Core.Store;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>When packets were dropped.</summary>
internal static class TimelineSection
{
    public static Section Of(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        IEnumerable<Part> notes = facts.ClockNotes.Select(note => new Note(Clock(note), IsSmall: true));
        return new Section("timeline", "Timeline") switch
        {
            var section when !facts.Window.IsTime => section with { WhyNot = facts.Capture.WhyNoTime, Parts = [.. notes] },
            var section when facts.Drops == 0 && facts.Timeline.Holes.Count == 0 => section with { WhyNot = model.Subject.WhyNone, Parts = [.. notes] },
            var section => section with
            {
                Parts =
                [
                    new TimelinePart(new(() => ReportCharts.TimelineOf(model))),
                    .. facts.Ledger.IsSample ? [new Note(Sampled(facts))] : Array.Empty<Part>(),
                    .. facts.Drops > 0 ? [new SqlPart($"t_ns / {facts.Timeline.BinNs} as bin, {facts.Timeline.By}")] : Array.Empty<Part>(),
                    .. notes,
                ],
            },
        };
    }

    private static string Sampled(CaptureFacts facts) =>
        (facts.Relief.FirstOrDefault(step => step.Step == ReliefRow.Sample) is { AtNs: >= 1_000_000 } step ? $"From {Duration(step.AtNs)} on, this" : "This")
            + $" is a sample: a bar is as high as what was recorded, not as what was dropped.{(facts.Ledger.MissedBySampling is > 0 and var more ? $" The kernel counted {Count(more)} more." : "")}";

    private static string Clock(ClockNote note) => note.Kind == "suspend"
        ? $"At {Duration(note.AtNs)} the host had been suspended for {Duration(note.ByNs)}; the times here exclude that."
        : $"At {Duration(note.AtNs)} the host's wall clock had been set {(note.ByNs > 0 ? "forward" : "back")} by {Duration(Math.Abs(note.ByNs))}; "
            + "UTC times follow it from there; times since the start are unaffected.";
}
