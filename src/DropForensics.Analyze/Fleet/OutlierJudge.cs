using DropForensics.Analyze.Diff;
using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Fleet;

/// <summary>
/// Which captures have more drops of a cause than the fleet. A capture stands out if three things hold: its rate differs from that of the others (their
/// median or their mean, whichever is higher) by the test that <c>diff</c> uses (<see cref="PoissonTest"/>, a burst as one event); it lies outside the spread of all rates; and it is at least
/// <see cref="LeastRatio"/> times the median. Both limits are for all comparisons together: chance alone names a capture in one of a thousand reports.
/// </summary>
internal static class OutlierJudge
{
    /// <summary>Fewer captures have no median that means anything.</summary>
    public const int FewestCaptures = 3;

    /// <summary>A rate below this many times the median is never named.</summary>
    public const double LeastRatio = 2;

    // Hosts with the same work differ by a quarter at least: where they agree better by chance, the spread would be too small.
    private const double LeastSpread = 0.2231; // ln 1.25

    // Of a normal distribution, the distance between median and upper quartile.
    private const double Quartile = 0.6745;

    /// <summary>The captures that stand out for a cause, and those of which missing drops decide.</summary>
    /// <param name="looked">All captures that recorded this cause, with or without drops of it.</param>
    /// <param name="tests">Comparisons in the whole report.</param>
    public static IEnumerable<Outlier> Of(FleetCause cause, IReadOnlyList<FleetCapture> looked, long tests)
    {
        if (looked.Count < FewestCaptures) yield break;
        List<Side> sides = [.. looked.Select(each => new Side(each, cause.Cause))];
        double seconds = Median([.. sides.Select(side => side.Seconds)]);
        double least = Median([.. sides.Select(side => side.PerSecond)]), most = Median([.. sides.Select(side => side.PerSecondMost)]);
        double limit = PoissonTest.Threshold / tests, distance = Math.Sqrt(-2 * Math.Log(2 * limit)); // of the normal distribution's tail, rounded up

        // On a logarithmic scale, where hosts with other loads lie evenly; a drop in the median window keeps none from being infinitely far away.
        double floor = 1 / seconds, middle = Math.Log(least + floor);
        List<double> rates = [.. sides.Select(side => Math.Log(side.PerSecond + floor)).Order()];
        double spread = Math.Max(LeastSpread, (rates[3 * (rates.Count - 1) / 4] - middle) / Quartile) * (1 + (3.0 / (rates.Count - 2))); // few captures show little of it
        (double allSeconds, double allLeast, double allMost) = (sides.Sum(side => side.Seconds), sides.Sum(side => side.Events), sides.Sum(side => side.EventsMost));
        foreach (Side side in sides.Where(side => side.Drops > 0 && Math.Log(side.PerSecond + floor) - middle > distance * spread))
        {
            // The median of a rare cause is none, even where one host of ten has it: the mean of the others tells what chance alone brings.
            bool IsAbove(double median, double ofOthers, out double p)
            {
                (p, double others) = (1, allSeconds - side.Seconds);
                if (double.IsInfinity(median) || side.PerSecond < LeastRatio * median) return false;
                double reference = Math.Max(ofOthers, median / side.Dispersion * others);
                if (side.Events / side.Seconds <= reference / others) return false;
                p = PoissonTest.P((long)Math.Ceiling(reference), others, (long)side.Events, side.Seconds);
                return p < limit;
            }

            if (IsAbove(most, allMost - side.EventsMost, out double p)) yield return new Outlier(side.Capture, cause, side.Drops, side.PerSecond, most, p, IsOpen: false);
            else if (IsAbove(least, allLeast - side.Events, out p)) yield return new Outlier(side.Capture, cause, side.Drops, side.PerSecond, least, p, IsOpen: true);
        }
    }

    /// <summary>The middle one; of an even number the larger of the two, which names fewer. 1 of none.</summary>
    internal static double Median(IReadOnlyList<double> values) => values.Count == 0 ? 1 : values.Order().ElementAt(values.Count / 2);

    private readonly record struct Side(FleetCapture Capture, Cause Cause)
    {
        private readonly CauseCount? _count = Capture.Causes.FirstOrDefault(each => each.Cause == Cause);

        public long Drops => _count?.Drops ?? 0;

        public double Dispersion => _count?.Dispersion ?? 1;

        public double Seconds => Capture.Seconds ?? 1; // those without are not compared

        public double PerSecond => Drops / Seconds;

        /// <summary>Drops as independent events: a burst is one.</summary>
        public double Events => Bursts.Events(CountRange.Exactly(Drops), Dispersion).Least;

        /// <summary>With all that the capture lacks; where that has no limit, the median has none either.</summary>
        public double EventsMost => Bursts.Events(CountRange.Exactly(Drops + (MissingMost ?? 0)), Dispersion).Least;

        public double PerSecondMost => MissingMost is { } missing ? (Drops + missing) / Seconds : double.PositiveInfinity;

        private long? MissingMost => Capture.HasExactCauses ? 0 : Capture.MissingMost;
    }
}

/// <summary>A capture that has more drops of a cause than the fleet's median.</summary>
/// <param name="Drops">Captured.</param>
/// <param name="PerSecond">Its rate.</param>
/// <param name="MedianPerSecond">The median of all captures that looked, with all that they lack; without where <paramref name="IsOpen"/>.</param>
/// <param name="P">The probability that chance alone separates the two this far.</param>
/// <param name="IsOpen">Whether it stands out only if the other captures' missing drops were of another cause.</param>
public sealed record Outlier(FleetCapture Capture, FleetCause Cause, long Drops, double PerSecond, double MedianPerSecond, double P, bool IsOpen)
{
    /// <summary>Drops beyond what the median host had in that time.</summary>
    public long Excess => Drops - (long)(MedianPerSecond * (Capture.Seconds ?? 0));
}
