using System.Globalization;
using DropForensics.Core.Store;

namespace DropForensics.Core.Ledger;

/// <summary>
/// Decides whether drops are missing, how many at least, and where. The agent and the analyzer share this verdict. Missing evidence never counts as
/// completeness, and a difference that the counting itself explains is never called a loss.
/// </summary>
public static class CompletenessJudge
{
    // On a host with very many of them only the first are named, to keep the sentence readable.
    private const int SpansNamed = 8, CardsNamed = 3;

    /// <summary>Judges a capture by its accounts; the same accounts always give the same result.</summary>
    public static Completeness Of(CompletenessLedger ledger)
    {
        var gaps = new List<Gap>();
        var evidence = new List<string>();
        Ring(ledger, gaps, evidence);
        Reader(ledger, gaps, evidence);
        Witness(ledger, gaps, evidence);
        Disturbed(ledger, gaps, evidence);
        Unparsed(ledger, gaps, evidence);
        CutShort(ledger, gaps, evidence);
        long atLeast = gaps.Sum(gap => gap.AtLeast ?? 0);
        BeforeTheStack(ledger, gaps, evidence);
        long bySampling = ledger.MissedBySampling;
        Gap[] leftOut = bySampling > 0 ? [new Gap(Stages.Sampling, null, null, bySampling)] : [];
        if (gaps.Count > 0)
        {
            return new Completeness(
                Completeness.Incomplete, gaps.Sum(gap => gap.AtLeast ?? 0), Missing(ledger, atLeast, gaps), [.. leftOut, .. gaps], [.. SampleOf(ledger), .. evidence, .. Frozen(ledger), .. Spared(ledger)])
            { BySampling = bySampling };
        }

        if (ledger.Relief.Count > 0 || bySampling > 0)
        {
            string[] nothing = ledger.HasRingCounters || ledger.Counted is not null ? [$"No {One(ledger)} was lost because of this."] : [];
            return new Completeness(
                Completeness.Incomplete, 0, bySampling > 0 ? $"To spare the host, the agent counted every {One(ledger)} and recorded a sample of them." : "To spare the host, the agent recorded less than requested.",
                leftOut, [.. SampleOf(ledger), .. Spared(ledger), .. nothing, .. Frozen(ledger), .. Agreement(ledger)])
            { BySampling = bySampling };
        }

        if (ledger.HeldRecords is { } held && Understood(ledger) is var understood)
        {
            return understood >= held
                ? new Completeness(
                    Completeness.Complete, 0, Nothing(ledger), [], [$"The head of the text counts {Count(held, "record")} written to the buffer, and all of them are in the text."])
                : new Completeness(
                    Completeness.Unproven, 0, "No loss was seen; that there was none cannot be shown.", [],
                    [$"The head of the text counts {Count(held, "record")} written to the buffer and none overwritten, but the text has only {Count(understood)} of them: it may be an excerpt."]);
        }

        if (!ledger.HasRingCounters && ledger.Counted is null)
        {
            string why = ledger.IsPerf
                ? "Every line was parsed and none reports a loss, but perf script shows losses only with --show-lost-events, and perf's other loss counts "
                    + "are not part of the text."
                : ledger.IsImport
                ? "The text has no LOST line and every line was parsed, but the kernel's own loss counters are not part of it: "
                    + "records lost before its first or after its last line would leave no trace."
                : "No LOST line was read, but the kernel's own loss counters are not in the capture.";
            return new Completeness(Completeness.Unproven, 0, "No loss was seen; that there was none cannot be shown.", [], [why]);
        }

        return new Completeness(
            Completeness.Complete, 0, Nothing(ledger), [], [.. Agreement(ledger), .. Frozen(ledger), "No CPU's buffer lost a record, and every line was parsed."]);
    }

    private static string Nothing(CompletenessLedger ledger) => ledger.HitsOf is null ? "No drop event was missed." : "No hit was missed.";

    // The accounts of a merged stream's CPUs count its drops again.
    private static long Understood(CompletenessLedger ledger) => ledger.Captured + ledger.Cpus.Sum(cpu => cpu.OtherEvents + cpu.Stacks);

