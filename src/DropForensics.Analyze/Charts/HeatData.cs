namespace DropForensics.Analyze.Charts;

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
    public const string Legend = "Stronger from 0.1, 1, 10 and 50 % of the largest on.";

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
