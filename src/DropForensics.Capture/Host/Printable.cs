namespace DropForensics.Capture.Host;

/// <summary>Text from outside (a path, a host name), made harmless for a terminal or a script.</summary>
internal static class Printable
{
    /// <summary>Control characters become question marks.</summary>
    public static string Of(string? text) => string.Concat((text ?? "").Select(c => char.IsControl(c) ? '?' : c));

    /// <summary>The lines of a shell comment, which no control character ends.</summary>
    public static string Comment(string text) => string.Join('\n', text.Split('\n').Select(line => $"# {Of(line)}".TrimEnd()));
}
