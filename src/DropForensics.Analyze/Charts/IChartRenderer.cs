namespace DropForensics.Analyze.Charts;

/// <summary>
/// Turns a drawing into a file. The PNG one is ours because no drawing package can be restored here;
/// ScottPlot can take its place by one new implementation.
/// </summary>
public interface IChartRenderer
{
    /// <summary>Writes the whole file; leaves the stream open.</summary>
    void Render(Drawing drawing, Stream output);
}
