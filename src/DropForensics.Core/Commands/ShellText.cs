namespace DropForensics.Core.Commands;

/// <summary>Text for a POSIX shell.</summary>
public static class ShellText
{
    /// <summary>One word that a shell takes literally, whatever is in it; always quoted.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The same, quoted only where necessary: for a command that people read.</summary>
    public static string Word(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or ',' or '=' or '+' or '@' or '%') ? text : Quote(text);

    /// <summary>A command that prints a value and a newline: printf where some shell's echo would change the value, else echo.</summary>
    public static string Print(string value) => value.Contains('\\', StringComparison.Ordinal) ? $"printf '%s\\n' {Quote(value)}" : $"echo {Quote(value)}";
}
