namespace DropForensics.Analyze.Charts;

/// <summary>The layers of a timeline, bottom first, and what they sum to.</summary>
internal sealed record TimelineStack(IReadOnlyList<TimelineStack.Layer> Layers, IReadOnlyList<long> Sums, long Total)
{
    /// <summary>One reason's counts, one for each bin.</summary>
    internal sealed record Layer(string Reason, Colour Colour, IReadOnlyList<long> Counts, long Total);

    public int Bins => Sums.Count;

    public long Peak => Sums.Max();

    public int PeakBin => Sums.Index().MaxBy(s => s.Item).Index;

    /// <summary>Reasons with a colour of their own by count; the others together on top.</summary>
    public static TimelineStack Of(TimelineData data, ReasonColours colours)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(data.WindowNs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(data.BinNs);
        var bins = (int)Math.Max(1, ((data.WindowNs - 1) / data.BinNs) + 1);
        var coloured = data.Series.Where(s => colours.Knows(s.Reason))
            .Select(s => new Layer(s.Reason, colours.Of(s.Reason), Sum(bins, [s]), s.Counts.Take(bins).Sum()))
            .OrderByDescending(l => l.Total).ThenBy(l => l.Reason, StringComparer.Ordinal);
        var rest = data.Series.Where(s => !colours.Knows(s.Reason)).ToArray();
        var other = Sum(bins, rest);
        Layer[] layers =
        [
            .. coloured.Append(new Layer($"other ({rest.Length})", Palette.Other, other, other.Sum())).Where(l => l.Total > 0),
        ];
        return new TimelineStack(layers, Sum(bins, data.Series), layers.Sum(l => l.Total));
    }

    private static long[] Sum(int bins, IReadOnlyList<ReasonSeries> series)
    {
        var sums = new long[bins];
        foreach (var one in series)
        {
            for (var bin = 0; bin < Math.Min(bins, one.Counts.Count); bin++)
                sums[bin] += one.Counts[bin];
        }

        return sums;
    }
}
