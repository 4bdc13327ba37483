using System.Text;
using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Text from a capture as it may be shown: what has no glyph of ours (control characters, direction
/// overrides, all of Unicode past the set) becomes a visible replacement, one for each code point.
/// </summary>
public static class VisibleText
{
    /// <summary>U+FFFD, drawn as a small box.</summary>
    public const char Replacement = '\uFFFD';

    /// <summary>The text with every character that cannot be drawn replaced.</summary>
    public static string Of(string text)
    {
        if (text.All(GlyphFont.Has))
            return text;
        var visible = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            visible.Append(rune.IsBmp && GlyphFont.Has((char)rune.Value) ? (char)rune.Value : Replacement);
        return visible.ToString();
    }
}
