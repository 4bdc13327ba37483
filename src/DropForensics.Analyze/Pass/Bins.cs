namespace DropForensics.Analyze.Pass;

/// <summary>Equal spans of time, 1, 2 or 5 times a power of ten wide, so that a person can name one.</summary>
internal sealed record Bins(long StartNs, long WidthNs, int Count)
{
    private const int MostBins = 240;
    private const long Narrowest = 1000;

    /// <summary>The finest bins of which at most 240 cover the span; 96 at least, unless that is finer than the kernel's microsecond.</summary>
    public static Bins Over(long fromNs, long toNs)
    {
        foreach (long width in Widths())
        {
            long start = FloorDivide(fromNs, width) * width;
            long count = FloorDivide(Math.Max(fromNs, toNs - 1), width) - (start / width) + 1;
            if (count is > 0 and <= MostBins) // not of a forged span, whose ends are further apart than a number can say
            {
                return new Bins(start, width, (int)count);
            }
        }

        return new Bins(fromNs, long.MaxValue, 1);
    }

    /// <summary>The bin a time falls in; what lies outside (the last instant, a straggler) counts for the nearest.</summary>
    public int IndexOf(long t) => (int)Math.Clamp(FloorDivide(t - StartNs, WidthNs), 0, Count - 1);

    private static IEnumerable<long> Widths()
    {
        for (long decade = Narrowest; decade <= long.MaxValue / 10; decade *= 10)
        {
            yield return decade;
            yield return decade * 2;
            yield return decade * 5;
        }
    }

    private static long FloorDivide(long value, long by) => (value / by) - (value % by < 0 ? 1 : 0);
}
