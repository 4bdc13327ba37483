using System.Globalization;
using DropForensics.Core.Attribution;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Verify;

/// <summary>
/// Compares the capture's counts with their sources: the rings' losses with the <c>stats</c> files it kept, the witness with
/// its CPUs, an interface's driver with the interfaces below it.
/// </summary>
internal sealed class LedgerCheck(SqliteConnection connection, Differences differences)
{
    // A CPU may be interrupted between the gate and the clock.
    private const long LatestNs = 10_000_000;

    private const string StatsSql = """
        SELECT phase, path, content FROM artifact
         WHERE netns = 0 AND path GLOB 'per_cpu/cpu*/stats' AND length(content) < 65536
        """;

    /// <summary>Compares all.</summary>
    public void Run()
    {
        CompareRings();
        CompareWitness();
        CompareSpans();
        CompareInterfaces();
    }

    private void CompareRings()
    {
        // Records in a killed agent's rings are no longer read.
        bool wasKilled = false;
        SqlRows.Read(connection, "SELECT ended = 'killed' FROM capture WHERE id = 1", row => wasKilled = SqlRows.Number(row, 0) == 1);

        Dictionary<long, long> counted = [];
        SqlRows.Read(connection, StatsSql, row =>
        {
            string path = SqlRows.Text(row, 1) ?? "";
            if (CpuOf(path) is not { } cpu || RingStats.TryParse(SQLitePCL.raw.sqlite3_column_blob(row, 2)) is not { } stats)
            {
                return;
            }

            bool isAfter = SqlRows.Text(row, 0) == "after";
            counted[cpu] = counted.GetValueOrDefault(cpu) + (!isAfter ? -stats.Lost : wasKilled ? stats.Written : stats.Lost);
        });

        Dictionary<long, long> stored = [];
        SqlRows.Read(connection, "SELECT cpu, sum(records) FROM loss WHERE source = 'stats' GROUP BY cpu", row =>
            stored[SqlRows.Number(row, 0) ?? -1] = SqlRows.Number(row, 1) ?? 0);

        // If the end was not recorded, only the start values are counted.
        // A part of a ring has none of its files, because they tell of all parts.
        bool isRead = counted.Count > 0 && (counted.Values.Any(lost => lost > 0) || stored.Count > 0);
        foreach (long cpu in isRead ? counted.Keys.Union(stored.Keys).Order().ToArray() : [])
        {
            differences.Compare("loss", "records", $"CPU {cpu}, source stats", stored.GetValueOrDefault(cpu), counted.GetValueOrDefault(cpu));
        }
    }

    private void CompareWitness()
    {
        SqlRows.Read(
            connection,
            """
            SELECT witness_drops, (SELECT sum(drops) FROM kernel_count WHERE source = 'witness'), disturbance, (SELECT count(*) FROM drop_event)
              FROM capture WHERE id = 1
            """,
            row =>
            {
                long? witness = SqlRows.Number(row, 0), perCpu = SqlRows.Number(row, 1), drops = SqlRows.Number(row, 3);
                if (perCpu is not null)
                {
                    differences.Compare("capture", "witness_drops", "sum over its CPUs", witness, perCpu);
                }

                // The witness did not count events that another program enabled in the instance.
                if (witness is { } most && drops > most && SqlRows.Text(row, 2) is null)
                {
                    differences.Add("capture", "witness_drops", "drops stored", Differences.Text(witness), $"{drops} drops");
                }
            });
    }

    /// <summary>Of a sample: its spans hold every drop, and the kernel's counts of them by span and by CPU agree.</summary>
    private void CompareSpans()
    {
        List<(long OpenedNs, long ShutNs)> open = [];
        long drops = 0;
        SampledSpans? spans = SampledSpans.Read(File, (openedNs, shutNs, counted, _) =>
        {
            open.Add((openedNs, shutNs));
            drops += counted;
        });
        if (spans is null) return;
        if (spans.OnAll != drops) differences.Compare("artifact", SampledSpans.CountedPath, "sum over its CPUs", spans.OnAll, drops);

        long outside = 0;
        int at = 0;
        SqlRows.Read(connection, "SELECT t_ns FROM drop_event ORDER BY t_ns", row =>
        {
            long tNs = SqlRows.Number(row, 0) ?? 0;
            while (at < open.Count && open[at].ShutNs + LatestNs < tNs) at++;
            if (at < open.Count && tNs < open[at].OpenedNs) outside++;
        });
        if (outside > 0) differences.Add("artifact", SampledSpans.Path, "drops while the gate was shut", "0", $"{outside} drops");
    }

    private byte[]? File(string path)
    {
        byte[]? content = null;
        SqlRows.Read(connection, $"SELECT content FROM artifact WHERE phase = 'after' AND netns = 0 AND path = '{path}'", row => content = SQLitePCL.raw.sqlite3_column_blob(row, 0).ToArray());
        return content;
    }

    // A row may be from before the window and its links from after it, so only a contradiction is a difference.
    private void CompareInterfaces()
    {
        List<(long Id, InterfaceRow Row)> rows = [];
        SqlRows.Read(connection, "SELECT id, netns, ifindex, name, driver, lower, base_driver FROM interface ORDER BY id LIMIT 1000000", row => rows.Add((
            SqlRows.Number(row, 0) ?? 0,
            new InterfaceRow(
                SqlRows.Number(row, 1) ?? 0, (int)(SqlRows.Number(row, 2) ?? 0), SqlRows.Text(row, 3) ?? "", SqlRows.Text(row, 4),
                SqlRows.Text(row, 5), SqlRows.Text(row, 6)))));
        var drivers = new InterfaceDrivers(rows.Select(row => row.Row).Where(row => row.Driver is not null || row.Lower is not null));
        foreach ((long id, InterfaceRow row) in rows)
        {
            if (row.BaseDriver is { } stored && drivers.Of(row.Netns, row.IfIndex) is { } found)
            {
                differences.Compare("interface", "base_driver", $"{id} ({row.Name})", stored, found);
            }
        }
    }

    private static long? CpuOf(string path) =>
        long.TryParse(path.AsSpan("per_cpu/cpu".Length).TrimEnd("/stats"), NumberStyles.None, CultureInfo.InvariantCulture, out long cpu) ? cpu : null;
}
