namespace DropForensics.Analyze.Charts;

/// <summary>What the summary picture shows.</summary>
/// <param name="Headline">The answer in one sentence with numbers; two lines are drawn.</param>
/// <param name="Completeness">Whether anything is missing.</param>
/// <param name="Timeline">Drops over time.</param>
/// <param name="Sites">Deciding functions, with the reason as detail.</param>
/// <param name="Drivers">Drivers, with how they are known as detail.</param>
/// <param name="Flows">Flows; without rows, its WhyEmpty says why they are not known.</param>
/// <param name="Source">Where the numbers come from.</param>
public sealed record SummaryData(
    string Headline,
    CompletenessLine Completeness,
    TimelineData Timeline,
    BarData Sites,
    BarData Drivers,
    BarData Flows,
    CaptureFooter Source);
