using DropForensics.Analyze.Model;
using DropForensics.Analyze.Sections.Built;

namespace DropForensics.Analyze.Sections;

/// <summary>The sections of a report.</summary>
internal static class ReportSections
{
    /// <summary>The sections that have nothing to show and say why.</summary>
    public static IReadOnlyList<Section> NotShown(IReadOnlyList<Section> sections) => [.. sections.Where(section => section is { WhyNot: not null, Parts.Count: 0 })];

    /// <summary>All of them, in the order of the page.</summary>
    public static IReadOnlyList<Section> Of(ReportModel model) =>
    [
        TimelineSection.Of(model),
        FindingsSection.Of(model),
        ReasonsSection.Of(model),
        SitesSection.Of(model),
        StacksSection.Of(model),
        .. model.Facts.Ways is { } ways ? [WaysSection.Of(model, ways)] : Array.Empty<Section>(),
        DriversSection.Of(model),
        InterfacesSection.Of(model),
        OwnersSection.Of(model),
        FlowsSection.Of(model),
        CpusSection.Of(model),
        .. model.Facts.OtherEvents.Count + model.Facts.SilentEvents.Count > 0 ? [OtherEventsSection.Of(model)] : Array.Empty<Section>(),
        .. model.Facts.Latency.Count > 0 ? [LatencySection.Of(model)] : Array.Empty<Section>(),
        RawSection.Of(model),
        CompletenessSection.Of(model),
        LossesSection.Of(model),
        CapturedSection.Of(model),
        .. model.Facts.Host.IsKept || model.Facts.Host.SocketChanges.Count > 0 ? [HostSection.Of(model)] : Array.Empty<Section>(),
        LimitsSection.Of(model),
        GlossarySection.Of(model),
    ];
}

/// <summary>One section of a report. Page, terminal and JSON write the same sections; none of them decides what is in one.</summary>
/// <param name="Id">What links and programs call it: <c>flows</c>.</param>
/// <param name="Title">Its heading.</param>
public sealed record Section(string Id, string Title)
{
    /// <summary>In the list of contents.</summary>
    public string Short { get => field ?? Title; init; }

    /// <summary>Why nothing is known of what the title names, as a clause: <c>no drop was captured</c>. Null where something is.</summary>
    public string? WhyNot { get; init; }

    /// <summary>What it shows, in the order of reading; empty where there is nothing.</summary>
    public IReadOnlyList<Part> Parts { get; init; } = [];

    /// <summary>Its tables.</summary>
    public IEnumerable<ReportTable> Tables => Parts.OfType<ReportTable>();
}
