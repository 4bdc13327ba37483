using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>What terminals, pages and mails write instead of plain characters. A text is handled a byte a character.</summary>
internal static partial class Markup
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>Without colours, with plain blanks, and with HTML's spelling of signs undone.</summary>
    public static string Strip(string line)
    {
        if (line.AsSpan().IndexOfAny("\u001b\u00c2\u00e2&") < 0)
        {
            return line;
        }

        line = Escape().Replace(line, "").Replace("\u00c2\u00a0", " ", StringComparison.Ordinal).Replace("\u00e2\u0080\u008b", "", StringComparison.Ordinal);
        return line.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&nbsp;", " ", StringComparison.Ordinal)
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&#39;", "'", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal);
    }

    /// <summary>The text of a mail's body (RFC 2045, 6.7): <c>=3D</c>, and lines that go on behind <c>=</c> at their end.</summary>
    public static string DecodeQuotedPrintable(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
            {
                plain.Append(text[i]);
            }
            else if (i + 1 < text.Length && text[i + 1] == '\n')
            {
                i++;
            }
            else if (i + 2 < text.Length && text[i + 1] == '\r' && text[i + 2] == '\n')
            {
                i += 2;
            }
            else if (i + 2 < text.Length && int.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value))
            {
                plain.Append((char)value);
                i += 2;
            }
            else
            {
                plain.Append('=');
            }
        }

        return plain.ToString();
    }

    [GeneratedRegex(@"\u001b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\))")]
    private static partial Regex Escape();
}
