using System.Globalization;
using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using DropForensics.Core.Ledger;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>What happened beside what is here, by everybody who counted.</summary>
internal static class CompletenessSection
{
    public static Section Of(ReportModel model)
    {
        CompletenessLedger ledger = model.Facts.Ledger;
        return new Section("completeness", "Completeness")
        {
            Parts =
            [
                ledger.Cpus.Count == 0 ? new Absent("Accounts by CPU", "nothing was read and nothing was counted") : Accounts(model),
                .. ledger is { Cpus.Count: > 0, CountedInside: { } counted } ? [new Note(Sum(model.Facts, counted), IsSmall: true)] : Array.Empty<Part>(),
                .. model.Facts.KernelCounts.Count > 0 ? [ByReason(model)] : Array.Empty<Part>(),
                model.Facts.Counters.Count == 0 ? new Absent("The host's own counters", NoCounters(model.Facts)) : Counters(model),
            ],
        };
    }

    private static ReportTable Accounts(ReportModel model)
    {
        // Where not all are shown, those that miss or lost something are.
        IReadOnlyList<CpuAccount> all = model.Facts.Ledger.Cpus;
        bool isSample = model.Facts.Ledger.Sample is not null;
        IEnumerable<CpuAccount> cpus = all.Count <= model.Limits.Rows
            ? all
            : all.OrderByDescending(cpu => Math.Max((cpu.Sampled ?? cpu.Counted) - cpu.Captured ?? 0, 0) + cpu.RecordsLost + cpu.UncountedHoles + cpu.UnparsedLines).Take(model.Limits.Rows);
        return new ReportTable(
            "What the kernel counted, what its ring returned and lost, and what was read and parsed, by CPU."
                + (model.Facts.Ledger.HasStacks ? $" A {model.Subject.One} and its stack are one ring record each." : ""),
            [
                new("CPU"), new("Kernel counted", ColumnKind.Count), .. (isSample ? [new Column("Not in the sample", ColumnKind.Count)] : Array.Empty<Column>()),
                new("Captured", ColumnKind.Count), new("Missing", ColumnKind.Count), new("Records read", ColumnKind.Count),
                new("Stacks", ColumnKind.Count), new("Orphans", ColumnKind.Count), new("Records lost", ColumnKind.Count), new("Lines unread", ColumnKind.Count),
            ],
            [.. cpus.Select(cpu => new Row(
                [
                new TextCell(cpu.Cpu is int number ? $"CPU {number}" : "all, merged") { SortBy = cpu.Cpu ?? -1 },
                new CountCell(cpu.Counted), .. (isSample ? [new CountCell(cpu.Counted - cpu.Sampled)] : Array.Empty<Cell>()), new CountCell(cpu.Captured),
                new CountCell((cpu.Sampled ?? cpu.Counted) - cpu.Captured - cpu.Filtered), // the two gates leave a difference that only all CPUs together can judge
                new CountCell(cpu.RecordsRead), new CountCell(cpu.Stacks), new CountCell(cpu.OrphanStacks), new CountCell(cpu.RecordsLost) { IsOpen = cpu.UncountedHoles > 0 },
                new CountCell(cpu.UnparsedLines),
                ]))])
        { Total = all.Count };
    }

    private static string Sum(CaptureFacts facts, long counted)
    {
        CompletenessLedger ledger = facts.Ledger;
        return facts.Missed is null or > 0 && ledger.DropsLost().Sum(l => l.Drops) is var lost
            ? $"Captured {Count(ledger.Captured)}, lost in the ring at least {Count(lost)}: {Count(ledger.Captured + lost)} of {Count(counted - ledger.Filtered)} that the kernel counted{LeftOut(ledger)}."
            : $"Captured {Count(ledger.Captured)} of {Count(counted - ledger.Filtered)} that the kernel counted{LeftOut(ledger)}; {Between(ledger)}.";
    }

    private static string LeftOut(CompletenessLedger ledger) => (ledger.Sample is null ? "" : " while the gate was open")
        + (ledger.Filtered == 0 ? "" : $" beside {Count(ledger.Filtered)} that the filter left out");

    private static string Between(CompletenessLedger ledger) =>
        ledger.AllSlack == 0 ? "none happened between the two gates" : $"up to {Count(ledger.AllSlack)} may have happened between the two gates";

    private static ReportTable ByReason(ReportModel model) => new(
        model.Facts.Ledger.Sample is null
            ? $"Drops that the kernel counted by reason and location (a hist trigger, which ring overruns do not affect), and those captured; {Between(model.Facts.Ledger)}."
            : "Every drop of the window, which the kernel counted by reason and location (a hist trigger: neither the sample nor ring overruns affect it), and those captured.",
        [new("Reason"), new("Location", ColumnKind.Name), new("Kernel counted", ColumnKind.Count), new("Captured", ColumnKind.Count), new(model.Facts.Ledger.Sample is null ? "Missing" : "Not captured", ColumnKind.Count)],
        [.. model.Facts.KernelCounts.Take(model.Limits.Rows).Select(c => new Row(
            c.Reason is null && c.Value is long number ? new TextCell($"number {number}") { IsMuted = true } : new ReasonCell(c.Reason),
            new NameCell(c.Location), new CountCell(c.Counted), new CountCell(c.Captured), new CountCell(c.Counted - c.Captured)))])
    { Total = model.Facts.KernelCounts.Count };

