namespace DropForensics.Capture;

/// <summary>Text that came from outside (a path, a host name), made harmless for a terminal.</summary>
internal static class Printable
{
    /// <summary>Control characters become question marks.</summary>
    public static string Of(string? text) => string.Concat((text ?? "").Select(c => char.IsControl(c) ? '?' : c));
}
