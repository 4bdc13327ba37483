namespace DropForensics.Analyze.Charts;

/// <summary>A finished picture, independent of how it is rendered.</summary>
/// <param name="Width">In logical pixels.</param>
/// <param name="Height">In logical pixels.</param>
/// <param name="Title">What it is, for people who cannot see it.</param>
/// <param name="Description">What it says, in a sentence.</param>
/// <param name="Marks">In drawing order.</param>
public sealed record Drawing(double Width, double Height, string Title, string Description, IReadOnlyList<Mark> Marks)
{
    /// <summary>The part within the axes; null where there are none.</summary>
    public PlotArea? Plot { get; init; }
}
