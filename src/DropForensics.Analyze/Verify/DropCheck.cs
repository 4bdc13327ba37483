using DropForensics.Analyze.Display;
using DropForensics.Analyze.Queries;
using DropForensics.Core.Model;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Reads the stored drops in the order they were written and, beside them, those that each stream's text gives when it is decoded again.
/// </summary>
internal sealed class DropCheck : IDisposable
{
    private const long Merged = -1;

    private readonly SqliteConnection _connection;
    private readonly Differences _differences;
    private readonly long? _openedNs;
    private readonly Dictionary<long, Reread> _streams;
    private readonly Reread? _merged;
    private readonly PartCheck _parts;
    private readonly Pairing<StoredDrop, DropEvent> _pairs;

    /// <param name="connection">The capture.</param>
    /// <param name="streams">Its streams.</param>
    /// <param name="openedNs">The trace-clock time that counts as zero; null if the file does not have it.</param>
    /// <param name="differences">Takes what is found.</param>
    public DropCheck(SqliteConnection connection, IEnumerable<Reread> streams, long? openedNs, Differences differences)
    {
        (_connection, _openedNs, _differences) = (connection, openedNs, differences);
        _streams = streams.ToDictionary(stream => (long?)stream.Cpu ?? Merged);
        _merged = _streams.GetValueOrDefault(Merged);
        _parts = new PartCheck(connection, differences);
        Sites = new SiteCheck(connection, differences);
        _pairs = new Pairing<StoredDrop, DropEvent>(
            Compare,
            stored => _differences.Add("drop_event", "*", Row(stored.Id, stored.Cpu, stored.RawLine), "a drop", "no drop in that line"),
            found => _differences.Add("drop_event", "*", Where(found.Cpu, found.RawLine), null, "a drop in that line"));
    }

    /// <summary>The sites' own.</summary>
    public SiteCheck Sites { get; }

    /// <summary>Rows of <c>drop_event</c>.</summary>
    public long Stored { get; private set; }

    /// <summary>Drops that the text gives.</summary>
    public long Found { get; private set; }

    /// <summary>Rows that were compared with nothing, because the text behind a damaged chunk is not known.</summary>
    public long NotCompared { get; private set; }

    /// <summary>Compares all, to the end of the stored text.</summary>
    public void Run(CancellationToken stop, ProgressLine? progress = null)
    {
        DirectRows.ReadNumbers(_connection, StoredDrop.Sql, row =>
        {
            Add(new StoredDrop(row));
            if (Stored % 10_000 == 0)
            {
                stop.ThrowIfCancellationRequested();
                progress?.At(Stored);
            }
        });
        foreach (Reread stream in _streams.Values)
        {
            while (stream.TryNext(out DropEvent drop))
            {
                AddFound(drop);
            }
        }
    }

    /// <summary>What a stream gave behind the end of its stored text.</summary>
    public void AddFound(in DropEvent drop)
    {
        Found++;
        _pairs.AddFound((drop.Cpu ?? Merged, drop.RawLine), drop);
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        _pairs.End();

        // With text missing, drops are missing that might point to them.
        if (!_streams.Values.Any(stream => stream.IsBroken))
        {
            _parts.End();
            Sites.End();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _parts.Dispose();
        Sites.Dispose();
    }

    private void Add(in StoredDrop stored)
    {
        Stored++;
        Reread? stream = _streams.GetValueOrDefault(stored.Cpu ?? Merged) ?? _merged;
        if (stream is not null && stream.TryNext(out DropEvent found))
        {
            AddFound(found);
        }
        else if (stream is { IsBroken: true })
        {
            NotCompared += _pairs.TryStored((stored.Cpu ?? Merged, stored.RawLine), stored) ? 0 : 1;
            return;
        }

        _pairs.AddStored((stored.Cpu ?? Merged, stored.RawLine), stored);
    }

    private void Compare(StoredDrop stored, DropEvent found)
    {
        if (_openedNs is { } opened)
        {
            Column(stored, "t_ns", stored.TNs, found.Timestamp - opened);
        }

        Column(stored, "ethertype", stored.EtherType, found.EtherType);
        Column(stored, "iif", stored.Iif, found.IncomingIfIndex);
        Column(stored, "length", stored.Length, found.Length);
        _parts.Compare(stored, found);
        Sites.Compare(stored, found);
    }

    private void Column(in StoredDrop stored, string column, long? there, long? found)
    {
        if (there != found)
        {
            _differences.Add("drop_event", column, Row(stored.Id, stored.Cpu, stored.RawLine), Differences.Text(there), Differences.Text(found));
        }
    }

    private static string Row(long id, long? cpu, long line) => $"{id} ({Where(cpu, line)})";

    private static string Where(long? cpu, long line) => cpu is null ? $"line {line}" : $"CPU {cpu}, line {line}";
}

/// <summary>A row of <c>drop_event</c>.</summary>
internal readonly record struct StoredDrop(
    long Id, long TNs, long? Cpu, long? TaskId, long? ReasonId, long SiteId, long? EtherType, long RawLine, long? InterfaceId, long? Iif, long? Length, long? FlowId, long? OwnerId)
{
    // NULL comes as a number that is never written there: one call a column instead of two.
    private const long Null = long.MinValue;

    /// <summary>In the order the agent wrote them.</summary>
    public const string Sql = """
        SELECT id, t_ns, ifnull(cpu, -9223372036854775807 - 1), ifnull(task_id, -9223372036854775807 - 1), ifnull(reason_id, -9223372036854775807 - 1), site_id, ifnull(ethertype, -9223372036854775807 - 1), raw_line,
               ifnull(interface_id, -9223372036854775807 - 1), ifnull(iif, -9223372036854775807 - 1), ifnull(length, -9223372036854775807 - 1),
               ifnull(flow_id, -9223372036854775807 - 1), ifnull(owner_id, -9223372036854775807 - 1)
          FROM drop_event ORDER BY id
        """;

    /// <param name="row">The columns of <see cref="Sql"/>.</param>
    public StoredDrop(ReadOnlySpan<long> row)
        : this(row[0], row[1], Given(row[2]), Given(row[3]), Given(row[4]), row[5], Given(row[6]), row[7], Given(row[8]), Given(row[9]), Given(row[10]), Given(row[11]), Given(row[12]))
    {
    }

    private static long? Given(long value) => value == Null ? null : value;
}
