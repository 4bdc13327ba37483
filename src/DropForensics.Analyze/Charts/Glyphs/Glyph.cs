namespace DropForensics.Analyze.Charts.Glyphs;

/// <summary>One letterform: the centre lines a pen of even width follows.</summary>
/// <param name="Advance">Width of its cell, in hundredths of the em.</param>
/// <param name="Strokes">Centre lines; y grows upwards from the baseline.</param>
internal sealed record Glyph(double Advance, IReadOnlyList<Stroke> Strokes);
