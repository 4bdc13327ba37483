using System.Globalization;
using System.Text;
using DropForensics.Analyze.Charts.Fonts;

namespace DropForensics.Analyze.Charts;

/// <summary>
/// Text from a capture as it may be shown: what has no ink or moves the letters around it (control characters, direction overrides,
/// half a surrogate pair) and what the font lacks is replaced, one for each code point.
/// </summary>
public static class VisibleText
{
    /// <summary>U+FFFD, for what must not be shown.</summary>
    public const char Replacement = '\uFFFD';

    /// <summary>□, for a letter that the font lacks.</summary>
    public const char Lacking = '□';

    /// <summary>The text with every character that cannot be drawn replaced.</summary>
    public static string Of(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var visible = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
            visible.Append(Of(rune));
        return visible.ToString();
    }

    private static char Of(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        _ when rune.Value == Replacement => Replacement,
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse => Replacement,
        UnicodeCategory.SpaceSeparator => ' ',
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => Lacking, // stacked up they would cover other lines
        _ => rune.IsBmp && LetterWidths.Has((char)rune.Value) ? (char)rune.Value : Lacking,
    };
}
