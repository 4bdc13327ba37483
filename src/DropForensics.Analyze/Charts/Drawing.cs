namespace DropForensics.Analyze.Charts;

/// <summary>A finished picture, independent of how it is rendered.</summary>
/// <param name="Width">In logical pixels.</param>
/// <param name="Height">In logical pixels.</param>
/// <param name="Title">What it is, for people who cannot see it.</param>
/// <param name="Description">What it shows, in a sentence.</param>
/// <param name="Marks">In drawing order.</param>
public sealed record Drawing(double Width, double Height, string Title, string Description, IReadOnlyList<Mark> Marks)
{
    /// <summary>The part within the axes; null where there are none.</summary>
    public PlotArea? Plot { get; init; }
}

/// <summary>One thing drawn; later marks cover earlier ones. All lengths in logical pixels.</summary>
public abstract record Mark
{
    private Mark()
    {
    }

    /// <summary>What the mark represents; null for axes and decoration.</summary>
    public Datum? Datum { get; init; }

    /// <summary>A filled rectangle.</summary>
    public sealed record Rectangle(double X, double Y, double Width, double Height, Colour Fill) : Mark;

    /// <summary>A rectangle of diagonal lines, with nothing behind them: a span in which something was lost.</summary>
    public sealed record Hatch(double X, double Y, double Width, double Height, Colour Stroke) : Mark
    {
        /// <summary>The lines, clipped to the rectangle. One place works them out, so that all renderings agree.</summary>
        public IEnumerable<(Point From, Point To)> Lines()
        {
            const double spacing = 5;
            double first = Math.Ceiling((X + Y) / spacing) * spacing;
            for (double sum = first; sum < X + Width + Y + Height; sum += spacing)
            {
                double left = Math.Max(X, sum - (Y + Height));
                double right = Math.Min(X + Width, sum - Y);
                if (right > left)
                    yield return (new Point(left, sum - left), new Point(right, sum - right));
            }
        }
    }

    /// <summary>A straight line with flat ends.</summary>
    public sealed record Line(Point From, Point To, double Thickness, Colour Stroke) : Mark;

    /// <summary>A line of text.</summary>
    /// <param name="Content">The text; made by <see cref="VisibleText"/>.</param>
    /// <param name="X">Where its anchor is.</param>
    /// <param name="Baseline">The y of its baseline.</param>
    /// <param name="Face">Size and style.</param>
    /// <param name="Fill">Colour.</param>
    /// <param name="Anchor">Start, middle or end at X.</param>
    public sealed record Text(string Content, double X, double Baseline, TextFace Face, Colour Fill, TextAnchor Anchor) : Mark;
}

/// <summary>What a mark represents: the same in every rendering, and shown on hovering in the page.</summary>
/// <param name="Series">Whose value it is: a reason, a function, a flow, "lost".</param>
/// <param name="Value">The count; null where it is not known.</param>
/// <param name="Where">Which part of the series, for a time bin <c>12.0–12.5 s</c>; empty for a total.</param>
public sealed record Datum(string Series, long? Value, string Where = "")
{
    /// <summary>The row of a list of the page that has the same drops; null where there is none.</summary>
    public int? Row { get; init; }
}

/// <summary>Which point of a text its x is.</summary>
public enum TextAnchor
{
    Start,
    Middle,
    End,
}

/// <summary>How a text looks.</summary>
/// <param name="Size">The em, in logical pixels.</param>
/// <param name="Semibold">Weight 600 instead of 400.</param>
/// <param name="Mono">Fixed width, for names as the kernel spells them; else prose.</param>
public sealed record TextFace(double Size, bool Semibold = false, bool Mono = false);

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
