using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>When records were lost, and what each raw line counts as.</summary>
internal static class LossesSection
{
    public static Section Of(ReportModel model) => new("losses", "Losses and the ledger of lines")
    {
        Short = "Losses, lines",
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
