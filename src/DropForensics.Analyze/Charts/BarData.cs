namespace DropForensics.Analyze.Charts;

/// <summary>What a bar chart shows.</summary>
/// <param name="Title">What is counted: <c>Top drop sites</c>.</param>
/// <param name="Rows">The largest first. What does not fit is summed in a last row "other".</param>
/// <param name="Total">The base of the percentages; where the rows sum to less, the rest is "other" too.</param>
/// <param name="WhyEmpty">One sentence shown in place of the bars where there are no rows.</param>
public sealed record BarData(string Title, IReadOnlyList<BarRow> Rows, long Total, string WhyEmpty);
