namespace DropForensics.Analyze.Charts;

/// <summary>A place in a drawing, in logical pixels from the top left corner; y grows downwards.</summary>
public readonly record struct Point(double X, double Y)
{
    public static Point operator +(Point a, Point b) => new(a.X + b.X, a.Y + b.Y);

    public static Point operator -(Point a, Point b) => new(a.X - b.X, a.Y - b.Y);

    public static Point operator *(Point a, double factor) => new(a.X * factor, a.Y * factor);

    internal double Length => Math.Sqrt((X * X) + (Y * Y));
}
