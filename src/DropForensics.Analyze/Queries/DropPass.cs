using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace DropForensics.Analyze.Queries;

/// <summary>
/// The one pass over the drops. Each row is seven integers, counted into tallies as it goes by and forgotten, so memory follows
/// the number of distinct sites, tasks and reasons and not the number of drops.
/// </summary>
internal sealed class DropPass(Bins bins, IEnumerable<LossRow> lostLines)
{
    /// <summary>Stands for a reason or protocol that was not given.</summary>
    public const long NotGiven = -1;

    private const string Sql = "SELECT t_ns, cpu, task_id, reason_id, site_id, ethertype, raw_line FROM drop_event";

    private readonly Dictionary<(long Site, long Reason), SiteTally> _sites = [];
    private readonly Dictionary<long, long> _tasks = [];
    private readonly Dictionary<int, long> _cpus = [];
    private readonly Dictionary<int, long> _etherTypes = [];
    private readonly Dictionary<long, long[]> _timeline = [];
    private readonly HoleEnds _holes = new(lostLines);

    /// <summary>Drops by (site, reason).</summary>
    public IReadOnlyDictionary<(long Site, long Reason), SiteTally> Sites => _sites;

    /// <summary>Drops by task.</summary>
    public IReadOnlyDictionary<long, long> Tasks => _tasks;

    /// <summary>Drops by CPU.</summary>
    public IReadOnlyDictionary<int, long> Cpus => _cpus;

    /// <summary>Drops by skb->protocol; -1 where none was given.</summary>
    public IReadOnlyDictionary<int, long> EtherTypes => _etherTypes;

    /// <summary>Drops by reason in each bin.</summary>
    public IReadOnlyDictionary<long, long[]> Timeline => _timeline;

    /// <summary>Where each hole ends.</summary>
    public HoleEnds Holes => _holes;

    /// <summary>Whether every time so far is a whole microsecond, as clocks that print seconds have it and tick counters do not.</summary>
    public bool WholeMicroseconds { get; private set; } = true;

    /// <summary>Reads all drops. It speaks to SQLite directly: a data reader takes three times as long for seven integers.</summary>
    public void Run(SqliteConnection connection, CancellationToken cancellation)
    {
        sqlite3 handle = connection.Handle ?? throw new InvalidOperationException("the connection is not open");
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(handle, Sql, out sqlite3_stmt row), handle);
        using (row)
        {
            int code;
            for (int n = 0; (code = raw.sqlite3_step(row)) == raw.SQLITE_ROW; n++)
            {
                Add(
                    raw.sqlite3_column_int64(row, 0), (int)raw.sqlite3_column_int64(row, 1), raw.sqlite3_column_int64(row, 2),
                    OrNull(row, 3), raw.sqlite3_column_int64(row, 4), (int)OrNull(row, 5), raw.sqlite3_column_int64(row, 6));
                if (n % 100_000 == 0)
                {
                    cancellation.ThrowIfCancellationRequested();
                }
            }

            if (code != raw.SQLITE_DONE)
            {
                SqliteException.ThrowExceptionForRC(code, handle);
            }
        }
    }

    private static long OrNull(sqlite3_stmt row, int column) =>
        raw.sqlite3_column_type(row, column) == raw.SQLITE_NULL ? NotGiven : raw.sqlite3_column_int64(row, column);

    private void Add(long t, int cpu, long task, long reason, long site, int etherType, long rawLine)
    {
        ref SiteTally tally = ref CollectionsMarshal.GetValueRefOrAddDefault(_sites, (site, reason), out bool seen);
        tally = seen ? tally.With(t, cpu, rawLine) : new SiteTally(1, t, t, cpu, rawLine);
        CollectionsMarshal.GetValueRefOrAddDefault(_tasks, task, out _)++;
        CollectionsMarshal.GetValueRefOrAddDefault(_cpus, cpu, out _)++;
        CollectionsMarshal.GetValueRefOrAddDefault(_etherTypes, etherType, out _)++;
        ref long[]? series = ref CollectionsMarshal.GetValueRefOrAddDefault(_timeline, reason, out _);
        series ??= new long[bins.Count];
        series[bins.IndexOf(t)]++;
        _holes.Add(cpu, t);
        WholeMicroseconds &= t % 1000 == 0;
    }
}
