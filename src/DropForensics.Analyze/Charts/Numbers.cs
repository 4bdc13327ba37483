using System.Globalization;

namespace DropForensics.Analyze.Charts;

/// <summary>Numbers as the pictures write them, in invariant culture.</summary>
internal static class Numbers
{
    /// <summary><c>1,204</c></summary>
    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>97.0 %</c>; what is there but rounds to nothing is <c>&lt;0.1 %</c>, what is not all is never 100.</summary>
    public static string Percent(long count, long total)
    {
        if (total <= 0)
            return "";
        var percent = 100.0 * count / total;
        if (count >= total)
            return count == total ? "100 %" : percent.ToString("N0", CultureInfo.InvariantCulture) + " %";
        if (count > 0 && percent < 0.1)
            return "<0.1 %";
        return percent > 99.9 ? ">99.9 %" : percent.ToString("0.0", CultureInfo.InvariantCulture) + " %";
    }

    /// <summary>Tick values from 0 to at most the end, their step 1, 2 or 5 times a power of ten, at most so many steps.</summary>
    public static IReadOnlyList<long> Ticks(long end, int mostSteps)
    {
        long step = 1;
        for (var i = 0; end / step > Math.Max(1, mostSteps); i++)
            step = i % 3 == 1 ? step / 2 * 5 : step * 2;
        List<long> ticks = [];
        for (long tick = 0; tick <= end; tick += step)
            ticks.Add(tick);
        return ticks;
    }
}
