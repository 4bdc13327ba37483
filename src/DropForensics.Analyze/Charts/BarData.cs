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
