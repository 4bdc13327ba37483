using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Pairs of horizontal bars, zero based and to one scale. Each pair has its label and what became of it on one line, below it a bar each
/// with a letter before and the value behind it; what may be missing is hatched.
/// </summary>
public static class PairedBarChart
{
    private const double HeadHeight = 36;
    private const double RowHeight = 46;
    private const double BarHeight = 9;
    private const double BarStep = 14;
    private const double LetterWidth = 14;
    private const double ValueWidth = 130;
    private const double Gap = 10;

    // So much longer than its solid part is a bar without an upper end where nothing else is longer.
    private const double OpenEnd = 1.25;

    private static readonly TextFace Title = new(12, Semibold: true);
    private static readonly TextFace Label = new(10.5);
    private static readonly TextFace LabelMono = new(10.5, Mono: true);
    private static readonly TextFace Value = new(10);
    private static readonly TextFace Message = new(12);

    /// <summary>Draws the pairs; as high as there are rows.</summary>
    /// <param name="data">What to show.</param>
    /// <param name="width">In logical pixels, 280 or more.</param>
    public static Drawing Draw(PairedBarData data, double width)
    {
        var sketch = new Sketch(width, HeadHeight + (Math.Max(1, data.Rows.Count) * RowHeight));
        sketch.TryText(Sketch.PageFit.End(VisibleText.Of(data.Title), width, Title), 0, 11, Title, Palette.Ink);
        Legend(sketch, width, data);
        if (data.Rows.Count == 0)
        {
            sketch.TryText(Sketch.PageFit.End(VisibleText.Of(data.WhyEmpty), width, Message), 0, HeadHeight + 14, Message, Palette.Muted);
            return sketch.Finish(data.Title, data.WhyEmpty);
        }

        double longest = data.Rows.SelectMany(r => (BarValue[])[r.First, r.Second]).Max(v => v.Most ?? (v.Least * OpenEnd));
        for (int i = 0; i < data.Rows.Count; i++)
        {
            PairedBarRow row = data.Rows[i];
            double top = HeadHeight + (i * RowHeight);
            TextFace face = row.Mono ? LabelMono : Label;
            sketch.TryText(row.Word, width, top + 11, Label, Palette.Muted, TextAnchor.End);
            double room = width - Sketch.PageFit.Measure(row.Word, Label) - Gap;
            sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(row.Label), room, face), 0, top + 11, face, Palette.Ink);
            Bar(sketch, new Box(0, top + 15, width, BarHeight), data.First.Letter, row.Label, row.First, longest, Palette.Other);
            Bar(sketch, new Box(0, top + 15 + BarStep, width, BarHeight), data.Second.Letter, row.Label, row.Second, longest, Palette.Accent);
        }

        PairedBarRow first = data.Rows[0];
        return sketch.Finish(data.Title, $"{first.Label}: {first.First.Text} in {data.First.Letter}, {first.Second.Text} in {data.Second.Letter}; {Units.Count(data.Rows.Count)} pairs.");
    }

    private static void Legend(Sketch sketch, double width, PairedBarData data)
    {
        double half = (width - Gap) / 2;
        Entry(0, $"{data.First.Letter}: {data.First.Name}", Palette.Other);
        Entry(half + Gap, $"{data.Second.Letter}: {data.Second.Name}", Palette.Accent);

        void Entry(double left, string text, Colour colour)
        {
            sketch.Rectangle(new Box(left, 20, BarHeight, BarHeight), colour);
            sketch.TryText(Sketch.PageFit.Middle(VisibleText.Of(text), half - LetterWidth, Value), left + LetterWidth, 28, Value, Palette.Muted);
        }
    }

    private static void Bar(Sketch sketch, Box area, string letter, string series, BarValue value, double longest, Colour colour)
    {
        double baseline = area.Bottom - 0.5;
        sketch.TryText(letter, area.Left, baseline, Value, Palette.Muted);
        sketch.TryText(Sketch.PageFit.End(VisibleText.Of(value.Text), ValueWidth - Gap, Value), area.Right, baseline, Value, Palette.Ink, TextAnchor.End);
        Box track = area with { Left = area.Left + LetterWidth, Width = area.Width - LetterWidth - ValueWidth };
        var datum = new Datum(series, value.Count, letter);
        double At(double of) => longest > 0 ? Math.Min(1, of / longest) * track.Width : 0;
        double solid = At(value.Least);
        double whole = value.Most is { } most ? At(most) : track.Width;
        sketch.Line(track.Left, area.Top, track.Left, area.Bottom, Palette.Grid);
        sketch.Rectangle(track with { Width = solid }, colour, datum);
        if (whole > solid)
            sketch.Hatch(track with { Left = track.Left + solid, Width = whole - solid }, colour);
    }
}
