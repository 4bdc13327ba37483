using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections.Built;

/// <summary>What there is to say, each with its numbers and what to try next.</summary>
internal static class FindingsSection
{
    public static Section Of(ReportModel model) => new("findings", "Findings")
    {
        WhyNot = model.Findings.Count > 0 ? null : model.Facts.Capture.HitsOf is null ? model.Subject.WhyNone : "hits of a function may not be drops, so there are no findings",
        Parts = model.Findings.Count == 0 ? [] : [new Note(FindingOrder.Words, IsSmall: true), new FindingList([.. model.Findings.Select(f => Shown(model, f))])],
    };

    private static ShownFinding Shown(ReportModel model, Finding finding)
    {
        List<SiteFacts> all = [.. model.Facts.Sites];
        return new ShownFinding(
            finding, [.. finding.Sites.Select(s => all.IndexOf(s.Site)).Distinct()], finding.Example is { } example ? model.RawCommand(example) : null);
    }
}
