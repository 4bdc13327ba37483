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
        var all = Entries(stack, losses);

        // Long names give way before the plot does.
        double[] limits = [190, 150, 120, 90, 60];
        var chosen = limits.Cast<double?>().FirstOrDefault(l => Flow(surface.Fit, all, area, left, l!.Value)[^1].Row < MostRows) ?? limits[^1];
        var places = Flow(surface.Fit, all, area, left, chosen);
        foreach (var (entry, place) in all.Zip(places))
        {
            var top = area.Top + (place.Row * Pitch);
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
        var row = 0;
        foreach (var entry in entries)
        {
            var name = fit.Middle(entry.Name, Math.Min(longestName, area.Width / 2), entry.Face);
            var countLeft = NameLeft + fit.Measure(name, entry.Face) + CountGap;
            var wide = countLeft + fit.Measure(entry.Count, Prose);
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
        var known = losses.Sum(l => l.Lost ?? 0);
        var unknown = losses.Any(l => l.Lost is null);
        return !unknown ? Units.Count(known) : known == 0 ? "unknown" : $"{Units.Count(known)} + unknown";
    }
}
