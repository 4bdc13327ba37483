using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections.Built;

namespace DropForensics.Analyze.Sections;

/// <summary>The sections of a report.</summary>
internal static class ReportSections
{
    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<Section> Of(ReportModel model) =>
    [
        TimelineSection.Of(model),
        FindingsSection.Of(model),
        ReasonsSection.Of(model),
        SitesSection.Of(model),
        StacksSection.Of(model),
        DriversSection.Of(model),
        InterfacesSection.Of(model),
        FlowsSection.Of(model),
        CpusSection.Of(model),
        RawSection.Of(model),
        CompletenessSection.Of(model),
        LossesSection.Of(model),
        CapturedSection.Of(model),
        LimitsSection.Of(model),
        GlossarySection.Of(model),
    ];
}
