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
            return text; // as nearly all text is, found at once
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

/// <summary>Makes text fit a number of characters.</summary>
internal static class TextCut
{
    /// <summary>Its beginning.</summary>
    public static string End(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int kept = Math.Max(0, most - 1);
        kept -= kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? 1 : 0; // no half of a pair is left standing
        return $"{text[..kept]}…";
    }

    /// <summary>Cut in the middle, because names of one kind differ at their ends: <c>__netif_rec…skb_core</c>.</summary>
    public static string Middle(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        int kept = Math.Max(0, most - 1);
        int first = (kept + 1) / 2, last = text.Length - (kept / 2);

        // No half of a surrogate pair is left standing.
        first -= first > 0 && char.IsHighSurrogate(text[first - 1]) ? 1 : 0;
        last += last < text.Length && char.IsLowSurrogate(text[last]) ? 1 : 0;
        return $"{text[..first]}…{text[last..]}";
    }
}

/// <summary>A kernel function as every output writes it.</summary>
internal static class SymbolText
{
    /// <summary><c>e1000_clean+0x296 [e1000]</c></summary>
    /// <param name="symbol">Null: not known.</param>
    /// <param name="offset">Bytes from its start; null where that is not known, or does not matter.</param>
    /// <param name="module">Null for the kernel image, or where it is not known.</param>
    public static string Of(string? symbol, long? offset = null, string? module = null) =>
        (symbol ?? "?") + (offset is { } bytes ? $"+0x{bytes:x}" : "") + Module(module);

    /// <summary><c> [e1000]</c>; empty where there is none.</summary>
    public static string Module(string? module) => module is null ? "" : $" [{module}]";
}
