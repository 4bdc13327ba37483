using System.Globalization;
using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Charts;

/// <summary>The names and counts of a timeline's colours, right of its title and on rows below it as far as needed.</summary>
internal static class TimelineLegend
{
    /// <summary>Height of a row, the title's too.</summary>
    public const double Pitch = 15;

    private const double Swatch = 9;
    private const double NameLeft = Swatch + 5;
    private const double CountGap = 6;
    private const double EntryGap = 18;
    private const int MostRows = 3;
    private static readonly TextFace Name = new(10, Mono: true);
    private static readonly TextFace Prose = new(10);

    private sealed record Entry(string Name, TextFace Face, string Count, Datum Datum, Colour Colour, bool Hatched = false);

    /// <summary>Draws it; returns how many rows it and the title take.</summary>
    public static int Draw(Surface surface, Box area, double left, TimelineStack stack, IReadOnlyList<LossSpan> losses)
    {
        List<Entry> all = Entries(stack, losses);

        // Long names give way before the plot does.
        double[] limits = [190, 150, 120, 90, 60];
        double chosen = limits.Cast<double?>().FirstOrDefault(l => Flow(surface.Fit, all, area, left, l!.Value)[^1].Row < MostRows) ?? limits[^1];
        List<(int Row, double Left, double CountLeft, string Name)> places = Flow(surface.Fit, all, area, left, chosen);
        foreach ((Entry? entry, (int Row, double Left, double CountLeft, string Name) place) in all.Zip(places))
        {
            double top = area.Top + (place.Row * Pitch);
            surface.TryText(place.Name, place.Left + NameLeft, top + 10.5, entry.Face, Palette.Ink);
            surface.TryText(entry.Count, place.CountLeft, top + 10.5, Prose, Palette.Muted, datum: entry.Datum);
            if (entry.Hatched)
                surface.Hatch(new Box(place.Left, top + 2, Swatch, Swatch), entry.Colour);
            else
                surface.Rectangle(new Box(place.Left, top + 2, Swatch, Swatch), entry.Colour);
        }

        return places[^1].Row + 1;
    }

    private static List<Entry> Entries(TimelineStack stack, IReadOnlyList<LossSpan> losses)
    {
        List<Entry> entries = [.. stack.Layers.Select(l => new Entry(
            VisibleText.Of(l.Reason),
            l.Colour == Palette.Other ? Prose : Name,
            Units.Count(l.Total),
            new Datum(l.Reason, l.Total),
            l.Colour))];
        if (losses.Count > 0)
        {
            long? lost = losses.All(l => l.Lost is not null) ? losses.Sum(l => l.Lost) : null;
            entries.Add(new Entry("lost", Prose, LossText(losses), new Datum("lost", lost), Palette.Harmful, Hatched: true));
        }

        return entries;
    }

    /// <summary>Where each entry goes, row by row; after them one more, where the next would start.</summary>
    private static List<(int Row, double Left, double CountLeft, string Name)> Flow(TextFit fit, List<Entry> entries, Box area, double left, double longestName)
    {
        List<(int, double, double, string)> places = [];
        int row = 0;
        foreach (Entry entry in entries)
        {
            string name = fit.Middle(entry.Name, Math.Min(longestName, area.Width / 2), entry.Face);
            double countLeft = NameLeft + fit.Measure(name, entry.Face) + CountGap;
            double wide = countLeft + fit.Measure(entry.Count, Prose);
            if (left + wide > area.Right && left > area.Left)
            {
                left = area.Left;
                row++;
            }

            places.Add((row, left, left + countLeft, name));
            left += wide + EntryGap;
        }

        places.Add((row, left, left, ""));
        return places;
    }

    private static string LossText(IReadOnlyList<LossSpan> losses)
    {
        long known = losses.Sum(l => l.Lost ?? 0);
        bool unknown = losses.Any(l => l.Lost is null);
        return !unknown ? Units.Count(known) : known == 0 ? "unknown" : $"{Units.Count(known)} + unknown";
    }
}

