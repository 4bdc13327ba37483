using System.Globalization;
using DropForensics.Analyze.Display;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// All drops in the order of their time, each as its row of the view <c>drops</c>. Nothing takes memory with the length of a capture: the
/// order is sorted by SQLite, in a temporary file where it is long. The view itself is asked for what many drops share only (see
/// <see cref="DropPart"/>): a row of it takes SQLite 10 µs, most of them for the time.
/// </summary>
internal sealed class DropRows : IDisposable
{
    // What each drop has for itself, and the ids of what it shares with others.
    private const string Order = """
        SELECT id, t_ns, cpu, raw_line, length, ethertype, iif, task_id, reason_id, site_id, interface_id, flow_id, owner_id
          FROM drop_event ORDER BY t_ns, cpu, raw_line
        """;

    private static readonly string[] Own = ["id", "t_ns", "cpu", "raw_line", "length", "ethertype", "iif"];

    private readonly SqliteConnection _connection;
    private readonly IdLookup _time;
    private readonly UtcText _utc = new();
    private readonly int[] _own;
    private readonly int _timeColumn;
    private readonly DropPart _task, _reason, _place, _flow, _owner;

    public DropRows(SqliteConnection connection)
    {
        _connection = connection;
        var queries = new CaptureQueries(connection);
        Clock = new HostClock(queries.Clock(), queries.Capture());
        using (var view = new IdLookup(connection, "SELECT * FROM drops WHERE id = ?1"))
        {
            Row = new DropRow([.. Enumerable.Range(0, view.Columns).Select(view.Name)]);
        }

        _own = [.. Own.Select(column => Row[column])];
        _timeColumn = Row["time_utc"];
        _time = new IdLookup(connection, "SELECT time_utc FROM drops WHERE id = ?1");
        _task = new DropPart(connection, Row, "pid", "comm");
        _reason = new DropPart(connection, Row, "reason", "subsystem");
        _place = new DropPart(
            connection, Row, "function", "location", "module", "driver", "driver_rule", "stack_id", "interface", "ifindex", "netns");
        _flow = new DropPart(
            connection, Row, "ip_protocol", "src", "dst", "sport", "dport", "vlan", "icmp_type", "icmp_code",
            "tunnel", "inner_ip_protocol", "inner_src", "inner_dst", "inner_sport", "inner_dport");
        _owner = new DropPart(connection, Row, "owner", "unit", "container", "pod", "uid");
    }

    /// <summary>The current row.</summary>
    public DropRow Row { get; }

    /// <summary>Id of the current row's site, which the view does not have.</summary>
    public long? Site { get; private set; }

    /// <summary>The host's.</summary>
    public HostClock Clock { get; }

    /// <summary>The place of a column by its name.</summary>
    public int this[string column] => Row[column];

    /// <summary>Goes to each drop and calls <paramref name="each"/> with its <c>t_ns</c>.</summary>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    /// <exception cref="OperationCanceledException">Stopped, between two drops or while they are sorted.</exception>
    public void Read(Action<long> each, CancellationToken stop, ProgressLine? progress = null)
    {
        // All rows are sorted before the first one comes, and the token is not checked meanwhile.
        sqlite3 handle = _connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        long drops = new CaptureQueries(_connection).LastDrop(), done = 0;
        using CancellationTokenRegistration interrupt = stop.Register(() => raw.sqlite3_interrupt(handle));
        progress?.Begin("sorting the drops");
        stop.ThrowIfCancellationRequested(); // what has come before interrupts nothing
        try
        {
            SqlRows.Read(_connection, Order, row =>
            {
                stop.ThrowIfCancellationRequested();
                if (done++ == 0)
                {
                    progress?.Begin("writing the drops", drops);
                }

                progress?.At(done);
                nint statement = row.DangerousGetHandle(); // open while it is stepped through
                if (Fill(statement))
                {
                    each(NativeRow.Number(statement, 1) ?? 0);
                }
            });
        }
        catch (SqliteException) when (stop.IsCancellationRequested)
        {
            throw new OperationCanceledException(stop);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _time.Dispose();
        foreach (DropPart part in (DropPart[])[_task, _reason, _place, _flow, _owner])
        {
            part.Dispose();
        }
    }

    private bool Fill(nint statement)
    {
        for (int i = 0; i < _own.Length; i++)
        {
            Row.Set(_own[i], new DropValue(null, NativeRow.Number(statement, i)));
        }

        long? Id(int part) => NativeRow.Number(statement, _own.Length + part);
        long drop = NativeRow.Number(statement, 0) ?? 0;
        Site = Id(2);
        if (!_task.Fill((Id(0), null), drop) || !_reason.Fill((Id(1), null), drop) || !_place.Fill((Id(2), Id(3)), drop) || !_flow.Fill((Id(4), null), drop)
            || !_owner.Fill((Id(5), null), drop))
        {
            return false;
        }

        Row.Set(_timeColumn, new DropValue(TimeOf(drop, NativeRow.Number(statement, 1) ?? 0), null));
        return true;
    }

    private string? TimeOf(long drop, long tNs) => !Clock.IsKnown ? null
        : Clock.RealNs(tNs) is >= 0 and { } ns ? _utc.Of(ns)
        : _time.Find(drop) ? _time.Text(0) : null; // of no host; the view has a word for such a time, too
}

/// <summary>A drop as its row of the view <c>drops</c>. Text is as it is stored, not made visible.</summary>
/// <param name="names">The view's columns, in its order.</param>
internal sealed class DropRow(string[] names)
{
    private readonly Dictionary<string, int> _places = names.Select((name, place) => (name, place)).ToDictionary(pair => pair.name, pair => pair.place);
    private readonly DropValue[] _values = new DropValue[names.Length];

