namespace DropForensics.Analyze.Charts;

/// <summary>The values that an axis names.</summary>
internal static class Ticks
{
    /// <summary>From 0 to at most the end, their step 1, 2 or 5 times a power of ten, at most so many steps.</summary>
    public static IReadOnlyList<long> To(long end, int mostSteps)
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
