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

/// <summary>Whether the capture is whole.</summary>
/// <param name="Tone">Colour of the word.</param>
/// <param name="Word"><c>Complete</c>, <c>Incomplete</c>, <c>Unknown</c>.</param>
/// <param name="Text">The numbers behind it, in one sentence.</param>
public sealed record CompletenessLine(Tone Tone, string Word, string Text);

/// <summary>How a severity word is coloured. The word itself carries the meaning; colour only repeats it.</summary>
public enum Tone
{
    Good,
    Harmless,
    Depends,
    Harmful,
}

/// <summary>Where a picture's numbers come from; each text as it is to be shown, "unknown" where it is not known.</summary>
/// <param name="Host">Host name.</param>
/// <param name="Kernel">Kernel release.</param>
/// <param name="Time">When the window opened, in UTC.</param>
/// <param name="Window">Length asked for and kept.</param>
/// <param name="Probe">What was armed.</param>
/// <param name="CaptureSha256">Of the capture file, 64 hexadecimal digits.</param>
/// <param name="Version">Of this program.</param>
/// <param name="Heading">Said above everything, where the capture is redacted; else null.</param>
public sealed record CaptureFooter(
    string Host, string Kernel, string Time, string Window, string Probe, string CaptureSha256, string Version, string? Heading = null);
