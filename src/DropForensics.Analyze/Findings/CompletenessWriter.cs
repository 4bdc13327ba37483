using DropForensics.Analyze.Facts;
using DropForensics.Core.Store;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Says whether anything is missing, and on what evidence. Silence is never taken for completeness.</summary>
internal static class CompletenessWriter
{
    public static Completeness Of(CaptureFacts facts)
    {
        List<string> missing = [.. Lost(facts), .. Missed(facts), .. Disturbed(facts), .. Unparsed(facts), .. CutShort(facts)];
        if (missing.Count > 0)
        {
            return new Completeness("incomplete", "Data is missing: every number here is a lower bound.", [.. missing, .. Spared(facts), .. Scope(facts), .. EndedEarly(facts), .. WithoutStack(facts), .. LastLine(facts)]);
        }

        if (facts.Relief.Count > 0)
        {
            return new Completeness(
                "incomplete", "To spare the host, the agent gave up part of what was asked for.",
                [.. Spared(facts), .. facts.Losses.HasCounters || facts.Missed is not null ? new[] { "No drop was lost for it." } : [], .. Witness(facts), .. Scope(facts), .. EndedEarly(facts), .. WithoutStack(facts), .. LastLine(facts)]);
        }

        if (!facts.Losses.HasCounters && facts.Missed is null)
        {
            string why = facts.Capture.IsImport
                ? "The text holds no LOST line and every line could be read, but the kernel's own loss counters are not part of it: "
                    + "records lost before its first or after its last line would leave no trace."
                : "No LOST line was read, but the kernel's own loss counters are not in the capture.";
            return new Completeness("unproven", "No loss was seen; that there was none cannot be shown.", [why, .. Scope(facts), .. EndedEarly(facts), .. WithoutStack(facts), .. LastLine(facts)]);
        }

        return new Completeness(
            "complete", "Nothing was missed.",
            [.. Witness(facts), "No CPU's buffer lost a record, and every line could be read.", .. Scope(facts), .. EndedEarly(facts), .. WithoutStack(facts), .. LastLine(facts)]);
    }

    private static IEnumerable<string> Lost(CaptureFacts facts)
    {
        LossFacts losses = facts.Losses;
        if (!losses.Any)
        {
            yield break;
        }

        if (losses.Records > 0)
        {
            long drops = (losses.Records + losses.RecordsPerDrop - 1) / losses.RecordsPerDrop;
            string about = losses.RecordsPerDrop == 1 ? $"each one {facts.Capture.Subject.One}" : $"about {facts.Capture.Subject.Counted(drops)}, for a {facts.Capture.Subject.One} and its stack are two records";
            yield return $"The kernel lost {Count(losses.Records, "record")} on CPU {Cpus(facts, c => c.LostRecords)} because the buffer was full: {about}.";
        }

        if (losses.UncountedHoles > 0)
        {
            yield return $"At {Count(losses.UncountedHoles, "place")} on CPU {Cpus(facts, c => c.UncountedHoles)} the kernel lost records and could not count them.";
        }
    }

    private static string Cpus(CaptureFacts facts, Func<CpuFacts, long> lost) =>
        string.Join(", ", facts.Cpus.Where(c => lost(c) > 0).Select(c => c.Cpu));

    private static IEnumerable<string> Missed(CaptureFacts facts)
    {
        if (facts.Missed > 0)
        {
            yield return $"The kernel counted {facts.Capture.Subject.Counted(facts.Drops + facts.Missed.Value)}; {Count(facts.Missed.Value)} of them are not here.";
        }
        else if (facts.Missed < 0)
        {
            yield return $"The kernel counted {facts.Capture.Subject.Counted(-facts.Missed.Value)} fewer than are here: somebody cleared the instance that counts, so its word is void.";
        }
    }

    private static IEnumerable<string> Disturbed(CaptureFacts facts)
    {
        if (facts.Capture.Disturbance is { } disturbance)
        {
            yield return $"Another tool interfered while the window was open: {disturbance}.";
        }
    }

    private static IEnumerable<string> Witness(CaptureFacts facts)
    {
        if (facts.Capture.WitnessDrops is long counted)
        {
            string gates = counted == facts.Drops ? "" : "; the difference happened while the two gates moved";
            yield return $"The kernel itself counted {facts.Capture.Subject.Counted(counted)}, and {Count(facts.Drops)} are here{gates}.";
        }
    }

    private static IEnumerable<string> Unparsed(CaptureFacts facts)
    {
        if (facts.UnparsedLines > 0)
        {
            yield return $"{Count(facts.UnparsedLines, "line")} of {Count(facts.Lines.Sum(l => l.Lines))} could not be read: see the line ledger.";
        }
    }

    private static IEnumerable<string> CutShort(CaptureFacts facts)
    {
        if (facts.Capture.Ended == CaptureFacts.DiskNearlyFull)
        {
            yield return "The host's disk was nearly full, so the window ended before its time.";
        }

        if (facts.Capture.Ended == CaptureFacts.FileRemoved)
        {
            yield return "The capture file was taken away while it was written, so the window ended before its time; what had been recorded was written anew.";
        }

        if (facts.Capture.Ended is null)
        {
            yield return "The agent ended before it shut the window: what happened after its last write is not here.";
        }
    }

    private static IEnumerable<string> Spared(CaptureFacts facts)
    {
        foreach (ReliefFacts step in facts.Relief)
        {
            string rate = $"{facts.Capture.Subject.Counted(step.Rate)} a second{(facts.Capture.MaxRate is long allowed ? $", where {Count(allowed)} were allowed" : "")}";
            yield return step.Step switch
            {
                ReliefRow.Stacks => $"Stacks were given up {Duration(step.AtNs)} into the window, at {rate}: "
                    + $"{facts.Capture.Subject.Counted(facts.Losses.AfterStacks)} after that have none, and with them no driver and no way in.",
                ReliefRow.Window => $"The window was ended {Duration(step.AtNs)} after its beginning, at {rate}.",
                _ => $"Something was given up {Duration(step.AtNs)} into the window, at {rate}.",
            };
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
        if (facts.Capture.Filter is { Length: > 0 } filter)
        {
            yield return $"Only {facts.Capture.Subject.Many} that match the filter `{filter}` were recorded.";
        }
    }

    private static IEnumerable<string> WithoutStack(CaptureFacts facts)
    {
        if (facts.Losses.WithoutStack > 0)
        {
            yield return $"{facts.Capture.Subject.Counted(facts.Losses.WithoutStack)} of {Count(facts.Drops)} came without a stack.";
        }
    }

    private static IEnumerable<string> LastLine(CaptureFacts facts)
    {
        if (facts.LastLineMayBeCut)
        {
            yield return "The text does not end with a newline: its last line may be cut.";
        }
    }
}
