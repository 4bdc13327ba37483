using System.Globalization;

namespace DropForensics.Analyze.Diff;

/// <summary>Rates as people read them: three figures at most, and a range where something is missing.</summary>
internal static class RateWords
{
    /// <summary><c>812/s</c>, <c>0.034/s</c>, <c>3 to 5/s</c>, <c>at least 3/s</c>, <c>none</c></summary>
    public static string Of(CountRange count, double seconds)
    {
        string least = Number(count.Least / seconds);
        if (count.Most is not { } most) return count.Least == 0 ? "unknown" : $"at least {least}/s";
        string upper = Number(most / seconds);
        return most == 0 ? "none" : least == upper ? $"{least}/s" : $"{least} to {upper}/s";
    }

    private static string Number(double rate) => rate switch
    {
        0 => "0",
        >= 100 => Text(rate, "#,0"),
        >= 10 => Text(rate, "0.#"),
        >= 1 => Text(rate, "0.##"),
        >= 0.001 => Text(rate, "0.####"),
        _ => Text(rate, "0.0E-0"),
    };

    private static string Text(double rate, string format) => rate.ToString(format, CultureInfo.InvariantCulture);
}
