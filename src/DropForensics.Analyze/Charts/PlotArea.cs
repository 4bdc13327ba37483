namespace DropForensics.Analyze.Charts;

/// <summary>The part of a drawing within its axes, in logical pixels: where a page lays what a reader selects.</summary>
public sealed record PlotArea(double X, double Y, double Width, double Height);
