namespace DropForensics.Analyze.Charts.Glyphs;

/// <summary>
/// The typeface of the pictures: our own monoline letters, in prose (each its own width) and mono (one
/// width for all), in two weights. Lengths are fractions of the size unless said otherwise.
/// </summary>
internal static class GlyphFont
{
    /// <summary>No ink is higher above the baseline than this, nor deeper below than Descent.</summary>
    public const double Ascent = 0.87;

    public const double Descent = 0.21;

    /// <summary>Width of a mono cell, in hundredths of the em.</summary>
    public const double MonoAdvance = 60;

    /// <summary>The widest a mono centre line may be; wider letters are narrowed to it, their stroke is not.</summary>
    private const double MonoInk = 44;

    private static readonly Dictionary<char, Glyph> Prose = LetterGlyphs.Table.Concat(SignGlyphs.Table)
        .ToDictionary(g => g.Character, g => GlyphParser.Parse(g.Advance, g.Strokes));

    private static readonly Dictionary<char, Glyph> Mono = Prose.ToDictionary(p => p.Key, p => Centred(p.Value))
        .Concat(SignGlyphs.Mono.Select(g => KeyValuePair.Create(g.Character, GlyphParser.Parse(g.Advance, g.Strokes))))
        .GroupBy(p => p.Key)
        .ToDictionary(p => p.Key, p => p.Last().Value);

    /// <summary>All characters there are glyphs for.</summary>
    public static IReadOnlyCollection<char> Characters => Prose.Keys;

    public static bool Has(char character) => Prose.ContainsKey(character);

    /// <summary>The letterform; a small box for a character without one.</summary>
    public static Glyph Find(char character, TextFace face)
    {
        var glyphs = face.Mono ? Mono : Prose;
        return glyphs.GetValueOrDefault(character) ?? glyphs[VisibleText.Replacement];
    }

    /// <summary>Width of the pen, in hundredths of the em.</summary>
    public static double Pen(TextFace face) => face.Semibold ? 12.2 : 8.4;

    /// <summary>What is added to a prose letter's cell, half on each side, in hundredths of the em: air at these small sizes, and room for a heavier pen.</summary>
    public static double Extra(TextFace face) => face.Mono ? 0 : face.Semibold ? 3.6 : 1.2;

    /// <summary>Width of a glyph's cell, in hundredths of the em.</summary>
    public static double Advance(char character, TextFace face) => Find(character, face).Advance + Extra(face);

    /// <summary>Width of a text, in the unit of the face's size.</summary>
    public static double Measure(string text, TextFace face)
    {
        double width = 0;
        foreach (var character in text)
            width += Advance(character, face);
        return width * face.Size / 100;
    }

    private static Glyph Centred(Glyph glyph)
    {
        if (glyph.Strokes.Count == 0)
            return glyph with { Advance = MonoAdvance };
        var points = glyph.Strokes.SelectMany(s => s.Flatten(p => p, 0.1)).ToArray();
        double left = points.Min(p => p.X), right = points.Max(p => p.X);
        var factor = Math.Min(1, MonoInk / Math.Max(right - left, 1));
        var shift = (MonoAdvance - ((left + right) * factor)) / 2;
        Point Move(Point p) => new((p.X * factor) + shift, p.Y);
        return new Glyph(
            MonoAdvance,
            [.. glyph.Strokes.Select(s => new Stroke(
                Move(s.Start),
                [.. s.Curves.Select(c => new Curve(Move(c.A), Move(c.B), Move(c.To), c.IsLine))]))]);
    }
}
