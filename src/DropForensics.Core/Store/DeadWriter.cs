namespace DropForensics.Core.Store;

/// <summary>
/// Closes a capture file whose writer died: the committed data becomes one complete file that records this. The path is not trusted: it is touched
/// only while it names the file that the writer made.
/// </summary>
/// <param name="path">The capture file, absolute.</param>
/// <param name="inode">Of the file that was made there; null where that is not known, so that only an empty one is touched.</param>
public sealed class DeadWriter(string path, long? inode)
{
    // The window's end is the last reading of the clocks, for every commit begins with one: what came later is not in the file.
    private const string CloseSql =
        """
        UPDATE capture SET ended = 'killed', witness_drops = ?1,
               closed_ns = max(opened_ns, coalesce((SELECT max(mono_ns) FROM clock), opened_ns))
         WHERE ended IS NULL
        """;

    private const string LossSql =
        "INSERT INTO loss (cpu, source, records) SELECT ?1, 'stats', ?2 FROM capture WHERE ended IS NULL AND ?2 > 0";

    private const string WitnessSql =
        "INSERT INTO kernel_count (source, cpu, drops) SELECT 'witness', ?1, ?2 FROM capture WHERE ended IS NULL";

    private const string StatsSql =
        "INSERT OR REPLACE INTO artifact (phase, path, content) SELECT 'after', ?1, ?2 FROM capture WHERE ended IS NULL";

    /// <summary>Closes the file, or removes it where its window never opened: then it holds nothing.</summary>
    /// <param name="rings">What the rings counted, a CPU each; those records can no longer be read.</param>
    /// <param name="witness">The same of the instance that nobody read, so that its records are the drops in the window; empty where nobody knows.</param>
    /// <returns>False where somebody else holds the file open, and part of it stays in its -wal.</returns>
    /// <exception cref="CaptureWriteException">The file is damaged, or its disk is; it is left as it is.</exception>
    public bool Close(IReadOnlyList<DeadRing> rings, IReadOnlyList<DeadRing> witness)
    {
        if (LinkStatus.Of(path) is not { } status)
        {
            // Killed before it made the database, whose place its companions had taken already.
            if (inode is null) RemoveEmptyCompanions();
            return true;
        }

        if (status is not { IsRegularFile: true, IsOwn: true }) return true;
        if (inode is null ? status.Length > 0 : status.Identity.Inode != inode) return true;
        if (status.Length < EmptyCapture.Bytes.Length)
        {
            File.Delete(path);
            RemoveEmptyCompanions();
            return true;
        }

        OwnFiles files = OwnFiles.Claim(path);
        if (files.IsFinished())
        {
            files.RemoveCompanions();
            return true;
        }

        using var database = new Database(files);
        if (database.Number("SELECT count(opened_ns) FROM capture") > 0) return CloseOpened(database, rings, witness);
        database.Discard();
        return true;
    }

    private static bool CloseOpened(Database database, IReadOnlyList<DeadRing> rings, IReadOnlyList<DeadRing> witness)
    {
        database.Execute("BEGIN IMMEDIATE");
        using (Statement stats = database.Prepare(StatsSql), loss = database.Prepare(LossSql),
               count = database.Prepare(WitnessSql), close = database.Prepare(CloseSql))
        {
            long drops = 0;
            foreach (DeadRing ring in witness)
            {
                drops += ring.Unread;
                count.Int(1, ring.Cpu).Int(2, ring.Unread).Run();
            }

            foreach (DeadRing ring in rings)
            {
                stats.Text(1, $"per_cpu/cpu{ring.Cpu}/stats").Blob(2, ring.Stats).Run();
                loss.Int(1, ring.Cpu).Int(2, ring.Unread).Run();
            }

            close.Int(1, witness.Count > 0 ? drops : null).Run();
        }

        database.Execute("COMMIT");
        return database.LeaveOneFile();
    }

    private void RemoveEmptyCompanions()
    {
        foreach (string companion in CaptureFile.CompanionSuffixes.Select(suffix => path + suffix))
        {
            if (LinkStatus.Of(companion) is { IsRegularFile: true, IsOwn: true, Length: 0 }) File.Delete(companion);
        }
    }
}

/// <summary>One CPU's ring after its reader died.</summary>
/// <param name="Cpu">Whose.</param>
/// <param name="Stats">Its <c>stats</c> file.</param>
/// <param name="Unread">Records that nobody read: overwritten, given up, or still in it.</param>
public sealed record DeadRing(int Cpu, byte[] Stats, long Unread);