    /// <summary>How many columns there are.</summary>
    public int Columns => names.Length;

    /// <summary>The place of a column by its name.</summary>
    public int this[string column] => _places[column];

    /// <summary>A column's name.</summary>
    public string Name(int column) => names[column];

    /// <summary>Whether a column holds an integer.</summary>
    public bool IsNumber(int column) => _values[column].Number is not null;

    /// <summary>A column's number; null where it is NULL, or text.</summary>
    public long? Number(int column) => _values[column].Number;

    /// <summary>A column as text, a number in digits; null where it is NULL.</summary>
    public string? Text(int column) => _values[column] is { Number: { } number } ? number.ToString(CultureInfo.InvariantCulture) : _values[column].Text;

    /// <summary>Puts a value into a column.</summary>
    public void Set(int column, DropValue value) => _values[column] = value;
}

/// <summary>What a column holds: text, or a number, or neither.</summary>
internal readonly record struct DropValue(string? Text, long? Number);

/// <summary>
/// Those columns of the view <c>drops</c> that follow from a part of the drop, its task for example. Drops are many and tasks are few: the view is
/// asked at the first drop of each. Its answers are kept, up to a bound, because a flood may have as many flows as drops.
/// </summary>
internal sealed class DropPart : IDisposable
{
    // In characters. A value counts for some more than its text has; then tens of thousands of flows have room.
    private const int MostKept = 1 << 23, LeastOfValue = 16;

    private readonly DropRow _row;
    private readonly int[] _places;
    private readonly IdLookup _view;
    private readonly Dictionary<(long?, long?), DropValue[]> _known = [];
    private DropValue[]? _current;
    private (long?, long?) _key;
    private long _kept;

    /// <param name="connection">The capture.</param>
    /// <param name="row">Filled.</param>
    /// <param name="columns">The view's that are filled.</param>
    public DropPart(SqliteConnection connection, DropRow row, params string[] columns)
    {
        (_row, _places) = (row, [.. columns.Select(column => row[column])]);
        _view = new IdLookup(connection, $"SELECT {string.Join(", ", columns)} FROM drops WHERE id = ?1");
    }

    /// <summary>Fills the columns of a drop; false where the view has no such drop, because a damaged file lacks what it joins.</summary>
    /// <param name="key">The ids the columns follow from.</param>
    /// <param name="drop">The drop's id.</param>
    /// <exception cref="SqliteException">The file is damaged.</exception>
    public bool Fill((long?, long?) key, long drop)
    {
        if (_current is not null && key == _key)
        {
            return true; // as it was at the drop before
        }

        if (!_known.TryGetValue(key, out DropValue[]? values))
        {
            if (!_view.Find(drop))
            {
                return false;
            }

            values = [.. Enumerable.Range(0, _places.Length).Select(Value)];
            _kept += values.Sum(value => LeastOfValue + (value.Text?.Length ?? 0));
            if (_kept > MostKept)
            {
                _known.Clear();
                _kept = 0;
            }

            _known.Add(key, values);
        }

        (_current, _key) = (values, key);
        for (int i = 0; i < values.Length; i++)
        {
            _row.Set(_places[i], values[i]);
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _view.Dispose();

    private DropValue Value(int column) => _view.IsNumber(column) ? new DropValue(null, _view.Number(column)) : new DropValue(_view.Text(column), null);
}
