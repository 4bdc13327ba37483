using System.Text;

namespace DropForensics.Core.Commands;

/// <summary>Makes text fit the terminal: its characters and its width. Both programs write for people through this.</summary>
public static class TerminalText
{
    /// <summary>In fewer columns text is not wrapped.</summary>
    private const int Narrowest = 20;

    private static readonly string[] Units = ["%", "ns", "µs", "ms", "s", "B", "KiB", "MiB", "GiB"];

    /// <summary>
    /// Whether the locale shows ASCII only: the first of <c>LC_ALL</c>, <c>LC_CTYPE</c> and <c>LANG</c> that is set names no UTF-8. If none is
    /// set, as in most containers and services, the answer is no.
    /// </summary>
    /// <param name="variable">Reads a variable of the environment; null or empty: not set.</param>
    public static bool IsAsciiOnly(Func<string, string?> variable)
    {
        foreach (string name in (string[])["LC_ALL", "LC_CTYPE", "LANG"])
        {
            if (variable(name) is { Length: > 0 } locale)
            {
                return !locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) && !locale.Contains("UTF8", StringComparison.OrdinalIgnoreCase);
            }
        }

        return false;
    }

    /// <summary>The same for this process. Windows has no such variables.</summary>
    public static bool IsAsciiOnly() => !OperatingSystem.IsWindows() && IsAsciiOnly(Environment.GetEnvironmentVariable);

    /// <summary>Replaces standard output and standard error where the locale shows ASCII only.</summary>
    /// <param name="isDocument">Standard output receives a document for programs, which is the same in every locale.</param>
    public static void FitConsole(bool isDocument)
    {
        if (!IsAsciiOnly()) return;
        if (!isDocument) Console.SetOut(new AsciiWriter(Console.Out));
        Console.SetError(new AsciiWriter(Console.Error));
    }

    /// <summary>
    /// The text in ASCII. Signs of ours become one character each, so that columns stay aligned; any other character becomes an escape:
    /// <c>\xfc</c>, <c>\u{4e2d}</c>.
    /// </summary>
    public static string Ascii(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) == text.Length) return text;
        var ascii = new StringBuilder(text.Length + 16);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.IsAscii) ascii.Append((char)rune.Value);
            else if (Sign(rune.Value) is { } sign) ascii.Append(sign);
            else if (rune.Value < 0x100) ascii.Append("\\x").Append(rune.Value.ToString("x2"));
            else ascii.Append("\\u{").Append(rune.Value.ToString("x")).Append('}');
        }

        return ascii.ToString();
    }

    /// <summary>A message for standard error: wrapped at the terminal's width; unchanged if there is no terminal.</summary>
    public static string Message(string text) => Console.IsErrorRedirected ? text : Wrapped(text, Console.WindowWidth);

    /// <summary>
    /// Breaks lines between words, never between a number and its unit, and within backticks only if those alone are too long. What follows a break
    /// is indented.
    /// </summary>
    /// <param name="text">One line or several.</param>
    /// <param name="width">Columns of the terminal.</param>
    public static string Wrapped(string text, int width) => width < Narrowest ? text : string.Join('\n', text.Split('\n').Select(line => WrappedLine(line, width)));

    private static string WrappedLine(string line, int width)
    {
        if (line.Length <= width) return line;
        string indent = new(' ', line.Length - line.TrimStart(' ').Length);
        var wrapped = new StringBuilder(indent);
        int column = indent.Length;
        foreach (string word in Words(line.Trim(' '), width - indent.Length - 2))
        {
            bool isFirst = column == indent.Length && wrapped.Length == indent.Length;
            if (!isFirst && column + 1 + word.Length > width)
            {
                wrapped.Append('\n').Append(indent).Append("  ");
                column = indent.Length + 2;
            }
            else if (!isFirst)
            {
                wrapped.Append(' ');
                column++;
            }

            wrapped.Append(word);
            column += word.Length;
        }

        return wrapped.ToString();
    }

    // A command in backticks is one word as long as it fits a line.
    private static IEnumerable<string> Words(string line, int width)
    {
        string[] words = line.Split(' ');
        for (int at = 0; at < words.Length;)
        {
            int end = at + 1;
            if (IsOpen(words[at]))
            {
                while (end < words.Length && !IsOpen(words[end])) end++;
                end = Math.Min(end + 1, words.Length);
            }
            else if (end < words.Length && char.IsAsciiDigit(words[at].LastOrDefault()) && Units.Contains(words[end].TrimEnd('.', ',', ';', ':', ')')))
            {
                end++;
            }

            string together = string.Join(' ', words, at, end - at);
            if (end - at > 1 && together.Length > width)
            {
                together = words[at];
                end = at + 1;
            }

            yield return together;
            at = end;
        }
    }

    private static bool IsOpen(string word) => word.Count('`') % 2 == 1;

    private static char? Sign(int character) => character switch
    {
        '\u00a0' or '\u202f' => ' ',
        '\u2500' or '\u2014' or '\u2013' or '\u2011' or '\u2212' or '\u00b7' => '-',
        '\u2192' => '>',
        '\u2190' => '<',
        '\u2026' => '~',
        '\u00d7' => 'x',
        '\u00b5' or '\u03bc' => 'u',
        '\u201c' or '\u201d' => '"',
        '\u2018' or '\u2019' => '\'',
        _ => null,
    };
}

/// <summary>Passes text on in ASCII.</summary>
/// <param name="inner">Receives it.</param>
public sealed class AsciiWriter(TextWriter inner) : TextWriter
{
    private char? _high;

    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.ASCII;

    /// <inheritdoc/>
    public override void Write(char value)
    {
        // Half of a pair waits for the other half.
        if (char.IsHighSurrogate(value))
        {
            _high = value;
            return;
        }

        inner.Write(TerminalText.Ascii(_high is { } high ? $"{high}{value}" : value.ToString()));
        _high = null;
    }

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(value is null ? null : TerminalText.Ascii(value));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => inner.Write(TerminalText.Ascii(buffer.ToString()));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value + NewLine);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();
}
