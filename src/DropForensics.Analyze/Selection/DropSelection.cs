using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Core;
using DropForensics.Core.Filters;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Selection;

/// <summary>
/// The drops that <c>--filter</c> takes. Temporary views hide the table of drops, and the views over it, behind views of the same names that have the chosen
/// drops alone: whatever reads the capture afterwards by this connection reads the selection. The file is not changed.
/// </summary>
internal sealed class DropSelection : IDisposable
{
    private readonly CaptureReader _capture;
    private readonly DropFilter _filter;
    private readonly Dictionary<long, PacketStream> _streams = [];
    private readonly Func<long, string[]?>? _passed;

    private DropSelection(CaptureReader capture, DropFilter filter, CaptureInfo info, Func<long, string[]?>? passed)
    {
        (_capture, _filter, _passed) = (capture, filter, passed);
        if (!filter.LooksAtPackets || !MayHold(info)) return;
        foreach (RawStream stream in capture.Streams())
            _streams.Add(stream.Cpu ?? -1, new PacketStream(capture, stream.Cpu, info.HitsOf, info.Packets == "full"));
    }

    /// <summary>Whether a capture may hold packets.</summary>
    public static bool MayHold(CaptureInfo info) => info.Packets is "headers" or "full" || info is { Probe: "import", Packets: null };

    /// <summary>Chooses.</summary>
    /// <param name="capture">Open.</param>
    /// <param name="expression">As it was given; null: all drops stay.</param>
    /// <param name="stop">Gives up.</param>
    /// <param name="progress">Receives progress; null: no one watches.</param>
    /// <param name="passed">The interfaces that a drop's packet passed, by its id; null: not known, its own is compared alone.</param>
    /// <returns>What was chosen; null without an expression.</returns>
    /// <exception cref="UserError">It is no expression, or the capture holds no packets to compare.</exception>
    public static SelectionFacts? Apply(
        CaptureReader capture, string? expression, CancellationToken stop, ProgressLine? progress = null, Func<long, string[]?>? passed = null)
    {
        if (expression is null) return null;
        DropFilter filter = DropFilter.Parse(expression);
        CaptureInfo info = new CaptureQueries(capture.Connection).Capture();
        if (filter.NeedsPackets && !MayHold(info))
        {
            throw new UserError(
                $"{capture.Path} holds no packets, so --filter '{Visible.Text(filter.Text)}' has nothing to compare",
                "ip, ip6, arp, rarp and reason can be compared. Capture with --probe eprobe or kprobe, and without --packets none, to have packets.");
        }

        using var selection = new DropSelection(capture, filter, info, passed);
        return selection.Choose(progress, stop);
    }

    /// <summary>The drops that match, by id, without hiding the others.</summary>
    /// <param name="capture">Open.</param>
    /// <param name="filter">Chooses.</param>
    /// <param name="passed">See <see cref="Apply"/>.</param>
    /// <param name="stop">Gives up.</param>
    public static HashSet<long> Matching(CaptureReader capture, DropFilter filter, Func<long, string[]?>? passed, CancellationToken stop)
    {
        using var selection = new DropSelection(capture, filter, new CaptureQueries(capture.Connection).Capture(), passed);
        HashSet<long> ids = [];
        selection.Test(
            (id, answer) =>
            {
                if (answer == Answer.Yes) ids.Add(id);
            },
            stop);
        return ids;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (PacketStream stream in _streams.Values) stream.Dispose();
    }

    private SelectionFacts Choose(ProgressLine? progress, CancellationToken stop)
    {
        SqliteConnection connection = _capture.Connection;
        var queries = new CaptureQueries(connection);
        progress?.Begin("choosing the drops", queries.LastDrop());
        Execute("PRAGMA query_only = 0; CREATE TEMP TABLE selected_drop (id INTEGER PRIMARY KEY); BEGIN");
        long all = 0, chosen = 0, without = 0;
        using (var add = new IdLookup(connection, "INSERT INTO selected_drop (id) VALUES (?1)"))
        {
            Test(
                (id, answer) =>
                {
                    all++;
                    progress?.At(all);
                    if (answer == Answer.Unknown) without++;
                    if (answer != Answer.Yes) return;
                    chosen++;
                    add.Find(id);
                },
                stop);
        }

        string[] views = [.. Views()];
        Execute($"""
            COMMIT;
            CREATE TEMP VIEW drop_event AS SELECT * FROM main.drop_event WHERE id IN (SELECT id FROM temp.selected_drop);
            {string.Join(";\n", views)};
            PRAGMA query_only = 1;
            """);
        return new SelectionFacts(Visible.Text(_filter.Text), chosen, all, without);
    }

    private void Test(Action<long, Answer> each, CancellationToken stop)
    {
        SqliteConnection connection = _capture.Connection;
        Dictionary<long, string> reasons = Names("SELECT id, name FROM reason"), interfaces = Names("SELECT id, name FROM interface");
        SqlRows.Read(connection, "SELECT id, ifnull(cpu, -1), raw_line, ethertype, reason_id, interface_id FROM main.drop_event ORDER BY id", row =>
        {
            stop.ThrowIfCancellationRequested();
            each(SqlRows.Number(row, 0) ?? 0, Test(row, reasons, interfaces));
        });

        Dictionary<long, string> Names(string sql)
        {
            Dictionary<long, string> names = [];
            SqlRows.Read(connection, sql, row => names[SqlRows.Number(row, 0) ?? 0] = SqlRows.Text(row, 1) ?? "");
            return names;
        }
    }

    private Answer Test(sqlite3_stmt row, Dictionary<long, string> reasons, Dictionary<long, string> interfaces)
    {
        long cpu = SqlRows.Number(row, 1) ?? -1;
        PacketStream? stream = _streams.GetValueOrDefault(cpu) ?? _streams.GetValueOrDefault(-1);
        StoredPacket? packet = stream?.Take(SqlRows.Number(row, 2) ?? 0);
        FilterSubject drop = packet is null ? new FilterSubject() : new FilterSubject(packet.Bytes, packet.Start, packet.Length);
        return _filter.Test(drop with
        {
            EtherType = (int?)SqlRows.Number(row, 3),
            Reason = SqlRows.Number(row, 4) is { } reason ? reasons.GetValueOrDefault(reason) : null,
            Interface = SqlRows.Number(row, 5) is { } device ? interfaces.GetValueOrDefault(device) : null,
            Passed = _passed?.Invoke(SqlRows.Number(row, 0) ?? 0),
        });
    }

    // The file's own views name main's tables; the same text as a temporary view names ours.
    private List<string> Views()
    {
        List<string> views = [];
        SqlRows.Read(_capture.Connection, "SELECT name, sql FROM main.sqlite_schema WHERE type = 'view' AND name IN ('drops', 'events')", row =>
        {
            string opening = $"CREATE VIEW {SqlRows.Text(row, 0)} AS", text = SqlRows.Text(row, 1) ?? "";
            if (!text.StartsWith(opening, StringComparison.Ordinal)) throw new InvalidDataException("a view is not as it was made"); // it was compared when the file was opened
            views.Add($"CREATE TEMP VIEW{text["CREATE VIEW".Length..]}");
        });
        return views;
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _capture.Connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
