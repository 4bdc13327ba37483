using System.Globalization;

namespace DropForensics.Analyze.Display;

/// <summary>Numbers as people read them: thousands separated, a unit on every number, the same on every machine.</summary>
public static class Units
{
    private const long Microsecond = 1_000;
    private const long Millisecond = 1_000_000;
    private const long Second = 1_000_000_000;

    /// <summary><c>1,204</c></summary>
    public static string Count(long count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary><c>1 packet</c>, <c>1,204 packets</c></summary>
    public static string Count(long count, string one, string? many = null) => $"{Count(count)} {(count == 1 ? one : many ?? one + "s")}";

    /// <summary><c>97.0 %</c>, <c>&lt;0.1 %</c>, as the pictures have it; 100 % and 0 % are said only where they are exact.</summary>
    public static string Percent(double share) => share switch
    {
        0 => "0 %",
        >= 1 => "100 %",
        < 0.001 => "<0.1 %",
        > 0.999 => ">99.9 %",
        _ => Number(share * 100, "0.0") + " %",
    };

    /// <summary>A length of time with three figures or so: <c>60 s</c>, <c>1.25 s</c>, <c>48 ms</c>.</summary>
    public static string Duration(long ns) => Math.Abs(ns) switch
    {
        0 => "0 s",
        < Microsecond => Number(ns, "0") + " ns",
        < Millisecond => Number((double)ns / Microsecond, "0.##") + " µs",
        < Second => Number((double)ns / Millisecond, "0.##") + " ms",
        < 100 * Second => Number((double)ns / Second, "0.##") + " s",
        _ => Number((double)ns / Second, "#,0.#") + " s",
    };

    /// <summary>A point in time since the start, to the microsecond the kernel prints: <c>3.496020 s</c>.</summary>
    public static string Moment(long ns) => Number((double)ns / Second, "0.000000") + " s";

    /// <summary><c>512 B</c>, <c>1.4 MiB</c></summary>
    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => bytes + " B",
        < 1024 * 1024 => Number(bytes / 1024.0, "0.#") + " KiB",
        < 1024L * 1024 * 1024 => Number(bytes / 1024.0 / 1024, "0.#") + " MiB",
        _ => Number(bytes / 1024.0 / 1024 / 1024, "0.##") + " GiB",
    };

    /// <summary>A time in UTC to the second: <c>2026-11-22 09:02:16 UTC</c>.</summary>
    public static string Utc(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
