namespace DropForensics.Analyze.Charts;

/// <summary>What a chart of pairs shows: two values of each thing, drawn to one scale.</summary>
/// <param name="Title">What is compared: <c>Drops a second by reason</c>.</param>
/// <param name="First">What the first bar of each pair is of: <c>A: before.db</c>.</param>
/// <param name="Second">What the second is of.</param>
/// <param name="Rows">In the order they are drawn in.</param>
/// <param name="WhyEmpty">One sentence shown in place of the bars where there are no rows.</param>
public sealed record PairedBarData(string Title, string First, string Second, IReadOnlyList<PairedBarRow> Rows, string WhyEmpty);
