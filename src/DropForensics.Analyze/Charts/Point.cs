namespace DropForensics.Analyze.Charts;

/// <summary>A place in a drawing, in logical pixels from the top left corner; y grows downwards.</summary>
public readonly record struct Point(double X, double Y);
