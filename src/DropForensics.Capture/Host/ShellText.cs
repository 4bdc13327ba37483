namespace DropForensics.Capture.Host;

/// <summary>Text for a POSIX shell.</summary>
internal static class ShellText
{
    /// <summary>One word that a shell takes literally, whatever is in it; always quoted.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    /// <summary>The same, quoted only where it must be: for a command that people read.</summary>
    public static string Word(string text) =>
        text.Length > 0 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or ',' or '=' or '+' or '@' or '%') ? text : Quote(text);

    /// <summary>The lines of a comment. Control characters in it cannot end it: they become question marks.</summary>
    public static string Comment(string text) => string.Join('\n', text.Split('\n').Select(line => $"# {Printable.Of(line)}".TrimEnd()));

    /// <summary>What prints a value and a newline; echo where every shell's echo leaves the value alone.</summary>
    public static string Print(string value) => value.Contains('\\', StringComparison.Ordinal) ? $"printf '%s\\n' {Quote(value)}" : $"echo {Quote(value)}";
}

/// <summary>Text that came from outside (a path, a host name), made harmless for a terminal.</summary>
internal static class Printable
{
    /// <summary>Control characters become question marks.</summary>
    public static string Of(string? text) => string.Concat((text ?? "").Select(c => char.IsControl(c) ? '?' : c));
}
