using System.Globalization;
using System.Text.RegularExpressions;
using static DropForensics.Analyze.Display.Units;

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

    /// <summary><c>97.0 %</c>, <c>&lt;0.1 %</c>; 100 % and 0 % only where they are exact. The page's script rounds the same way.</summary>
    public static string Percent(double share) => share switch
    {
        0 => "0 %",
        >= 1 => "100 %",
        < 0.001 => "<0.1 %",
        > 0.999 => ">99.9 %",
        _ => Number(Math.Round(share * 1000, MidpointRounding.AwayFromZero) / 10, "0.0") + " %",
    };

    /// <summary>The same of a part of a whole; empty where the whole is nothing.</summary>
    public static string Percent(long part, long whole) => whole <= 0 ? "" : Percent((double)part / whole);

    /// <summary>A percentage that was set as a limit, with the decimals it was given: <c>10 %</c>, <c>0.05 %</c>.</summary>
    public static string Limit(double percent) => Number(percent, "0.##") + " %";

    /// <summary>Events a second, three figures at most: <c>812/s</c>, <c>0.034/s</c>.</summary>
    public static string Rate(double perSecond) => RateNumber(perSecond) + "/s";

    /// <summary>A range of rates: <c>3 to 5/s</c>; one rate where both read the same.</summary>
    public static string Rate(double least, double most) =>
        RateNumber(least) is var lower && lower == RateNumber(most) ? Rate(least) : $"{lower} to {Rate(most)}";

    /// <summary>How many times as much: <c>× 2.5</c>, <c>× 1,204</c>.</summary>
    public static string Times(double ratio) => "× " + Number(ratio, ratio >= 100 ? "#,0" : ratio < 0.1 ? "0.0###" : "0.##");

    /// <summary>A probability: <c>0.73</c>, <c>&lt; 0.0001</c>.</summary>
    public static string Probability(double p) => p < 0.0001 ? "< 0.0001" : Number(p, "0.####");

    /// <summary>A length of time with three figures or so: <c>60 s</c>, <c>1.25 s</c>, <c>48 ms</c>.</summary>
    public static string Duration(long ns) => Math.Abs(ns) switch
    {
        0 => "0 s",
        < Microsecond => Number(ns, "0") + " ns",
        < Millisecond => ThreeDigits((double)ns / Microsecond) + " µs",
        < Second => ThreeDigits((double)ns / Millisecond) + " ms",
        _ => ThreeDigits((double)ns / Second) + " s",
    };

    /// <summary>More digits than three of a measured value mean nothing: <c>4.06</c>, <c>57.3</c>, <c>816</c>, <c>1,204</c>.</summary>
    private static string ThreeDigits(double value) => Number(value, Math.Abs(value) switch
    {
        < 9.995 => "0.##",
        < 99.95 => "0.#",
        _ => "#,0",
    });

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

    /// <summary>A time in UTC to the second: <c>2026-11-22 09:02:16 UTC</c>, or without its date.</summary>
    public static string Utc(DateTime time, bool withDate = true) =>
        time.ToString(withDate ? "yyyy-MM-dd HH:mm:ss 'UTC'" : "HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string RateNumber(double rate) => Number(rate, rate switch
    {
        0 or >= 100 => "#,0",
        >= 10 => "0.#",
        >= 1 => "0.##",
        >= 0.001 => "0.####",
        _ => "0.0E-0",
    });

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}

/// <summary>This program's sentences, in which backticks mark the kernel's names.</summary>
public static partial class Prose
{
    /// <summary>The sentence where there is but one typeface.</summary>
    public static string Plain(string sentence) => sentence.Replace("`", "", StringComparison.Ordinal);

    /// <summary>Its parts in order, and which are marked.</summary>
    public static IEnumerable<(string Text, bool IsName)> Parts(string sentence) =>
        sentence.Split('`').Select((text, i) => (text, i % 2 == 1)).Where(p => p.text.Length > 0);

    /// <summary>The parts of a text in order, and which are a number with its unit: a line must not end between the two.</summary>
    public static IEnumerable<(string Text, bool IsQuantity)> Quantities(string text) =>
        Quantity().Split(text).Select((part, i) => (part, i % 2 == 1)).Where(p => p.part.Length > 0);

    // "6.5 %", "<0.1 %", "1,204 /s", "57.3 ms"
    [GeneratedRegex(@"([<>]?[0-9][0-9.,]* (?:%|/s\b|(?:s|ms|B|[KMGT]iB)\b))")]
    private static partial Regex Quantity();
}

/// <summary>What a capture counts, in words: drops, or hits of a function, which need not be drops.</summary>
/// <param name="hitsOf">The function; null for drops.</param>
internal sealed class Subject(string? hitsOf)
{
    /// <summary><c>drop</c>, <c>hit</c></summary>
    public string One => hitsOf is null ? "drop" : "hit";

    /// <summary><c>drops</c>, <c>hits</c></summary>
    public string Many => One + "s";

    /// <summary>The head of a column: <c>Drops</c>, <c>Hits</c>.</summary>
    public string Head => hitsOf is null ? "Drops" : "Hits";

    /// <summary>The beginning of a caption: <c>Drops</c>, <c>Hits of tcp_v4_rcv</c>.</summary>
    public string Title => hitsOf is null ? "Drops" : $"Hits of {hitsOf}";

    /// <summary><c>1,204 drops</c>, <c>1 hit</c></summary>
    public string Counted(long count) => Count(count, One);

    /// <summary><c>1,204 drops</c>, <c>1 hit of `tcp_v4_rcv`</c></summary>
    public string CountedOf(long count) => hitsOf is null ? Counted(count) : Happened(count);

    /// <summary><c>1,204 packets dropped</c>, <c>1 hit of `tcp_v4_rcv`</c></summary>
    public string Happened(long count) => hitsOf is null ? $"{Count(count, "packet")} dropped" : $"{Count(count, "hit")} of `{hitsOf}`";

    /// <summary><c>No drop was captured.</c>, <c>No hit was captured.</c></summary>
    public string None => $"No {One} was captured.";

    /// <summary>The same as a clause: <c>no drop was captured</c>.</summary>
    public string WhyNone => $"no {One} was captured";

    /// <summary>A function that decided to drop, or one that called the function that was hit.</summary>
    public string Function => hitsOf is null ? "deciding function" : "function";
}
