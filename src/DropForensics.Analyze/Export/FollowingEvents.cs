using DropForensics.Analyze.Queries;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Export;

/// <summary>The events beside the drops, by connection: what happened to one after a packet of it was dropped.</summary>
internal sealed class FollowingEvents
{
    // TCP sends again for the first time after a second at the latest, if it knows nothing of the way.
    private const long WithinNs = 1_000_000_000;

    private readonly Dictionary<ConnectionEnds, List<(long TNs, string Kind)>> _byConnection = [];

    /// <summary>Those of a capture; null if it has none with addresses.</summary>
    public static FollowingEvents? Read(SqliteConnection connection)
    {
        var events = new FollowingEvents();
        SqlRows.Read(
            connection,
            "SELECT f.src, f.sport, f.dst, f.dport, o.t_ns, k.name FROM other_event o JOIN event_kind k ON k.id = o.kind_id JOIN flow f ON f.id = o.flow_id ORDER BY o.t_ns",
            row =>
            {
                var ends = ConnectionEnds.Of(SqlRows.Text(row, 0), SqlRows.Number(row, 1), SqlRows.Text(row, 2), SqlRows.Number(row, 3));
                if (!events._byConnection.TryGetValue(ends, out List<(long, string)>? list)) events._byConnection.Add(ends, list = []);
                list.Add((SqlRows.Number(row, 4) ?? 0, SqlRows.Text(row, 5) ?? ""));
            });
        return events._byConnection.Count == 0 ? null : events;
    }

    /// <summary>The first event of a connection after a moment and within a second of it: its name, and how much later it came in ns; null if there is none.</summary>
    public (string Kind, long AfterNs)? After(ConnectionEnds ends, long tNs)
    {
        if (!_byConnection.TryGetValue(ends, out List<(long TNs, string Kind)>? list)) return null;
        (int low, int high) = (0, list.Count);
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (list[middle].TNs > tNs) high = middle;
            else low = middle + 1;
        }

        return low < list.Count && list[low].TNs - tNs <= WithinNs ? (list[low].Kind, list[low].TNs - tNs) : null;
    }
}
