namespace DropForensics.Analyze.Charts;

/// <summary>A part of a drawing, in logical pixels.</summary>
internal readonly record struct Box(double Left, double Top, double Width, double Height)
{
    public double Right => Left + Width;

    public double Bottom => Top + Height;

    public bool Overlaps(Box other) =>
        Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}

/// <summary>A place in a drawing, in logical pixels from the top left corner; y grows downwards.</summary>
public readonly record struct Point(double X, double Y);

/// <summary>The part of a drawing within its axes, in logical pixels: where a page lays what a reader selects.</summary>
public sealed record PlotArea(double X, double Y, double Width, double Height);
