using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>What a bar chart shows.</summary>
/// <param name="Title">What is counted: <c>Top drop sites</c>.</param>
/// <param name="Rows">The largest first. What does not fit is summed in a last row "other".</param>
/// <param name="Total">The base of the percentages; where the rows sum to less, the rest is "other" too.</param>
/// <param name="WhyEmpty">One sentence shown in place of the bars where there are no rows.</param>
public sealed record BarData(string Title, IReadOnlyList<BarRow> Rows, long Total, string WhyEmpty)
{
    /// <summary>The rows that fit, the rest in one called "other".</summary>
    /// <param name="most">2 or more.</param>
    public IReadOnlyList<BarRow> Shown(int most)
    {
        List<BarRow> rows = [.. Rows.Take(most)];
        if (rows.Count == 0 || (Rows.Count <= most && Rows.Sum(r => r.Count) >= Total))
            return rows;
        if (rows.Count == most)
            rows.RemoveAt(most - 1);
        int hidden = Rows.Count - rows.Count;
        long count = Math.Max(Total, Rows.Sum(r => r.Count)) - rows.Sum(r => r.Count);
        return [.. rows, new BarRow("other", hidden > 0 ? $"{Units.Count(hidden)} more" : "", count, Mono: false)];
    }
}

/// <summary>One bar.</summary>
/// <param name="Label">What it is: a function, a driver, a flow (<c>source → destination</c>).</param>
/// <param name="Detail">A second label, the reason or the interface; may be empty.</param>
/// <param name="Count">Drops, 0 or more.</param>
/// <param name="Reason">The reason whose colour the bar takes; null for the accent colour.</param>
/// <param name="Mono">Whether the label is a name as the kernel spells it.</param>
public sealed record BarRow(string Label, string Detail, long Count, string? Reason = null, bool Mono = true);

/// <summary>What a flame graph shows.</summary>
/// <param name="Title">What is counted.</param>
/// <param name="Frames">Each after the one it hangs from; of one parent the most frequent first.</param>
/// <param name="Total">Its full width.</param>
/// <param name="Subject">What is counted, many of it: <c>drops</c>.</param>
/// <param name="WhyEmpty">One sentence shown in place of the frames where there are none.</param>
public sealed record FlameData(string Title, IReadOnlyList<FlameFrame> Frames, long Total, string Subject, string WhyEmpty);

/// <summary>One frame of a flame graph: a function, under the one below which it stands.</summary>
/// <param name="Parent">Index of the frame it hangs from; -1 for those of the first row.</param>
/// <param name="Name">The function, its module in brackets behind it.</param>
/// <param name="Drops">How many stacks go through it, 0 or more; not below the sum of those that hang from it.</param>
/// <param name="Reason">Of the first row: the reason, or function, whose colour it takes.</param>
public sealed record FlameFrame(int Parent, string Name, long Drops, string? Reason = null)
{
    /// <summary>Whether the kernel names a module.</summary>
    public bool IsModule => Name.EndsWith(']');
}

/// <summary>What a heat map shows.</summary>
/// <param name="Title">What is counted: <c>Drops by driver and reason</c>.</param>
/// <param name="Rows">Names of the rows.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Counts">For each row one number a column.</param>
/// <param name="WhyEmpty">One sentence shown in place of the cells where there are none.</param>
public sealed record HeatData(
    string Title, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<long>> Counts, string WhyEmpty);

/// <summary>How dark a cell is: by its share of the largest, in five steps, so that one drop beside a million is still seen.</summary>
public static class HeatScale
{
    /// <summary>The steps in words.</summary>
    public const string Legend = "Shades change at 0.1, 1, 10 and 50 % of the largest.";

    /// <summary>0 for nothing, else 1 to 5.</summary>
    /// <param name="count">The cell's number.</param>
    /// <param name="largest">The largest of all cells.</param>
    public static int LevelOf(long count, long largest) => count switch
    {
        0 => 0,
        _ when count >= largest / 2.0 => 5,
        _ when count >= largest / 10.0 => 4,
        _ when count >= largest / 100.0 => 3,
        _ when count >= largest / 1000.0 => 2,
        _ => 1,
    };
}

/// <summary>What a chart of pairs shows: two values of each thing, drawn to one scale.</summary>
/// <param name="Title">What is compared: <c>Drops a second by reason</c>.</param>
/// <param name="First">What the first bar of each pair is of.</param>
/// <param name="Second">What the second is of.</param>
/// <param name="Rows">In the order they are drawn in.</param>
/// <param name="WhyEmpty">One sentence shown in place of the bars where there are no rows.</param>
public sealed record PairedBarData(string Title, BarOwner First, BarOwner Second, IReadOnlyList<PairedBarRow> Rows, string WhyEmpty);

/// <summary>What a bar of each pair is of: <c>A</c>, <c>before.db</c>.</summary>
/// <param name="Letter">Beside its bars.</param>
/// <param name="Name">In the legend.</param>
public sealed record BarOwner(string Letter, string Name);

/// <summary>One thing and its two values.</summary>
/// <param name="Label">What it is.</param>
/// <param name="Mono">Whether the label is a name as the kernel spells it.</param>
/// <param name="Word">What became of it: <c>new</c>, <c>gone</c>, <c>more</c>.</param>
/// <param name="First">Its first value.</param>
/// <param name="Second">Its second.</param>
public sealed record PairedBarRow(string Label, bool Mono, string Word, BarValue First, BarValue Second);

