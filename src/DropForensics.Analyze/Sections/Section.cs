namespace DropForensics.Analyze.Sections;

/// <summary>One section of a report. Page, terminal and JSON write the same sections; none of them decides what is in one.</summary>
/// <param name="Id">What links and programs call it: <c>flows</c>.</param>
/// <param name="Title">Its heading.</param>
public sealed record Section(string Id, string Title)
{
    /// <summary>In the list of contents.</summary>
    public string Short { get => field ?? Title; init; }

    /// <summary>Why there is nothing to show, as a clause: <c>no drop was captured</c>. Null where there is something.</summary>
    public string? WhyNot { get; init; }

    /// <summary>What it shows, in the order of reading; empty where there is nothing.</summary>
    public IReadOnlyList<Part> Parts { get; init; } = [];

    /// <summary>Its tables.</summary>
    public IEnumerable<ReportTable> Tables => Parts.OfType<ReportTable>();
}
