using DropForensics.Analyze.Charts.Glyphs;

namespace DropForensics.Analyze.Charts;

/// <summary>Makes text fit a width, in logical pixels. Expects <see cref="VisibleText"/>.</summary>
internal static class TextFit
{
    private const string Ellipsis = "…";

    /// <summary>Cut in the middle, where symbols and addresses of one kind are alike; the end tells them apart.</summary>
    public static string Middle(string text, double width, TextFace face) =>
        Longest(text, width, face, kept => text[..((kept + 1) / 2)] + Ellipsis + text[(text.Length - (kept / 2))..]);

    /// <summary>Cut at the end, for sentences.</summary>
    public static string End(string text, double width, TextFace face) =>
        Longest(text, width, face, kept => text[..kept].TrimEnd() + Ellipsis);

    /// <summary>Broken at spaces into at most so many lines; words longer than a line are cut in the middle, the last line at its end.</summary>
    public static IReadOnlyList<string> Wrap(string text, double width, TextFace face, int mostLines)
    {
        List<string> lines = [];
        var line = "";
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < words.Length; i++)
        {
            var longer = line.Length == 0 ? words[i] : line + " " + words[i];
            if (GlyphFont.Measure(longer, face) <= width)
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

    private static string Longest(string text, double width, TextFace face, Func<int, string> cut)
    {
        if (GlyphFont.Measure(text, face) <= width)
            return text;
        int fits = 0, tooMany = text.Length;
        while (tooMany - fits > 1)
        {
            var kept = (fits + tooMany) / 2;
            if (GlyphFont.Measure(cut(kept), face) <= width)
                fits = kept;
            else
                tooMany = kept;
        }

        var result = cut(fits);
        return GlyphFont.Measure(result, face) <= width ? result : "";
    }
}
