using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Knowledge;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Drops that the capture itself lacks.</summary>
internal static class LossFindings
{
    /// <summary>If the number of missing drops is unknown, it is assumed to be this part of the captured ones.</summary>
    private const double OfUnknown = 0.1;

    /// <param name="facts">Of the capture.</param>
    /// <param name="causes">The causes of the captured drops: the missing ones are probably as serious.</param>
    public static IEnumerable<Finding> Of(CaptureFacts facts, IReadOnlyList<Finding> causes)
    {
        if (facts.Completeness.Gaps.All(gap => gap.Stage == Stages.Sampling)) yield break; // that is no loss
        bool wasKilled = facts.Capture.Ended == WindowEnds.Killed;   // what was in the buffer then is lost, however large that is
        long missing = facts.Ledger.Sample is not null ? facts.Completeness.AtLeast : facts.Missed is > 0 ? facts.Missed.Value : (facts.Losses.Records + facts.Losses.RecordsPerDrop - 1) / facts.Losses.RecordsPerDrop;
        yield return new Finding
        {
            Id = "incomplete",
            Severity = Severity.Harmful,
            Title = facts is { Happened: { } happened, Ledger.Sample: null } ? $"The capture is incomplete: {Count(missing)} of {Count(happened, "drop")} are missing."
                : missing > 0 ? $"The capture is incomplete: about {Count(missing, "drop")} are missing, besides the {Count(facts.Drops)} captured here." : "The capture is incomplete.",
            Meaning = "Every count of drops in this report is a lower bound. The missing drops may be of other kinds, so shares may be wrong.",
            Drops = missing,
            Share = null,
            Evidence = [.. CompletenessWriter.Of(facts).Evidence.Select(sentence => new TextEvidence(sentence))],
            Causes = wasKilled ? ["The agent was killed: what had not been written by then is lost."] : missing > 0 ? ["Drops arrived faster than they could be read, and the buffer was too small for them."] : ["The agent or the text ended before the window did."],
            Checks = wasKilled ? [new KnownCheck("journalctl -k --grep 'killed process'", "whether the kernel killed the agent for want of memory")] :
            [
                new KnownCheck("capture --duration 10s --buffer 256MiB", "a shorter window with a larger buffer"),
                new KnownCheck("capture --duration 10s --no-stack", "without stacks, which are most of the volume"),
            ],
            Rank = causes.Select(c => c.Rank).DefaultIfEmpty(FindingOrder.Cause).Min(),
            Weight = facts.Drops == 0 ? FindingOrder.Weight(Severity.Harmful, Math.Max(1, missing))
                : causes.Max(c => c.Weight) * (missing > 0 ? (double)missing / facts.Drops : OfUnknown),
        };
    }
}
