using System.Globalization;
using System.Text;

namespace DropForensics.Analyze.Charts;

/// <summary>Makes text fit a width, in logical pixels. Expects <see cref="VisibleText"/>.</summary>
/// <param name="measure">Width of a text in a face, in logical pixels.</param>
internal sealed class TextFit(Func<string, TextFace, double> measure)
{
    private const string Ellipsis = "…";

    /// <summary>Width of a text, in logical pixels.</summary>
    public double Measure(string text, TextFace face) => measure(text, face);

    /// <summary>Cut in the middle, because symbols and addresses of one kind begin alike and differ at the end.</summary>
    public string Middle(string text, double width, TextFace face) =>
        Longest(text, width, face, kept => text[..((kept + 1) / 2)] + Ellipsis + text[(text.Length - (kept / 2))..]);

    /// <summary>Cut at the end, for sentences.</summary>
    public string End(string text, double width, TextFace face) =>
        Longest(text, width, face, kept => text[..kept].TrimEnd() + Ellipsis);

    /// <summary>Broken at spaces into at most so many lines; words longer than a line are cut in the middle, the last line at its end.</summary>
    public IReadOnlyList<string> Wrap(string text, double width, TextFace face, int mostLines)
    {
        List<string> lines = [];
        string line = "";
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int i = 0; i < words.Length; i++)
        {
            string longer = line.Length == 0 ? words[i] : line + " " + words[i];
            if (measure(longer, face) <= width)
            {
                line = longer;
                continue;
            }

            if (lines.Count == mostLines - 1)
            {
                line = End(line.Length == 0 ? string.Join(' ', words[i..]) : line + " " + string.Join(' ', words[i..]), width, face);
                break;
            }

            if (line.Length > 0)
                lines.Add(line);
            line = Middle(words[i], width, face);
        }

        if (line.Length > 0)
            lines.Add(line);
        return lines;
    }

    private string Longest(string text, double width, TextFace face, Func<int, string> cut)
    {
        if (measure(text, face) <= width)
            return text;
        int fits = 0, tooMany = text.Length;
        while (tooMany - fits > 1)
        {
            int kept = (fits + tooMany) / 2;
            if (measure(cut(kept), face) <= width)
                fits = kept;
            else
                tooMany = kept;
        }

        string result = cut(fits);
        return measure(result, face) <= width ? result : "";
    }
}

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
