namespace DropForensics.Analyze.Charts;

/// <summary>What the summary picture shows.</summary>
/// <param name="Headline">The answer in one sentence with numbers; three lines are drawn at most.</param>
/// <param name="Others">The findings that follow it, a sentence each; each is drawn in one line.</param>
/// <param name="Counted">How many drops there were of all, and what most of the headline's were; one line is drawn.</param>
/// <param name="Completeness">Whether anything is missing.</param>
/// <param name="Timeline">Drops over time.</param>
/// <param name="Sites">Deciding functions, with the reason as detail.</param>
/// <param name="Drivers">Drivers, with how they are known as detail.</param>
/// <param name="Flows">Flows; without rows, its WhyEmpty says why they are not known.</param>
/// <param name="Source">Where the numbers come from.</param>
public sealed record SummaryData(
    string Headline,
    IReadOnlyList<SummaryFinding> Others,
    string Counted,
    CompletenessLine Completeness,
    TimelineData Timeline,
    BarData Sites,
    BarData Drivers,
    BarData Flows,
    CaptureFooter Source);

/// <summary>A finding in one line.</summary>
/// <param name="Tone">Its colour.</param>
/// <param name="Word">Its severity.</param>
/// <param name="Text">What was found.</param>
public sealed record SummaryFinding(Tone Tone, string Word, string Text);