/// <summary>A value that may be known as a range only: the bar is solid to its lower end and hatched to its upper.</summary>
/// <param name="Least">0 or more.</param>
/// <param name="Most">Null: without an upper end.</param>
/// <param name="Text">The same in words, with its unit.</param>
/// <param name="Count">What was counted for it.</param>
public sealed record BarValue(double Least, double? Most, string Text, long Count);

/// <summary>Drops over time.</summary>
/// <param name="WindowNs">Length of the capture window; above 0.</param>
/// <param name="BinNs">Length of a time bin; above 0. Bin i holds the drops from i × BinNs on, counted from the window's start.</param>
/// <param name="Series">One for each reason, or each function, in any order.</param>
/// <param name="Losses">Spans in which drops may have happened unseen.</param>
/// <param name="StartUtc">When the window opened; null without a wall clock.</param>
/// <param name="Instant">Shown instead of columns if all drops have one time and no window is known; else null.</param>
/// <param name="Subject">What is counted, many of it: <c>drops</c>, <c>hits</c>.</param>
/// <param name="One">One of it: <c>drop</c>, <c>hit</c>.</param>
public sealed record TimelineData(
    long WindowNs,
    long BinNs,
    IReadOnlyList<ReasonSeries> Series,
    IReadOnlyList<LossSpan> Losses,
    DateTime? StartUtc,
    string? Instant = null,
    string Subject = "drops",
    string One = "drop");

/// <summary>The drops of one reason over time.</summary>
/// <param name="Reason">The kernel's name, <c>NO_SOCKET</c>.</param>
/// <param name="Counts">Drops in each bin, 0 or more; may be shorter than the window, the rest is 0.</param>
public sealed record ReasonSeries(string Reason, IReadOnlyList<long> Counts);

/// <summary>A span of the window in which events were lost.</summary>
/// <param name="StartNs">From the window's start.</param>
/// <param name="EndNs">Not before StartNs.</param>
/// <param name="Lost">How many; null if the kernel did not count them.</param>
public sealed record LossSpan(long StartNs, long EndNs, long? Lost);

/// <summary>What the summary picture shows.</summary>
/// <param name="Headline">The answer; three lines are drawn at most.</param>
/// <param name="Extent">How much of it and of what, and how bad that is; null where the headline has it all.</param>
/// <param name="Others">The findings that follow it, a sentence each; each is drawn in one line.</param>
/// <param name="MoreFindings">Findings that are only in the report.</param>
/// <param name="Counted">How many drops there were of all, and what most of the headline's were; one line is drawn.</param>
/// <param name="Completeness">Whether anything is missing.</param>
/// <param name="Timeline">Drops over time.</param>
/// <param name="Sites">Deciding functions, with the reason as detail.</param>
/// <param name="Drivers">Drivers, with how they are known as detail.</param>
/// <param name="Flows">Flows; without rows, its WhyEmpty has the reason.</param>
/// <param name="Source">Where the numbers come from.</param>
public sealed record SummaryData(
    string Headline,
    SummaryFinding? Extent,
    IReadOnlyList<SummaryFinding> Others,
    int MoreFindings,
    string Counted,
    CompletenessLine Completeness,
    TimelineData Timeline,
    BarData Sites,
    BarData Drivers,
    BarData Flows,
    CaptureFooter Source);

/// <summary>What the summary picture of many captures shows.</summary>
/// <param name="Headline">The answer; three lines are drawn at most.</param>
/// <param name="StandOut">What stands out, a sentence each; each is drawn in one line.</param>
/// <param name="MoreStandOut">How many more there are.</param>
/// <param name="Counted">How many drops there were of all.</param>
/// <param name="Completeness">Whether anything is missing.</param>
/// <param name="Timeline">Drops of all over time; null where no time is known.</param>
/// <param name="Hosts">Hosts and causes.</param>
/// <param name="Source">Which captures these are.</param>
/// <param name="Version">Of this program.</param>
public sealed record FleetSummaryData(
    string Headline, IReadOnlyList<SummaryFinding> StandOut, int MoreStandOut, string Counted, CompletenessLine Completeness, TimelineData? Timeline, HeatData Hosts, string Source,
    string Version);

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

/// <summary>What a map of interfaces shows.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Description">How they are connected, in sentences.</param>
/// <param name="Frames">Namespaces; the one from which the others are drawn first.</param>
/// <param name="Boxes">Interfaces.</param>
/// <param name="Lines">Which of them are connected: places in <paramref name="Boxes"/>.</param>
public sealed record MapData(string Title, string Description, IReadOnlyList<MapFrame> Frames, IReadOnlyList<MapBox> Boxes, IReadOnlyList<(int From, int To)> Lines);

/// <summary>A namespace.</summary>
/// <param name="Name">Whose it is.</param>
/// <param name="Detail">A second line; may be empty.</param>
public sealed record MapFrame(string Name, string Detail);

/// <summary>An interface.</summary>
/// <param name="Frame">The place of its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Kind">What it is; may be empty.</param>
/// <param name="Trouble">Its state where that is a reason for drops; may be empty.</param>
/// <param name="Drops">0 or more.</param>
/// <param name="Count">The same in words; empty where there are none.</param>
/// <param name="Share">Of all drops, 0 to 1.</param>
/// <param name="IsDevice">Whether others stand on it.</param>
public sealed record MapBox(int Frame, string Name, string Kind, string Trouble, long Drops, string Count, double Share, bool IsDevice)
{
    /// <summary>Its row in the page's list of interfaces, by which it is selected; null where no row has its drops.</summary>
    public int? Row { get; init; }
}
