namespace DropForensics.Analyze.Charts;

/// <summary>What a heat map shows.</summary>
/// <param name="Title">What is counted: <c>Drops by driver and reason</c>.</param>
/// <param name="Rows">Names of the rows.</param>
/// <param name="Columns">Names of the columns.</param>
/// <param name="Counts">For each row one number a column.</param>
/// <param name="WhyEmpty">One sentence shown in place of the cells where there are none.</param>
public sealed record HeatData(
    string Title, IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<long>> Counts, string WhyEmpty);
