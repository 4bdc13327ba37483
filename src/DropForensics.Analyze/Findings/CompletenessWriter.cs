using DropForensics.Analyze.Facts;
using DropForensics.Core.Ledger;
using DropForensics.Core.Recording;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Adds to the judgement what the numbers leave out: filtered drops, missing stacks, an early end.</summary>
internal static class CompletenessWriter
{
    private const int ReasonsNamed = 5;

    public static Completeness Of(CaptureFacts facts) => facts.Completeness with
    {
        Sentence = $"{facts.Completeness.Sentence}{WithoutEvent(facts)}",
        Evidence = [.. facts.Completeness.Evidence, .. Exact(facts), .. Most(facts), .. Scope(facts), .. EndedEarly(facts), .. WithoutStack(facts), .. LastLine(facts), .. Unread(facts)],
    };

    // A capture may have every drop event and still not all losses: some are only counted.
    private static string WithoutEvent(CaptureFacts facts) => CounterFindings.Of(facts).Sum(finding => finding.Drops) switch
    {
        0 => "",
        1 => " One loss that has no event is among the findings.",
        var lost => $" {Count(lost)} losses that have no event are among the findings.",
    };

    /// <summary>Of a sample: what the kernel counted by reason in the whole window, if it did.</summary>
    private static IEnumerable<string> Exact(CaptureFacts facts)
    {
        if (facts.Completeness.BySampling == 0) yield break;
        if (facts.KernelCounts.Count == 0)
        {
            yield return "The kernel's count is exact, but only of all together: it has no hist triggers, which count by reason and location.";
            yield break;
        }

        (string Name, long Drops)[] reasons = [.. facts.KernelCounts.GroupBy(c => c.Reason ?? (c.Value is { } value ? $"reason number {value}" : "without a reason"))
            .Select(g => (g.Key, g.Sum(c => c.Counted))).OrderByDescending(r => r.Item2)];
        string rest = reasons.Length > ReasonsNamed ? $", {Count(reasons.Skip(ReasonsNamed).Sum(r => r.Drops))} of other reasons" : "";
        yield return $"Exact, by the kernel's own count of the whole window: {string.Join(", ", reasons.Take(ReasonsNamed).Select(r => $"`{r.Name}` {Count(r.Drops)}"))}{rest}.";
    }

    /// <summary>What most of the missing drops were, if the kernel counted by reason and location.</summary>
    private static IEnumerable<string> Most(CaptureFacts facts)
    {
        if (facts.Completeness is { AtLeast: > 0, BySampling: 0 } && facts.KernelCounts is [var most, ..] && most.Counted - most.Captured is > 0 and var missing && missing > facts.Ledger.AllSlack)
        {
            string what = most.Reason is { } name ? $"`{name}`" : most.Value is { } value ? $"reason number {value}" : "drops";
            yield return $"By the kernel's own count by reason, {Count(missing)} of the missing drops were {what}{(most.Location is { } at ? $" at `{at}`" : "")}.";
        }
    }

    private static IEnumerable<string> EndedEarly(CaptureFacts facts)
    {
        if (facts is { Capture: { WindowNs: long asked, Ended: { } ended and not "duration" }, Window: { IsWindow: true, IsTime: true } window }
            && window.LengthNs < asked)
        {
            yield return $"The window ended early, after {Duration(window.LengthNs)} of {Duration(asked)}: {ended}.";
        }
    }

    private static IEnumerable<string> Scope(CaptureFacts facts)
    {
        if (facts.Capture is { IsImport: false, ProbeWhy: { } why } capture && (!capture.TellsInterfaces || capture.Packets == "none"))
        {
            yield return $"The probe was the {capture.Probe}: {why.TrimEnd('.')}.";
        }

        if (facts.Selection is { } part)
        {
            yield return $"This is a selection by `{part.Expression}`: {Count(part.Drops)} of {Count(part.Of)} captured {facts.Capture.Subject.Many}."
                + (part.WithoutPacket == 0 ? "" : $" {facts.Capture.Subject.CountedOf(part.WithoutPacket)} {(part.WithoutPacket == 1 ? "carries" : "carry")} no packet to compare and {(part.WithoutPacket == 1 ? "is" : "are")} left out.")
                + " What the kernel and the host's counters counted is of all, and is not compared with the selection.";
        }

        if (facts.Capture.Scope is { } filter)
        {
            yield return $"Only {facts.Capture.Subject.Many} that match the filter `{filter}` were recorded.";
        }
    }

    private static IEnumerable<string> WithoutStack(CaptureFacts facts)
    {
        if (facts.Losses.WithoutStack > 0)
        {
            yield return $"{facts.Capture.Subject.Counted(facts.Losses.WithoutStack)} of {Count(facts.Selection?.Of ?? facts.Drops)} came without a stack.";
        }
    }

    private static IEnumerable<string> Unread(CaptureFacts facts) =>
        UnreadEvidence.Sentence(Of(facts, "before"), Of(facts, "after")) is { } sentence ? [sentence] : [];

    private static UnreadEvidence[] Of(CaptureFacts facts, string phase) =>
        [.. facts.Unread.Where(each => each.Phase == phase).Select(each => new UnreadEvidence(each.What, each.Why))];

    private static IEnumerable<string> LastLine(CaptureFacts facts)
    {
        if (facts.LastLineMayBeCut)
        {
            yield return "The text does not end with a newline: its last line may be cut.";
        }
    }
}