    private static string Missing(CompletenessLedger ledger, long atLeast, List<Gap> gaps)
    {
        if (gaps.All(gap => gap.Stage == Stages.BeforeTheStack)) return "Packets were lost before the stack saw them: every number here is a lower bound.";
        if (ledger.MissedBySampling > 0)
        {
            return atLeast > 0 ? $"At least {Drops(ledger, atLeast)} {(atLeast == 1 ? "is" : "are")} missing, and what was recorded is a sample: every number here is a lower bound."
                : "Data is missing, and what was recorded is a sample: every number here is a lower bound.";
        }

        return atLeast > 0
            ? $"At least {Drops(ledger, atLeast)} {(atLeast == 1 ? "is" : "are")} missing: every number here is a lower bound."
            : "Data is missing: every number here is a lower bound.";
    }

    private static void Ring(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        IReadOnlyList<CpuDrops> lost = ledger.DropsLost();
        gaps.AddRange(lost.Select(each => new Gap(Stages.Ring, each.Cpu, null, each.Drops)));
        if (lost.Count > 0)
        {
            long drops = lost.Sum(each => each.Drops);
            string about = ledger.HasOthers ? drops > 0 ? $"at least {Drops(ledger, drops)} among them; the others may be of other events" : "they may all be of other events"
                : ledger.HasStacks
                ? $"at least {Drops(ledger, drops)}, because a {One(ledger)} and its stack are two records" : $"each one {One(ledger)}";
            string where = Where(ledger, cpu => cpu.RecordsLost > 0);
            evidence.Add($"The kernel lost {Count(ledger.RecordsLost, "record")}{(where.Length > 0 ? $" on CPU {where}" : "")} because the buffer was full: {about}."
                + (ledger.IsImport ? "" : " A larger `--buffer` holds more."));
        }

        if (ledger.UncountedHoles > 0)
        {
            gaps.AddRange(ledger.Cpus.Where(cpu => cpu.UncountedHoles > 0).Select(cpu => new Gap(Stages.Ring, cpu.Cpu, null, null)));
            evidence.Add($"At {Count(ledger.UncountedHoles, "place")} on CPU {Where(ledger, cpu => cpu.UncountedHoles > 0)} the kernel lost records and could not count them.");
        }

        // Of an agent that was killed they are among the lost ones.
        if (ledger.Ended != WindowEnds.Killed && ledger.Cpus.Sum(cpu => cpu.RecordsLeft ?? 0) is > 0 and var left)
        {
            gaps.AddRange(ledger.Cpus.Where(cpu => cpu.RecordsLeft > 0).Select(cpu => new Gap(Stages.Ring, cpu.Cpu, null, Least(ledger, cpu, cpu.RecordsLeft ?? 0))));
            evidence.Add($"{Count(left, "record")} on CPU {Where(ledger, cpu => cpu.RecordsLeft > 0)} {(left == 1 ? "was" : "were")} discarded unread.");
        }
    }

    private static void Reader(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        CpuAccount[] missed = [.. ledger.Cpus.Where(cpu => cpu.RecordsMissedByReader > 0)];
        if (missed.Length == 0) return;
        gaps.AddRange(missed.Select(cpu => new Gap(Stages.Reader, cpu.Cpu, null, Least(ledger, cpu, cpu.RecordsMissedByReader, cpu.RecordsLeft ?? 0))));
        evidence.Add($"The kernel returned {Count(missed.Sum(cpu => cpu.RecordsMissedByReader), "record")} on CPU "
            + $"{Where(ledger, cpu => cpu.RecordsMissedByReader > 0)} that no line shows.");
    }

    private static void Witness(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        if (ledger.Missed is not { } missed || missed == 0) return;
        if (missed < 0)
        {
            gaps.Add(new Gap(Stages.Window, null, null, null));
            evidence.Add($"The kernel counted {Drops(ledger, -missed)} fewer than were captured{(ledger.Filtered > 0 ? " or left out" : "")}: the counting instance was reset, so its count is unusable.");
            return;
        }

        long unexplained = missed - ledger.AllSlack - gaps.Sum(gap => gap.AtLeast ?? 0);
        // Of an agent that was killed the last second is not stored; it is not known how long the gate was open in it.
        bool endsEarly = ledger is { WriteFailure: not null } or { Ended: WindowEnds.WriteError } or { Ended: WindowEnds.Killed, Sample: not null };
        if (unexplained > 0) gaps.Add(new Gap(endsEarly ? Stages.File : Stages.Unexplained, null, null, unexplained));
        evidence.Add($"{(ledger.Sample is null ? "The kernel" : ledger.Untold > 0 ? "While the gate was open, and after the last write, the kernel" : "While the gate was open, the kernel")} counted {Drops(ledger, ledger.CountedInside ?? 0)}; {Count(missed)} of them were not captured{(ledger.Filtered > 0 ? $", beside {Count(ledger.Filtered)} that the filter left out" : "")}"
            + $"{(unexplained > 0 && unexplained < missed && !endsEarly ? $", and {Count(unexplained)} of those are unexplained" : "")}.");
    }

