using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>Who sent to whom, and what the packets were for.</summary>
internal static class FlowsSection
{
    public static Section Of(ReportModel model)
    {
        string? whyNot = model.Facts.Drops == 0 ? model.Subject.WhyNone : model.Facts.WithFlow == 0 ? FlowWords.WhyNone(model.Facts.Capture) : null;
        return new Section("flows", "Flows") { WhyNot = whyNot, Parts = whyNot is null ? [Flows(model) with { IsOnTerminal = true }, Services(model) with { Width = Width.Half }] : [] };
    }

    private static ReportTable Flows(ReportModel model)
    {
        Dictionary<FlowFacts, string> marks = FlowWords.Marks(model.Facts.Flows);
        return DropTable.Of(
            model, Dimension.Flows, Caption(model),
            [
                new("Flow", ColumnKind.Name, f => new NameCell(f.Ends) { Notes = [.. Lines(FlowWords.Within(f)), .. Lines(marks.GetValueOrDefault(f))] }),
                .. DropTable.Drops(model, Dimension.Flows),
                new("What it is", ColumnKind.Text, f => new TextCell(string.Join(" · ", [FlowWords.Detail(f), .. Lines(marks.GetValueOrDefault(f))]))) { Use = ColumnUse.Terminal },
                new("Protocol", ColumnKind.Text, f => new TextCell(FlowWords.Kind(f)) { Notes = Lines(FlowWords.Tag(f.Vlan)) }) { Use = ColumnUse.Page },
                new("Interface", ColumnKind.Text, f => new NameCell(f.Interface) { Unknown = f.Interfaces > 1 ? $"{Count(f.Interfaces)} interfaces" : "unknown" })
                    { IsOfWholeWindow = true, Use = ColumnUse.Page },
                new("Reasons", ColumnKind.Text, f => new ListCell([.. f.Reasons.Select(r => new ReasonCell(r.Name))]))
                    { IsHiddenWhenNarrow = true, IsOfWholeWindow = true, Use = ColumnUse.Page, IsKnown = !model.IsByFunction },
                new("First to last", ColumnKind.Time, f => model.FromTo(f.FirstNs, f.LastNs)) { IsOfWholeWindow = true, Use = ColumnUse.Page },
            ],
            notInFacts: model.Facts.WithFlow - model.Facts.Flows.Sum(f => f.Drops));
    }

    private static ReportTable Services(ReportModel model) => DropTable.Of(
        model, Dimension.Services, $"{model.Subject.Title} by service, whoever sent them.",
        [new("Service", ColumnKind.Name, s => new TextCell(s.Service)), .. DropTable.Drops(model, Dimension.Services)]);

    private static string Caption(ReportModel model)
    {
        CaptureFacts facts = model.Facts;
        string caption = $"{model.Subject.Title} by source and destination, from the packets' headers.";
        if (facts.WithFlow < facts.Drops) caption += $" {model.Subject.Counted(facts.Drops - facts.WithFlow)} had no readable headers.";
        if (facts.FlowsForgotten > 0)
        {
            caption += $" There were too many flows to keep: those of {model.Subject.Counted(facts.FlowsForgotten)} were discarded, so every number here is a lower bound.";
        }

        return caption;
    }

    private static IReadOnlyList<string> Lines(string? line) => line is null ? [] : [line];
}
