using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>A drawing in the making. Knows where its texts are, so that none is put over another or past the edge.</summary>
internal sealed class Sketch(double width, double height)
{
    // Far less than a pixel, and more than what is lost in adding up widths.
    private const double Rounding = 1e-6;

    private readonly List<Mark> _marks = [];
    private readonly List<Box> _texts = [];

    public Drawing Finish(string title, string description) => new(width, height, title, description, _marks);

    public void Add(Mark mark) => _marks.Add(mark);

    public void Rectangle(Box box, Colour fill, Datum? datum = null) =>
        Add(new Mark.Rectangle(box.Left, box.Top, box.Width, box.Height, fill) { Datum = datum });

    /// <summary>A line one logical pixel thick.</summary>
    public void Line(double x1, double y1, double x2, double y2, Colour stroke) =>
        Add(new Mark.Line(new Point(x1, y1), new Point(x2, y2), 1, stroke));

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
        var box = Extent(mark);
        var inside = box.Left >= -Rounding && box.Top >= -Rounding && box.Right <= width + Rounding && box.Bottom <= height + Rounding;
        if (!inside || _texts.Exists(other => other.Overlaps(new Box(box.Left - clearance, box.Top, box.Width + (2 * clearance), box.Height))))
            return false;
        _texts.Add(box);
        Add(mark);
        return true;
    }

    /// <summary>The space a text takes, to the height and depth any letter may have.</summary>
    public static Box Extent(Mark.Text text)
    {
        var wide = GlyphFont.Measure(text.Content, text.Face);
        var left = text.Anchor switch
        {
            TextAnchor.Start => text.X,
            TextAnchor.Middle => text.X - (wide / 2),
            _ => text.X - wide,
        };
        var top = text.Baseline - (GlyphFont.Ascent * text.Face.Size);
        return new Box(left, top, wide, (GlyphFont.Ascent + GlyphFont.Descent) * text.Face.Size);
    }
}
