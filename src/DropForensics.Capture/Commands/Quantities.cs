using System.Globalization;

namespace DropForensics.Capture.Commands;

/// <summary>Durations and sizes as people type them.</summary>
internal static class Quantities
{
    private static readonly (string Unit, double Seconds)[] DurationUnits = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600)];

    private static readonly (string Unit, long Bytes)[] SizeUnits =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30),
        ("KB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("B", 1), ("", 1),
    ];

    /// <summary><c>60s</c>, <c>500ms</c>, <c>5m</c>, <c>1h</c>, <c>1.5s</c>; between 1 ms and 24 h.</summary>
    public static TimeSpan? TryDuration(string text)
    {
        foreach (var (unit, seconds) in DurationUnits)
        {
            if (!text.EndsWith(unit, StringComparison.Ordinal) || TryNumber(text[..^unit.Length]) is not { } number) continue;
            var total = number * seconds;
            return total is >= 0.001 and <= 86400 ? TimeSpan.FromSeconds(total) : null;
        }

        return null;
    }

    /// <summary><c>64MiB</c>, <c>1G</c>, <c>500KB</c>, <c>4096</c>; K, M and G alone are powers of 1,024.</summary>
    public static long? TrySize(string text)
    {
        foreach (var (unit, bytes) in SizeUnits)
        {
            if (!text.EndsWith(unit, StringComparison.OrdinalIgnoreCase) || TryNumber(text[..^unit.Length]) is not { } number) continue;
            var total = number * bytes;
            return total is >= 1 and <= 1L << 50 ? (long)total : null;
        }

        return null;
    }

    private static double? TryNumber(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;
}