/// <summary>What a timeline has in words, in the page and in pictures.</summary>
internal static class TimelineWords
{
    public static TimeUnit UnitOf(TimelineData data) => TimeUnit.For(data.WindowNs);

    /// <summary><c>Drops per second</c></summary>
    public static string Title(TimelineData data) => TimeUnit.For(data.BinNs) switch
    {
        _ when data.Instant is not null => Capital(data.Subject),
        _ when Long(data.BinNs) is { } words => $"{Capital(data.Subject)} per {words}",
        var unit when data.BinNs == unit.Ns => $"{Capital(data.Subject)} per {unit.Name}",
        var unit => $"{Capital(data.Subject)} per {unit.Of(data.BinNs)} {unit.Symbol}",
    };

    /// <summary><c>peak 120 at 4–5 s</c></summary>
    public static string Peak(TimelineStack stack, TimelineData data) => $"peak {Units.Count(stack.Peak)} at {Bin(data, stack.PeakBin)}";

    /// <summary>From when to when a bin goes: <c>4–5 s</c>.</summary>
    public static string Bin(TimelineData data, int bin)
    {
        long start = bin * data.BinNs;
        TimeUnit unit = UnitOf(data);
        return $"{unit.Of(start, data.BinNs)}–{unit.Of(Math.Min(start + data.BinNs, data.WindowNs), data.BinNs)} {unit.Symbol}";
    }

    public static string Loss(LossSpan loss) => loss.Lost is { } lost ? $"lost {Units.Count(lost)}" : "lost, count unknown";

    public static Datum LossDatum(TimelineData data, LossSpan loss) =>
        new("lost", loss.Lost, $"{UnitOf(data).Of(loss.StartNs)}–{UnitOf(data).Of(loss.EndNs)} {UnitOf(data).Symbol}");

    /// <summary>A length of minutes, hours or days; null of another.</summary>
    private static string? Long(long ns)
    {
        const long Minute = 60_000_000_000;
        foreach ((string name, long length) in new[] { ("day", 1440 * Minute), ("hour", 60 * Minute), ("minute", Minute) })
        {
            if (ns >= length && ns % length == 0) return ns == length ? name : $"{Units.Count(ns / length)} {name}s";
        }

        return null;
    }

    private static string Capital(string word) => word.Length == 0 ? "" : char.ToUpperInvariant(word[0]) + word[1..];
}

/// <summary>The unit of a time axis: the largest that leaves its numbers above 1.</summary>
/// <param name="Symbol"><c>s</c>, <c>ms</c>, <c>µs</c>.</param>
/// <param name="Name">In words, one of it.</param>
/// <param name="Ns">Its length.</param>
internal sealed record TimeUnit(string Symbol, string Name, long Ns)
{
    private static readonly TimeUnit Second = new("s", "second", 1_000_000_000);
    private static readonly TimeUnit Millisecond = new("ms", "millisecond", 1_000_000);
    private static readonly TimeUnit Microsecond = new("µs", "microsecond", 1_000);

    /// <summary>The unit for a span of time.</summary>
    public static TimeUnit For(long ns) => ns >= Second.Ns ? Second : ns >= Millisecond.Ns ? Millisecond : Microsecond;

    /// <summary>A time with as many decimals as it has: <c>12.5</c>.</summary>
    public string Of(long ns) => (ns / (decimal)Ns).ToString("#,0.#########", CultureInfo.InvariantCulture);

    /// <summary>A time with as many decimals as another one has, so that ranges read evenly: <c>13.0</c>.</summary>
    public string Of(long ns, long like)
    {
        int decimals = Of(like).Split('.') is [_, var fraction] ? fraction.Length : 0;
        return (ns / (decimal)Ns).ToString("N" + decimals, CultureInfo.InvariantCulture);
    }
}
