using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Selection;
using DropForensics.Core.Filters;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Follow;

/// <summary>The ways of a capture's dropped packets: which drops they are of, and what they come to.</summary>
internal sealed class FollowedWays
{
    private const int MostRoutes = 50, MostDistinct = 10_000;

    private readonly CaptureReader _capture;
    private readonly CancellationToken _stop;
    private readonly FollowedPackets? _asked;

    /// <param name="capture">Open; it holds packets' ways.</param>
    /// <param name="stop">Gives up.</param>
    public FollowedWays(CaptureReader capture, CancellationToken stop)
    {
        (_capture, _stop) = (capture, stop);
        _asked = new CaptureQueries(capture.Connection).File(FollowedPackets.Path, "before") is { } text ? FollowedPackets.Of(text) : null;
    }

    /// <summary>Which drops the capture was to follow; null: nobody said, as of an imported text.</summary>
    public string? Asked => _asked is null ? null : Visible.Text(_asked.Text);

    /// <summary>Whether a capture has any event of a packet's way beside the drops.</summary>
    public static bool AreIn(CaptureReader capture)
    {
        bool found = false;
        SqlRows.Read(capture.Connection, "SELECT name FROM event_kind", row => found |= StopKinds.Of(SqlRows.Text(row, 0) ?? "") is { } kind && !kind.IsEnd());
        return found;
    }

    /// <summary>The drops that a selection left.</summary>
    public static HashSet<long> Selected(CaptureReader capture)
    {
        HashSet<long> ids = [];
        DirectRows.ReadNumbers(capture.Connection, "SELECT id FROM drop_event", row => ids.Add(row[0]));
        return ids;
    }

    /// <summary>The interfaces that each drop's packet passed, for a filter that asks for one; null for a filter that does not.</summary>
    /// <param name="filter">The filter; null: there is none.</param>
    public Func<long, string[]?>? Passed(DropFilter? filter)
    {
        if (filter is not { NeedsInterface: true }) return null;
        Dictionary<long, string[]> passed = [];
        Dictionary<string, string[]> known = [];
        using var reader = new WayReader(_capture);
        while (reader.Next(_stop) is { } way)
        {
            string[] names = [.. way.Stops.Select(stop => stop.Interface).OfType<string>().Distinct()];
            string key = string.Join(' ', names);
            if (!known.TryGetValue(key, out string[]? same)) known.Add(key, same = names);
            passed.Add(way.Drop, same);
        }

        return passed.GetValueOrDefault;
    }

    /// <summary>Sums the ways up.</summary>
    /// <param name="first">So many of the first ones are kept.</param>
    /// <param name="among">Ids of the drops that count; null: those that the capture was to follow.</param>
    /// <param name="isKept">Whether one is kept as well, by CPU and line of its drop; null: no other.</param>
    public PacketWays Summarize(int first, HashSet<long>? among = null, Func<int, long, bool>? isKept = null)
    {
        among ??= Chosen();
        using var reader = new WayReader(_capture);
        using var places = new IdLookup(_capture.Connection, "SELECT r.name, s.function FROM main.drop_event d JOIN site s ON s.id = d.site_id LEFT JOIN reason r ON r.id = d.reason_id WHERE d.id = ?1");
        Dictionary<string, RouteFacts> routes = [];
        List<ShownWay> shown = [];
        (long drops, long withStops, long unsure, long cut, long cutAtOnce, long waited, long unclear, int more) = (0, 0, 0, 0, 0, 0, 0, 0);
        while (reader.Next(_stop) is { } found)
        {
            PacketWay way = found;
            if (among?.Contains(way.Drop) == false) continue;
            _ = places.Find(way.Drop);
            (string? reason, string? function) = (VisibleOrNull(places.Text(0)), VisibleOrNull(places.Text(1)));
            drops++;
            if (way.Stops.Count > 1) withStops++;
            if (!way.IsSure) unsure++;
            way = WayWords.AtItsEnd(way, reason, function);
            if (way.Beginning == WayBeginning.Gap) cut++;
            if (way is { Beginning: WayBeginning.Gap, Stops.Count: 1 }) cutAtOnce++;
            if (way is { Beginning: WayBeginning.Unclear, Stops.Count: 1 }) unclear++;
            if (way.Beginning == WayBeginning.Waited) waited++;
            if (drops <= first || isKept?.Invoke(way.Stops[^1].Cpu, way.Stops[^1].RawLine) == true) shown.Add(new ShownWay(way, reason, function));
            string key = $"{reason}\n{function}\n{(way.Beginning == WayBeginning.Gap ? "?" : "")}{WayWords.Line(way.Stops.Select(stop => stop.Interface))}"; // as it is printed
            if (routes.TryGetValue(key, out RouteFacts? route)) routes[key] = route with { Drops = route.Drops + 1 };
            else if (routes.Count < MostDistinct) routes.Add(key, new RouteFacts(reason, function, 1, [.. way.Stops.Select(stop => new RouteStop(stop.Kind.Event(), stop.Interface))], way));
            else more++;
        }

        return new PacketWays
        {
            Followed = Asked,
            Drops = drops,
            WithStops = withStops,
            Unsure = unsure,
            Cut = cut,
            CutWithoutStop = cutAtOnce,
            WaitedWithoutStop = waited,
            UnclearWithoutStop = unclear,
            Events = reader.Events,
            Hidden = reader.Hidden,
            Routes = [.. routes.Values.OrderByDescending(route => route.Drops).ThenBy(route => route.Example.Stops[^1].TNs).Take(MostRoutes)],
            DistinctRoutes = routes.Count + more,
            First = shown,
        };
    }

    // A capture that keeps no packets cannot be asked for them any more: then all drops count.
    private HashSet<long>? Chosen() => _asked?.Words is { } words && (!words.NeedsPackets || DropSelection.MayHold(new CaptureQueries(_capture.Connection).Capture()))
        ? DropSelection.Matching(_capture, words, Passed(words), _stop) : null;

    private static string? VisibleOrNull(string? text) => text is null ? null : Visible.Text(text);
}
