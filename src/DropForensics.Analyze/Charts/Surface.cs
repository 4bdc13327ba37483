
namespace DropForensics.Analyze.Charts;

/// <summary>
/// What a chart is laid out on, a page's drawing or a picture's canvas. Knows where its texts are, so that none is put over another or
/// past the edge. All lengths in logical pixels.
/// </summary>
internal abstract class Surface(double width, double height, TextFit fit)
{
    // No letter of Latin script without an accent is higher above its line than this, nor deeper below it; in ems.
    private const double Ascent = 0.87;
    private const double Descent = 0.25;

    // Far less than a pixel, and more than what is lost in adding up widths.
    private const double Rounding = 1e-6;

    private readonly List<(Mark.Text Text, Box Box)> _texts = [];

    public double Width => width;

    public double Height => height;

    /// <summary>Measures texts in the letters of this surface.</summary>
    public TextFit Fit => fit;

    /// <summary>What is written, and the room it takes.</summary>
    public IReadOnlyList<(Mark.Text Text, Box Box)> Texts => _texts;

    public abstract void Rectangle(Box box, Colour fill, Datum? datum = null);

    /// <summary>Diagonal lines: a span in which something was lost.</summary>
    public abstract void Hatch(Box box, Colour stroke, Datum? datum = null);

    /// <summary>Writes text where there is room for it, and so much free to its left and right; else nothing, and false.</summary>
    public bool TryText(
        string text,
        double x,
        double baseline,
        TextFace face,
        Colour fill,
        TextAnchor anchor = TextAnchor.Start,
        Datum? datum = null,
        double clearance = 0)
    {
        var mark = new Mark.Text(VisibleText.Of(text), x, baseline, face, fill, anchor) { Datum = datum };
        if (mark.Content.Length == 0)
            return false;
        Box box = Extent(mark);
        bool inside = box.Left >= -Rounding && box.Top >= -Rounding && box.Right <= width + Rounding && box.Bottom <= height + Rounding;
        if (!inside || _texts.Exists(other => other.Box.Overlaps(new Box(box.Left - clearance, box.Top, box.Width + (2 * clearance), box.Height))))
            return false;
        _texts.Add((mark, box));
        Write(mark, box);
        return true;
    }

    /// <param name="text">What is written.</param>
    /// <param name="room">The space it takes, to the height and depth any letter may have.</param>
    protected abstract void Write(Mark.Text text, Box room);

    /// <summary>The space a text takes, to the height and depth any letter may have.</summary>
    public Box Extent(Mark.Text text)
    {
        double wide = fit.Measure(text.Content, text.Face);
        double left = text.Anchor switch
        {
            TextAnchor.Start => text.X,
            TextAnchor.Middle => text.X - (wide / 2),
            _ => text.X - wide,
        };
        return new Box(left, text.Baseline - (Ascent * text.Face.Size), wide, (Ascent + Descent) * text.Face.Size);
    }
}

/// <summary>A page's drawing in the making.</summary>
internal sealed class Sketch(double width, double height) : Surface(width, height, PageFit)
{
    /// <summary>Measures without native code, which a page alone does not load.</summary>
    public static readonly TextFit PageFit = new(LetterWidths.Measure);

    private readonly List<Mark> _marks = [];

    public Drawing Finish(string title, string description) => new(Width, Height, title, description, _marks);

    public void Add(Mark mark) => _marks.Add(mark);

    /// <inheritdoc/>
    public override void Rectangle(Box box, Colour fill, Datum? datum = null) =>
        Add(new Mark.Rectangle(box.Left, box.Top, box.Width, box.Height, fill) { Datum = datum });

    /// <inheritdoc/>
    public override void Hatch(Box box, Colour stroke, Datum? datum = null) =>
        Add(new Mark.Hatch(box.Left, box.Top, box.Width, box.Height, stroke) { Datum = datum });

    /// <summary>A line one logical pixel thick.</summary>
    public void Line(double x1, double y1, double x2, double y2, Colour stroke) =>
        Add(new Mark.Line(new Point(x1, y1), new Point(x2, y2), 1, stroke));

    /// <inheritdoc/>
    protected override void Write(Mark.Text text, Box room) => Add(text);
}
