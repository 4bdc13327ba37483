using System.Globalization;
using System.Text;

namespace DropForensics.Analyze.Display;

/// <summary>
/// Makes every character of a capture's text visible. A process may call itself anything, so a comm can hold control bytes that
/// drive a terminal or bidi characters that reorder a line: these are shown as escapes, <c>\x1b</c> and <c>\u{202e}</c>.
/// </summary>
public static class Visible
{
    /// <summary>The text with its invisible characters as escapes; the same instance where there are none.</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return text; // as nearly all is, and told at once
        }

        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsVisible(rune))
            {
                return Escape(text);
            }
        }

        return text;
    }

    /// <summary>Like <see cref="Text(string)"/> for several lines: line ends and tabs stay.</summary>
    public static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line =>
        string.Join('\t', line.Split('\t').Select(Text))));

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (IsVisible(rune))
            {
                escaped.Append(rune.ToString());
            }
            else if (rune.Value < 0x100)
            {
                escaped.Append("\\x").Append(rune.Value.ToString("x2"));
            }
            else
            {
                escaped.Append("\\u{").Append(rune.Value.ToString("x")).Append('}');
            }
        }

        return escaped.ToString();
    }

    private static bool IsVisible(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.OtherNotAssigned);
}
