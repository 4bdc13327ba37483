using System.Globalization;
using System.Text;

namespace DropForensics.Core.Commands;

/// <summary>
/// A JSON document as both programs print it: ASCII, so that it is the same in every locale, with no more escapes than JSON requires. The framework's
/// encoder escapes what HTML would misread too: <c>\u0027</c> for an apostrophe.
/// </summary>
public static class JsonText
{
    /// <summary>The same document with those characters as they are.</summary>
    /// <param name="json">As the framework wrote it.</param>
    public static string Readable(string json)
    {
        var text = new StringBuilder(json.Length);
        for (int at = 0; at < json.Length; at++)
        {
            if (json[at] != '\\' || at + 1 == json.Length)
            {
                text.Append(json[at]);
            }
            else if (json[at + 1] == 'u' && at + 6 <= json.Length && Plain(json.AsSpan(at + 2, 4)) is { } plain)
            {
                text.Append(plain == '"' ? "\\\"" : plain.ToString());
                at += 5;
            }
            else
            {
                text.Append(json, at, 2); // an escaped backslash does not begin another escape
                at++;
            }
        }

        return text.ToString();
    }

    // Printable ASCII except the backslash, which has an escape of its own.
    private static char? Plain(ReadOnlySpan<char> hex) =>
        ushort.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort value) && value is >= 0x20 and <= 0x7e and not '\\' ? (char)value : null;
}
