using DropForensics.Analyze.Charts;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Findings;
using DropForensics.Analyze.Model;

namespace DropForensics.Analyze.Sections;

/// <summary>A part of a section.</summary>
public abstract record Part
{
    /// <summary>Parts that follow each other and are narrower than the page stand beside each other.</summary>
    public Width Width { get; init; }
}

/// <summary>How much of the page's width a part takes.</summary>
public enum Width
{
    Whole,
    TwoThirds,
    Half,
    Third,
}

/// <summary>A paragraph; backticks mark names as the kernel spells them.</summary>
/// <param name="IsSmall">A remark, in smaller print.</param>
public sealed record Note(string Text, bool IsSmall = false) : Part;

/// <summary>The reason why one of several tables is missing.</summary>
public sealed record Absent(string Title, string Why) : Part;

/// <summary>A heading within a section.</summary>
public sealed record Heading(string Text) : Part;

/// <summary>Sentences in a list; backticks mark names as the kernel spells them.</summary>
/// <param name="Fold">The summary line of the folded list; null: the list is open.</param>
public sealed record Bullets(IReadOnlyList<string> Items, string? Fold = null) : Part;

/// <summary>What is known, a line each.</summary>
public sealed record KnownLines(params IReadOnlyList<KnownLine> Lines) : Part
{
    /// <summary>The summary line if they are folded; null: they are open.</summary>
    public string? Fold { get; init; }
}

/// <summary>One thing that is known, or why not.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Null or empty: not known.</param>
public sealed record KnownLine(string Name, string? Value)
{
    /// <summary>The text shown for a missing value; null leaves the line out.</summary>
    public string? Unknown { get; init; } = "unknown";

    /// <summary>A second line.</summary>
    public string? Note { get; init; }

    /// <summary>Whether the value is the kernel's own spelling.</summary>
    public bool IsName { get; init; }
}

/// <summary>Drops over time.</summary>
/// <param name="Data">Computed when a writer first draws it.</param>
public sealed record TimelinePart(Lazy<TimelineData> Data) : Part;

/// <summary>All stacks as a flame graph.</summary>
/// <param name="Data">Computed when a writer first draws it.</param>
public sealed record FlamePart(Lazy<FlameData> Data) : Part;

/// <summary>How interfaces are connected.</summary>
/// <param name="Caption">What is drawn.</param>
/// <param name="Data">Computed when a writer first draws it.</param>
public sealed record MapPart(string Caption, Lazy<MapData> Data) : Part;

/// <summary>The SQL that gives a chart's numbers.</summary>
/// <param name="Columns">Of the view <c>drops</c>.</param>
public sealed record SqlPart(string Columns) : Part;

/// <summary>Findings, the most important first.</summary>
public sealed record FindingList(IReadOnlyList<ShownFinding> Findings) : Part;

/// <summary>A finding as it is shown.</summary>
/// <param name="Finding">What it says.</param>
/// <param name="SiteRows">Its rows in the table of sites; empty where it is of no sites.</param>
/// <param name="RawCommand">Prints its first drop; null where none is at hand.</param>
public sealed record ShownFinding(Finding Finding, IReadOnlyList<int> SiteRows, string? RawCommand);

/// <summary>Stacks that are spelled out, the most drops first.</summary>
public sealed record StackList(IReadOnlyList<ShownStack> Stacks) : Part;

/// <summary>A stack as it is shown.</summary>
public sealed record ShownStack(StackFacts Stack, IReadOnlyList<ShownFrame> Frames);

/// <summary>A frame of a stack.</summary>
/// <param name="Text">Symbol, offset and module.</param>
/// <param name="Kind"><c>above</c> the deciding function, <c>deciding</c>, <c>entry</c>, or empty.</param>
/// <param name="Mark">What it is, in words; null for nothing.</param>
public sealed record ShownFrame(string Text, string Kind, string? Mark);

/// <summary>Dropped packets, each with its way.</summary>
public sealed record WayList(IReadOnlyList<DrawnWay> Ways) : Part;

/// <summary>A dropped packet's way as it is shown.</summary>
/// <param name="Shown">The way, and the place of the drop.</param>
/// <param name="When">When it was dropped, in words.</param>
/// <param name="Data">Drawn when the page is written.</param>
public sealed record DrawnWay(ShownWay Shown, string When, WayData Data);

/// <summary>Drops as the kernel printed them.</summary>
public sealed record RawExamples(IReadOnlyList<ShownExample> Examples) : Part;

/// <summary>A drop of a site as the kernel printed it.</summary>
/// <param name="Where">CPU and line.</param>
/// <param name="Text">As much of it as a page shows.</param>
/// <param name="Command">Prints it.</param>
public sealed record ShownExample(SiteFacts Site, string Where, string Text, string Command)
{
    /// <summary>Where the packet had been; null where that was not recorded.</summary>
    public DrawnWay? Way { get; init; }
}

/// <summary>What is known of names.</summary>
/// <param name="Fold">What is read before the list is opened.</param>
/// <param name="Terms">The names.</param>
public sealed record TermList(string Fold, IReadOnlyCollection<GlossaryTerm> Terms) : Part;