    private static void Disturbed(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        if (ledger.Disturbance is not { } disturbance) return;
        gaps.Add(new Gap(Stages.Window, null, null, null));
        evidence.Add($"Another tool interfered during the window: {disturbance}.");
    }

    private static void Unparsed(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        if (ledger.UnparsedLines > 0)
        {
            gaps.AddRange(ledger.Cpus.Where(cpu => cpu.UnparsedLines > 0).Select(cpu => new Gap(Stages.Unparsed, cpu.Cpu, null, null)));
            evidence.Add($"{Count(ledger.UnparsedLines, "line")} of {Count(ledger.Cpus.Sum(cpu => cpu.Lines))} could not be parsed; the raw text has them.");
        }

        if (ledger.FaultyStreams > 0)
        {
            gaps.Add(new Gap(Stages.Unparsed, null, null, null));
            evidence.Add($"The text of {Count(ledger.FaultyStreams, "CPU")} could not be decoded to its end because of a decoder bug; the raw text is complete.");
        }
    }

    private static void CutShort(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        string? told = ledger switch
        {
            { WriteFailure: { } why } => $"The file ends early: {why.TrimEnd('.')}.",
            { Ended: WindowEnds.WriteError } => "The file ends early: writing it failed.",
            { Ended: WindowEnds.AgentError } => "The agent failed during recording: nothing after that was captured.",
            { Ended: WindowEnds.DiskNearlyFull } => "The host's disk was nearly full, so the window ended early.",
            { Ended: WindowEnds.FileRemoved } =>
                "The capture file was removed during the capture, so the window ended early; the data recorded so far was written again.",
            { Ended: WindowEnds.Killed } => "The agent was killed before it closed the window: nothing after its last write was captured.",
            { Ended: null } => "The agent ended before it closed the window: nothing after its last write was captured.",
            _ => null,
        };
        if (told is null) return;
        gaps.Add(new Gap(ledger is { Ended: WindowEnds.DiskNearlyFull or WindowEnds.FileRemoved, WriteFailure: null } ? Stages.Window : Stages.File, null, null, null));
        evidence.Add(told);
    }

    private static void BeforeTheStack(CompletenessLedger ledger, List<Gap> gaps, List<string> evidence)
    {
        gaps.AddRange(ledger.BeforeTheStack.Select(lost => new Gap(Stages.BeforeTheStack, null, lost.Interface, lost.Packets)));
        UnseenPackets[] most = [.. ledger.BeforeTheStack.OrderByDescending(lost => lost.Packets)];
        foreach (UnseenPackets lost in most.Take(CardsNamed))
        {
            evidence.Add($"The card behind `{lost.Interface}` dropped {Count(lost.Packets, "packet")} before the stack saw them (`{lost.Counter}`): no capture of the stack can contain them.");
        }

        if (most.Length > CardsNamed)
        {
            evidence.Add($"Cards behind {Count(most.Length - CardsNamed, "more interface")} dropped {Count(most.Skip(CardsNamed).Sum(lost => lost.Packets), "packet")} as well.");
        }
    }

    private static IEnumerable<string> Spared(CompletenessLedger ledger)
    {
        foreach (ReliefRow step in ledger.Relief)
        {
            string rate = $"{(ledger.HasOthers ? $"{Drops(ledger, step.Rate)} and other events" : Drops(ledger, step.Rate))} a second{(ledger.MaxRate is { } allowed ? $", where {Count(allowed)} were allowed" : "")}";
            string when = string.Create(CultureInfo.InvariantCulture, $"{step.TNs / 1e9:0.##} s");
            yield return step.Step switch
            {
                ReliefRow.Stacks when step.WasBefore => $"Stacks had been turned off before this window began, at {rate}: {Drops(ledger, ledger.AfterStacks)} have none, and therefore no driver and no origin.",
                ReliefRow.Sample when step.WasBefore => $"Before this window began, at {rate}, the agent had begun to record only a sample.",
                ReliefRow.Stacks => $"Stacks were turned off {when} into the window, at {rate}: {Drops(ledger, ledger.AfterStacks)} after that have none, and therefore "
                    + "no driver and no origin.",
                ReliefRow.Sample => $"From {when} into the window on, only a sample was recorded, at {rate}.",
                ReliefRow.Window => $"The window was ended {when} after its start, at {rate}.",
                _ => $"Part of the recording was turned off {when} into the window, at {rate}.",
            };
        }
    }