    private static ReportTable Counters(ReportModel model)
    {
        // Where not all are shown, those that findings speak of are.
        IReadOnlyList<CounterFacts> all = model.Facts.Counters;
        IEnumerable<CounterFacts> counters = all.Count <= model.Limits.Rows ? all : CounterWords.ByWeight(all).Take(model.Limits.Rows);
        return new ReportTable(
            "Growth of the host's own network counters, next to the captured drops they should agree with. They were read "
                + "shortly before the gate opened and shortly after it was shut, so a slightly higher count is no loss.",
            [new("Namespace"), new("Counter", ColumnKind.Name), new("Counted", ColumnKind.Count), new("Traced", ColumnKind.Count), new("Together")],
            [.. counters.Select(c => new Row(
                new TextCell(c.Netns?.ToString(CultureInfo.InvariantCulture) ?? "whole host") { Notes = c.Interface is null ? [] : [c.Interface] },
                new NameCell(c.Counter) { Notes = [c.Meaning] }, new CountCell(c.Counted),
                new TextCell(CounterWords.Traced(c)) { SortBy = c.AtLeast ?? -1 }, new TextCell(CounterWords.Together(c, model.Facts.LacksDrops))))])
        { Total = all.Count };
    }

    private static string NoCounters(CaptureFacts facts) => facts.Capture switch
    {
        _ when facts.Selection is not null => "they count all drops, and this is a selection",
        { IsImport: true } => "the text does not have them",
        { HitsOf: not null } => "they count drops, and hits were recorded",
        _ => "no drop counter changed during the window, or the capture has none",
    };
}

/// <summary>When records were lost, and what each raw line counts as.</summary>
internal static class LossesSection
{
    public static Section Of(ReportModel model) => new("losses", "Losses and the ledger of lines")
    {
        Short = "Losses",
        Parts =
        [
            (model.Facts.Timeline.Holes.Count > 0 ? (Part)Holes(model)
                : new Absent("Gaps in the stream", "the kernel printed no LOST line" + (model.Facts.Losses.HasCounters ? "" : "; its own loss counters are not in this capture")))
                with { Width = Width.Half },
            (model.Facts.Lines.Count > 0 ? (Part)Lines(model) : new Absent("Lines", "the capture keeps no ledger of its raw lines")) with { Width = Width.Half },
            .. model.Facts.Unparsed.Count > 0 ? [new Heading("Lines that could not be read"), Unparsed(model)] : Array.Empty<Part>(),
        ],
    };

    private static ReportTable Holes(ReportModel model) => new(
        $"LOST lines: records of a CPU are missing between these two. A {model.Subject.One} and its stack are two records.",
        [new("CPU"), new("From", ColumnKind.Time), new("To", ColumnKind.Time), new("Records", ColumnKind.Count)],
        [.. model.Facts.Timeline.Holes.Take(model.Limits.Rows).Select(h => new Row(
            new TextCell(h.Cpu < 0 ? "all CPUs" : $"CPU {h.Cpu}") { SortBy = h.Cpu }, model.At(h.FromNs), model.At(h.ToNs), new CountCell(h.Records)))])
    { Total = model.Facts.Timeline.Holes.Count };

    // A forged file may have any numbers.
    private static ReportTable Lines(ReportModel model) => new(
        $"Every one of {Count((long)Math.Min(model.Facts.Lines.Sum(l => (decimal)l.Lines), long.MaxValue), "raw line")} has exactly one kind.", [new("Kind"), new("Lines", ColumnKind.Count)],
        [.. model.Facts.Lines.Select(l => new Row(new NameCell(l.Kind) { Notes = [LineKinds.Describe(l.Kind, model.Subject)] }, new CountCell(l.Lines)))]);

    private static ReportTable Unparsed(ReportModel model) => new(
        $"{Count(model.Facts.UnparsedLines, "line")}{(model.Facts.UnparsedLines > model.Facts.Unparsed.Count ? ", some of each kind" : "")}.",
        [new("Line"), new("Kind"), new("Text", ColumnKind.Name)],
        [.. model.Facts.Unparsed.Take(model.Limits.Rows).Select(l => new Row(
            new TextCell($"{(l.Cpu is int cpu ? $"CPU {cpu}: " : "")}{Count(l.Line)}") { SortBy = l.Line }, new NameCell(l.Kind), new NameCell(TextCut.End(l.Text, PageLimits.LineLength))))])
    { Total = model.Facts.UnparsedLines };
}
