using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>The names and counts of a timeline's colours, right of its title and on rows below it as far as needed.</summary>
internal static class TimelineLegend
{
    private const double Pitch = 15;
    private const double Swatch = 9;
    private const double LongestName = 170;
    private static readonly TextFace Name = new(10, Mono: true);
    private static readonly TextFace Count = new(10);

    /// <summary>Draws it; returns how many rows of 15 px it and the title take.</summary>
    public static int Draw(Sketch sketch, Box area, double left, TimelineStack stack, IReadOnlyList<LossSpan> losses)
    {
        double x = left, y = area.Top;
        var rows = 1;
        foreach (var layer in stack.Layers)
        {
            var at = Entry(layer.Reason, layer.Colour == Palette.Other ? Count : Name, Numbers.Count(layer.Total), new Datum(layer.Reason, layer.Total));
            sketch.Rectangle(at, layer.Colour);
        }

        if (losses.Count > 0)
        {
            var at = Entry("lost", Count, LossText(losses), new Datum("lost", losses.All(l => l.Lost is not null) ? losses.Sum(l => l.Lost) : null));
            sketch.Add(new Mark.Hatch(at.Left, at.Top, at.Width, at.Height, Palette.Harmful));
        }

        return rows;

        Box Entry(string reason, TextFace face, string count, Datum datum)
        {
            var name = TextFit.Middle(VisibleText.Of(reason), Math.Min(LongestName, area.Width / 2), face);
            var nameLeft = Swatch + 5;
            var countLeft = nameLeft + GlyphFont.Measure(name, face) + 6;
            var wide = countLeft + GlyphFont.Measure(count, Count);
            if (x + wide > area.Right && x > area.Left)
            {
                x = area.Left;
                y += Pitch;
                rows++;
            }

            sketch.TryText(name, x + nameLeft, y + 10.5, face, Palette.Ink);
            sketch.TryText(count, x + countLeft, y + 10.5, Count, Palette.Muted, datum: datum);
            var swatch = new Box(x, y + 2, Swatch, Swatch);
            x += wide + 18;
            return swatch;
        }
    }

    private static string LossText(IReadOnlyList<LossSpan> losses)
    {
        var known = losses.Sum(l => l.Lost ?? 0);
        var unknown = losses.Count(l => l.Lost is null);
        return unknown == 0 ? Numbers.Count(known) : known == 0 ? "unknown" : $"{Numbers.Count(known)} + unknown";
    }
}
