using System.Text;
using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Follow;

/// <summary>
/// A way as lines for people: each stop with the time since the one before, and a bar for it.
/// <code>     +4 µs  #####             p0   netif_receive_skb       76 B  CPU 1</code>
/// </summary>
internal static class WayText
{
    private const int BarWidth = 16, TimeWidth = 10;

    /// <summary>What all ways come to: a sentence or two, and the most frequent ways.</summary>
    public static string Summary(PacketWays ways, int top)
    {
        var text = new StringBuilder();
        foreach (string sentence in WayWords.Sentences(ways)) text.Append(sentence).Append('\n');
        if (ways.Routes.Count == 0) return text.ToString();
        text.Append('\n');
        int width = Count(ways.Routes[0].Drops).Length;
        foreach (RouteFacts route in ways.Routes.Take(top)) text.Append(Count(route.Drops).PadLeft(width + 2)).Append("  ").Append(string.Join(" > ", [.. route.IsCut ? ["(beginning missing)"] : Array.Empty<string>(), .. WayWords.Interfaces(route.Stops.Select(stop => stop.Interface)), WayWords.Place(route.Reason, route.Function)])).Append('\n');
        if (ways.DistinctRoutes > Math.Min(top, ways.Routes.Count)) text.Append($"  and {Count(ways.DistinctRoutes - Math.Min(top, ways.Routes.Count), "other way")}\n");
        return text.ToString();
    }

    /// <summary>The stops of one packet, a line each.</summary>
    public static string Of(PacketWay way)
    {
        IReadOnlyList<WayStop> stops = way.Stops;
        int device = Math.Max(1, stops.Max(stop => stop.Interface?.Length ?? 0)), kind = stops.Max(stop => stop.Kind.Event().Length);
        long longest = 1;
        for (int i = 1; i < stops.Count; i++) longest = Math.Max(longest, stops[i].TNs - stops[i - 1].TNs);
        var text = new StringBuilder();
        if (way.Beginning != WayBeginning.Here) text.Append("    ").Append(WayWords.Of(way.Beginning)).Append('\n');
        for (int i = 0; i < stops.Count; i++)
        {
            WayStop stop = stops[i];
            long gap = i == 0 ? 0 : stop.TNs - stops[i - 1].TNs;
            text.Append((i == 0 ? "" : $"+{WayWords.Gap(gap)}").PadLeft(TimeWidth)).Append("  ")
                .Append(new string('#', (int)Math.Ceiling((double)BarWidth * gap / longest)).PadRight(BarWidth)).Append("  ")
                .Append((stop.Interface ?? "").PadRight(device)).Append("  ").Append(stop.Kind.Event().PadRight(kind)).Append("  ")
                .Append((stop.Length is { } length ? $"{Count(length)} B" : "").PadLeft(8)).Append($"  CPU {stop.Cpu}").Append(WayWords.Marks(stop) is { Length: > 0 } marks ? $"  {marks}" : "").Append('\n');
        }

        return text.ToString();
    }
}
