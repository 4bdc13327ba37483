using DropForensics.Analyze.Charts.Fonts;

namespace DropForensics.Analyze.Charts;

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
