using System.Globalization;

namespace DropForensics.Core.Commands;

/// <summary>
/// Durations, sizes and counts as people type them. Each reader returns the value, or null and one line that says what is wrong and what is accepted.
/// </summary>
public static class Quantities
{
    private const long MostBytes = 1L << 50;
    private const string Durations = "Accepted: 90 (seconds), 90s, 1m30s, 1h, 500ms.";
    private const string Sizes = "Accepted: 64MiB, 64M, 1GiB, 500KB, 1048576 (bytes).";
    private const string Counts = "Accepted: 10000, 10k, 2M.";

    private static readonly TimeSpan Longest = TimeSpan.FromHours(24);

    // The largest first: that is the order in which they may follow each other.
    private static readonly (string Unit, long Ticks)[] DurationUnits =
        [("h", TimeSpan.TicksPerHour), ("m", TimeSpan.TicksPerMinute), ("s", TimeSpan.TicksPerSecond), ("ms", TimeSpan.TicksPerMillisecond)];

    // By dd(1) and by IEC 80000-13: MB is a power of 1000, MiB of 1024; M alone is MiB.
    private static readonly (string Unit, decimal Bytes)[] SizeUnits =
    [
        ("", 1), ("B", 1),
        ("K", 1L << 10), ("Ki", 1L << 10), ("KiB", 1L << 10), ("KB", 1_000),
        ("M", 1L << 20), ("Mi", 1L << 20), ("MiB", 1L << 20), ("MB", 1_000_000),
        ("G", 1L << 30), ("Gi", 1L << 30), ("GiB", 1L << 30), ("GB", 1_000_000_000),
        ("T", 1L << 40), ("Ti", 1L << 40), ("TiB", 1L << 40), ("TB", 1_000_000_000_000),
    ];

    private static readonly (string Unit, decimal Factor)[] CountUnits = [("", 1), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000)];

    /// <summary><c>90</c> (seconds), <c>90s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>500ms</c>; from 1 ms to 24 h.</summary>
    public static TimeSpan? Duration(string text, out string problem)
    {
        problem = "";
        decimal ticks = 0;
        int smallest = -1;
        for (ReadOnlySpan<char> rest = text; ;)
        {
            if (Part(ref rest) is not { } part || (rest.Length > 0 && part.HasFraction))
            {
                problem = $"cannot read '{text}' as a duration. {Durations}";
                return null;
            }

            bool isAlone = smallest < 0 && rest.Length == 0;
            int unit = part.Unit == "" && isAlone ? IndexOf("s") : IndexOf(part.Unit);
            if (unit <= smallest)
            {
                problem = part.Unit == "" ? $"'{text}' has a number without a unit. {Durations}"
                    : unit < 0 ? $"'{part.Unit}' in '{text}' is not a unit of time. {Durations}"
                    : $"the units of '{text}' are not in the order h, m, s, ms. {Durations}";
                return null;
            }

            ticks = Math.Min(ticks + (part.Number * DurationUnits[unit].Ticks), TimeSpan.MaxValue.Ticks);
            smallest = unit;
            if (rest.Length == 0) break;
        }

        if (ticks < TimeSpan.TicksPerMillisecond) problem = $"'{text}' is too short. The shortest is 1ms.";
        else if (ticks > Longest.Ticks) problem = $"'{text}' is too long. The longest is 24h.";
        return problem == "" ? TimeSpan.FromTicks((long)ticks) : null;
    }

    /// <summary><c>64MiB</c>, <c>64M</c>, <c>500KB</c>, <c>4096</c>, in any case: K, M and G alone are powers of 1024, KB, MB and GB of 1000.</summary>
    public static long? Size(string text, out string problem)
    {
        if (Single(text, SizeUnits) is not { } bytes)
        {
            problem = $"cannot read '{text}' as a size. {Sizes}";
            return null;
        }

        problem = bytes < 1 ? $"'{text}' is too small. {Sizes}" : bytes > MostBytes ? $"'{text}' is too large. {Sizes}" : "";
        return problem == "" ? (long)bytes : null;
    }

    /// <summary><c>10000</c>, <c>10k</c>, <c>2M</c>: a whole number of at least <paramref name="least"/>; k, M and G are powers of 1000.</summary>
    public static long? Count(string text, long least, long most, out string problem)
    {
        if (Single(text, CountUnits) is not { } count || count != decimal.Truncate(count))
        {
            problem = $"cannot read '{text}' as a whole number. {Counts}";
            return null;
        }

        problem = count < least ? $"{text} is too small. The smallest is {Text(least)}." : count > most ? $"{text} is too large. The largest is {Text(most)}." : "";
        return problem == "" ? (long)count : null;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static int IndexOf(string unit) => Array.FindIndex(DurationUnits, each => each.Unit.Equals(unit, StringComparison.OrdinalIgnoreCase));

    private static decimal? Single(string text, (string Unit, decimal Value)[] units)
    {
        ReadOnlySpan<char> rest = text;
        if (Part(ref rest) is not { } part || rest.Length > 0) return null;
        foreach ((string unit, decimal value) in units)
        {
            if (unit.Equals(part.Unit, StringComparison.OrdinalIgnoreCase)) return part.Number * value;
        }

        return null;
    }

    /// <summary>Takes a number and its unit off the front; null if there is no number.</summary>
    private static (decimal Number, bool HasFraction, string Unit)? Part(ref ReadOnlySpan<char> rest)
    {
        // Larger than any quantity allowed here; its product with any unit still fits a decimal.
        const int MostDigits = 16;
        const decimal TooMuch = 1e16m;
        int digits = Length(rest, c => char.IsAsciiDigit(c) || c == '.');
        ReadOnlySpan<char> number = rest[..digits];
        int letters = Length(rest[digits..], char.IsAsciiLetter);
        string unit = rest.Slice(digits, letters).ToString();
        rest = rest[(digits + letters)..];
        if (digits is 0) return null;
        if (digits > MostDigits) return number.Contains('.') ? null : (TooMuch, false, unit);
        return decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) ? (value, number.Contains('.'), unit) : null;
    }

    private static int Length(ReadOnlySpan<char> text, Func<char, bool> isOne)
    {
        int length = 0;
        while (length < text.Length && isOne(text[length])) length++;
        return length;
    }
}
