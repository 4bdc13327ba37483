using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DropForensics.Core.Recording;

namespace DropForensics.Analyze.Import.Cleaning;

/// <summary>Joins the lines that a mail program or an author has broken. It holds one line back, because the next one may belong to it.</summary>
internal sealed partial class LineJoiner
{
    private const int Longest = 4096;

    private string? _held;

    /// <summary>Lines that were joined to the one before.</summary>
    public long Joins { get; private set; }

    /// <summary>Takes a line.</summary>
    /// <returns>A complete line; null for none yet.</returns>
    public string? Add(string line)
    {
        if (_held is { } held && held.Length + line.Length < Longest && Belongs(held, line.Trim()))
        {
            _held = $"{held.TrimEnd()} {line.Trim()}";
            Joins++;
            return null;
        }

        string? whole = _held;
        _held = line;
        return whole;
    }

    /// <summary>The last line.</summary>
    public string? End()
    {
        string? last = _held;
        _held = null;
        return last;
    }

    private static bool Belongs(string held, string rest)
    {
        if (rest.Length == 0 || held.AsSpan().Trim().IsEmpty || CleaningPlan.Shape(rest) > LineShape.None)
        {
            return false;
        }

        LineShape shape = CleaningPlan.Shape(held);
        if (shape == LineShape.Frame)
        {
            return (Object().IsMatch(rest) && !held.TrimEnd().EndsWith(')')) || (Module().IsMatch(rest) && !held.TrimEnd().EndsWith(']'));
        }

        LineShape joined = CleaningPlan.Shape($"{held.TrimEnd()} {rest}");
        if (shape >= LineShape.MovedRecord)
        {
            // The reason is on the next line.
            return joined >= shape && (rest.StartsWith("reason:", StringComparison.Ordinal) || (held.TrimEnd().EndsWith(" reason:", StringComparison.Ordinal) && Reason().IsMatch(rest)));
        }

        return joined >= LineShape.MovedRecord || (shape == LineShape.Part && held[0] != '#' && Field().IsMatch(rest)) || (joined == LineShape.Part && shape == LineShape.None && Cpu().IsMatch(held));
    }

    // "([kernel.kallsyms])"
    [GeneratedRegex(@"^\([^()\s]+\)$")]
    private static partial Regex Object();

    [GeneratedRegex(@"^\[[A-Za-z0-9_]+\]$")]
    private static partial Regex Module();

    [GeneratedRegex(@"^[A-Z0-9_x]{2,60}[a-f0-9]*$")]
    private static partial Regex Reason();

    [GeneratedRegex(@"^(?:(?:skb:)?kfree_skb:|skbaddr=|rx_sk=|protocol=|location=|reason:)")]
    private static partial Regex Field();

    [GeneratedRegex(@"\[[0-9]{3,4}\]\s*(?:[.\w#]{4,8}\s*)?$")]
    private static partial Regex Cpu();
}

/// <summary>Undoes what terminals, pages and mails do to plain characters. In the text each byte is a character.</summary>
internal static partial class Markup
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>The text without colours, with plain blanks, and with HTML entities decoded.</summary>
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

    /// <summary>The text of a mail's body (RFC 2045, 6.7): <c>=3D</c>, and lines that continue after a final <c>=</c>.</summary>
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
