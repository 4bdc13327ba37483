using DropForensics.Analyze.Dimensions;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>Why packets were dropped, by the kernel's reasons; where no drop has one, by functions.</summary>
internal static class ReasonsSection
{
    public static Section Of(ReportModel model) => model.IsByFunction
        ? new("reasons", "Functions instead of reasons") { Short = "Functions", Parts = [new Note(model.Facts.WhyNoReason ?? ""), Functions(model) with { Width = Width.TwoThirds }, .. Protocols(model)] }
        : new("reasons", "Reasons")
        {
            WhyNot = model.Facts.Reasons.Count > 0 ? null : model.Subject.WhyNone,
            Parts = model.Facts.Reasons.Count > 0 ? [Reasons(model) with { Width = Width.TwoThirds }, .. Protocols(model)] : [],
        };

    private static ReportTable Reasons(ReportModel model)
    {
        // Where only hexadecimal names have a number, the column says nothing the name does not.
        bool haveNumbers = model.Facts.Reasons.Any(r => r.Value is not null && r.Reason?.StartsWith("0x", StringComparison.Ordinal) == false);
        return DropTable.Of(model, Dimension.Reasons, $"{model.Subject.Title} by the reason the kernel gives; shares of all captured {model.Subject.Many}.",
        [
            new("Reason", ColumnKind.Text, r => new ReasonCell(r.Reason)
            {
                Notes = r.Reason is { } number && ReasonWords.IsNumber(number) ? [ReasonWords.Why(model.Facts.Capture, number)] : [],
            }),
            .. DropTable.Drops(model, Dimension.Reasons, r => ReasonWords.Name(r.Reason)),
            new("Subsystem", ColumnKind.Text, r => new TextCell(r.Subsystem ?? "unknown")),
            new("Number", ColumnKind.Number, r => new NumberCell(r.Value, "unknown")) { IsKnown = haveNumbers },
        ]);
    }

    private static ReportTable Functions(ReportModel model) => DropTable.Of(
        model, Dimension.Sites, $"{model.Subject.Title} by {model.Subject.Function}; shares of {model.Subject.Counted(model.Facts.Drops)}.",
        [
            new("Function", ColumnKind.Name, s => SitesSection.Function(s) with { Colour = model.ColourName(s) }),
            .. DropTable.Drops(model, Dimension.Sites, model.ColourName),
        ]);

    private static IEnumerable<ReportTable> Protocols(ReportModel model)
    {
        if (model.Facts.Protocols.Count > 0)
        {
            yield return DropTable.Plain(model, Dimension.Protocols, "Protocol", $"{model.Subject.Title} by skb->protocol.") with { Width = Width.Third };
        }
    }
}
