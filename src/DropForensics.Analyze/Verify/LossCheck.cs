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
    /// <param name="openedNs">The trace-clock time that counts as zero; null where the file does not say.</param>
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