    /// <summary>What the sample is, with its share.</summary>
    private static IEnumerable<string> SampleOf(CompletenessLedger ledger)
    {
        if (ledger is not { Sample: { } sample, MissedBySampling: > 0 and var left } || (ledger.Counted ?? sample.Counted) is not { } counted) yield break;
        long recorded = ledger.Captured + ledger.Filtered;
        double percent = 100.0 * recorded / Math.Max(1, counted);
        string share = percent.ToString(percent >= 10 ? "0.0" : percent >= 1 ? "0.00" : "0.000", CultureInfo.InvariantCulture);
        yield return $"{(ledger.HitsOf is null ? "Flows and stacks" : "Callers and stacks")}: a sample, {share} % of {Drops(ledger, counted)}, in {Count(sample.Spans, "span")}; "
            + $"{Count(left)} were counted by the kernel and left out on purpose. Where more came at once, a smaller share of them was recorded.";
    }

    /// <summary>How the ring of <c>--freeze</c> was frozen.</summary>
    private static IEnumerable<string> Frozen(CompletenessLedger ledger)
    {
        if (ledger.Frozen is not { } frozen) yield break;
        if (frozen.ByKernel) yield return "The kernel itself stopped the recording, at the drop that was waited for.";
        if (frozen.EarlierDrops > 0) yield return $"Only the newest drops were kept, as asked: {Drops(ledger, frozen.EarlierDrops)} before them {(frozen.EarlierDrops == 1 ? "was" : "were")} counted and not kept.";
    }

    private static IEnumerable<string> Agreement(CompletenessLedger ledger)
    {
        if (ledger.CountedInside is not { } counted) yield break;
        string gates = counted == ledger.Captured + ledger.Filtered ? "" : "; the difference happened while the two gates moved";
        yield return $"{(ledger.Sample is null ? "The kernel itself" : "While the gate was open, the kernel itself")} counted {Drops(ledger, counted)}, and {Count(ledger.Captured)} were captured{LeftOut(ledger)}{gates}.";
    }

    private static string LeftOut(CompletenessLedger ledger) => ledger.Filtered == 0 ? ""
        : $"; {Count(ledger.Filtered)} were left out by the filter, as asked{(ledger.FilteredUnseen == 0 ? "" : $", {Count(ledger.FilteredUnseen)} of them because they carry no packet to compare")}";

    /// <summary>Numbers of CPUs: <c>0, 2–5</c>.</summary>
    private static string Where(CompletenessLedger ledger, Func<CpuAccount, bool> has)
    {
        List<(int First, int Last)> spans = [];
        foreach (int cpu in ledger.Cpus.Where(has).Select(cpu => cpu.Cpu).OfType<int>().Order())
        {
            if (spans is [.., var span] && span.Last == cpu - 1) spans[^1] = (span.First, cpu);
            else spans.Add((cpu, cpu));
        }

        string named = string.Join(", ", spans.Take(SpansNamed).Select(span => (span.Last - span.First) switch
        {
            0 => $"{span.First}",
            1 => $"{span.First}, {span.Last}",
            _ => $"{span.First}–{span.Last}",
        }));
        return spans.Count <= SpansNamed ? named : $"{named} and {Count(spans.Skip(SpansNamed).Sum(span => span.Last - span.First + 1), "other")}";
    }

    /// <summary>
    /// Drops that must be among records of one CPU. Each may be an event and its stack. If there are other events among them, only the count of the drops
    /// tells how many are missing; the lost records and those before these have had their share of it. Null: unknown.
    /// </summary>
    private static long? Least(CompletenessLedger ledger, CpuAccount cpu, long records, long before = 0)
    {
        long drops = ledger.HasStacks ? records / 2 : records;
        return !ledger.HasOthers ? drops : ledger.Missing(cpu) is not { } missing ? null
            : Math.Clamp(missing - ledger.LostOn(cpu) - (before > 0 ? Least(ledger, cpu, before) ?? 0 : 0), 0, drops);
    }

    private static string One(CompletenessLedger ledger) => ledger.HitsOf is null ? "drop" : "hit";

    private static string Drops(CompletenessLedger ledger, long count) => Count(count, One(ledger));

    private static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Count(long count, string one) => $"{Count(count)} {(count == 1 ? one : one + "s")}";
}
