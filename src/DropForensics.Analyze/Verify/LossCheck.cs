using DropForensics.Core.Model;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Verify;

/// <summary>Compares the stored holes with the LOST lines read again.</summary>
internal sealed class LossCheck
{
    private readonly SqliteConnection _connection;
    private readonly Pairing<StoredLoss, LossEvent> _pairs;

    /// <param name="connection">The capture.</param>
    /// <param name="openedNs">The trace-clock time that counts as zero; null if the file does not have it.</param>
    /// <param name="differences">Takes what is found.</param>
    public LossCheck(SqliteConnection connection, long? openedNs, Differences differences)
    {
        _connection = connection;
        _pairs = new Pairing<StoredLoss, LossEvent>(
            (stored, found) =>
            {
                string row = $"{stored.Id} (CPU {stored.Cpu}, line {stored.Line})";
                differences.Compare("loss", "records", row, stored.Records, found.Records);
                if (openedNs is not null)
                {
                    differences.Compare("loss", "t_ns", row, stored.TNs, found.AfterTimestamp - openedNs);
                }
            },
            stored => differences.Add("loss", "*", $"{stored.Id} (CPU {stored.Cpu}, line {stored.Line})", "a hole", "no LOST line there"),
            found => differences.Add("loss", "*", $"CPU {found.Cpu}, line {found.RawLine}", null, "a LOST line there"));
    }

    /// <summary>LOST lines in the text.</summary>
    public long Found { get; private set; }

    /// <summary>Takes a LOST line.</summary>
    public void Add(LossEvent found)
    {
        Found++;
        _pairs.AddFound((found.Cpu, found.RawLine), found);
    }

    /// <summary>Compares with the rows.</summary>
    /// <param name="isWhole">Whether all text was read, so that a row without its line is a difference.</param>
    public void End(bool isWhole)
    {
        SqlRows.Read(_connection, "SELECT id, cpu, raw_line, t_ns, records FROM loss WHERE source = 'line' ORDER BY id", row =>
        {
            var stored = new StoredLoss(
                raw.sqlite3_column_int64(row, 0), raw.sqlite3_column_int64(row, 1), raw.sqlite3_column_int64(row, 2),
                SqlRows.Number(row, 3), SqlRows.Number(row, 4));
            if (isWhole)
            {
                _pairs.AddStored((stored.Cpu, stored.Line), stored);
            }
            else
            {
                _pairs.TryStored((stored.Cpu, stored.Line), stored);
            }
        });
        _pairs.End();
    }

    private sealed record StoredLoss(long Id, long Cpu, long Line, long? TNs, long? Records);
}

/// <summary>Compares the events beside the drops with those read again: for each kind their number, and a sum over their content.</summary>
internal sealed class OtherEventCheck(SqliteConnection connection, long? openedNs, Differences differences)
{
    private const int MostHashes = 1 << 14;

    // Versions before did not read flows out of the fields.
    private readonly bool _hasFlows = HasFlows(connection);

    private readonly Dictionary<CallStack, int> _hashes = new(ReferenceEqualityComparer.Instance);
    private readonly SortedDictionary<string, (long Events, long Sum)> _found = new(StringComparer.Ordinal);

    /// <summary>Takes an event of the text.</summary>
    public void Add(OtherEvent found) => Add(_found, found.Name, HashCode.Combine(
        HashCode.Combine(found.Timestamp - (openedNs ?? 0), (long)found.Cpu, (long?)found.Pid, (long?)found.Tgid, found.Comm),
        found.RawLine, Hash(found.Stack), found.Fields, found.Flow is { } flow && _hasFlows
            ? Flow(IpText.Of(flow.Source, flow.EtherType), IpText.Of(flow.Destination, flow.EtherType), flow.SourcePort, flow.DestinationPort) : null));

    /// <summary>Compares with the rows.</summary>
    /// <param name="isWhole">Whether all text was read, so that a row without its line is a difference.</param>
    public void End(bool isWhole)
    {
        if (!isWhole || openedNs is null)
        {
            return;
        }

        Dictionary<long, int> stacks = Stacks();
        var stored = new SortedDictionary<string, (long Events, long Sum)>(StringComparer.Ordinal);
        SqlRows.Read(
            connection,
            """
            SELECT n.name, o.t_ns, o.cpu, t.pid, t.tgid, t.comm, o.raw_line, o.stack_id, o.fields, f.src, f.dst, f.sport, f.dport
              FROM other_event o LEFT JOIN event_kind n ON n.id = o.kind_id LEFT JOIN task t ON t.id = o.task_id LEFT JOIN flow f ON f.id = o.flow_id
            """,
            row => Add(stored, SqlRows.Text(row, 0) ?? "", HashCode.Combine(
                HashCode.Combine(SqlRows.Number(row, 1) ?? 0, SqlRows.Number(row, 2) ?? 0, SqlRows.Number(row, 3), SqlRows.Number(row, 4), SqlRows.Text(row, 5)),
                SqlRows.Number(row, 6) ?? 0, SqlRows.Number(row, 7) is { } stack ? stacks.GetValueOrDefault(stack, 1) : 0, SqlRows.Text(row, 8),
                SqlRows.Text(row, 9) is { } src ? Flow(src, SqlRows.Text(row, 10), SqlRows.Number(row, 11), SqlRows.Number(row, 12)) : null)));
        foreach (string kind in stored.Keys.Union(_found.Keys, StringComparer.Ordinal))
        {
            (long events, long sum) = stored.GetValueOrDefault(kind);
            (long foundEvents, long foundSum) = _found.GetValueOrDefault(kind);
            differences.Compare("other_event", "*", kind, $"{events} rows", $"{foundEvents} rows");
            if (events == foundEvents && sum != foundSum)
            {
                differences.Add("other_event", "*", kind, "other values", "the text's");
            }
        }
    }

    private static bool HasFlows(SqliteConnection connection)
    {
        bool has = false;
        SqlRows.Read(connection, "SELECT 1 FROM other_event WHERE flow_id IS NOT NULL LIMIT 1", _ => has = true);
        return has;
    }

    private static string Flow(string src, string? dst, long? sport, long? dport) => $"{src} {sport} {dst} {dport}";

    private int Hash(CallStack? stack)
    {
        if (stack is null)
        {
            return 0;
        }

        if (!_hashes.TryGetValue(stack, out int hash))
        {
            hash = stack.Frames.Aggregate(2, (sum, frame) => HashCode.Combine(sum, frame.Symbol, frame.Offset, frame.Module));
            if (_hashes.Count < MostHashes)
            {
                _hashes.Add(stack, hash);
            }
        }

        return hash;
    }

    // The same sum for the stack that an event points to.
    private Dictionary<long, int> Stacks()
    {
        Dictionary<long, int> found = [];
        SqlRows.Read(
            connection,
            """
            SELECT f.stack_id, y.name, f.offset, y.module FROM stack_frame f LEFT JOIN symbol y ON y.id = f.symbol_id
             WHERE f.stack_id IN (SELECT stack_id FROM other_event) ORDER BY f.stack_id, f.position
            """,
            row => found[SqlRows.Number(row, 0) ?? 0] =
                HashCode.Combine(found.GetValueOrDefault(SqlRows.Number(row, 0) ?? 0, 2), SqlRows.Text(row, 1), SqlRows.Number(row, 2), SqlRows.Text(row, 3)));
        return found;
    }

    private static void Add(SortedDictionary<string, (long Events, long Sum)> kinds, string kind, int hash)
    {
        (long events, long sum) = kinds.GetValueOrDefault(kind);
        kinds[kind] = (events + 1, unchecked(sum + hash));
    }
}
