using DropForensics.Core.Model;

namespace DropForensics.Core.Store;

/// <summary>
/// Writes one capture file. A transaction is always open: added rows are in the file, and safe, after
/// <see cref="Commit"/>. Drops allocate nothing. One thread at a time. Any member may throw
/// <see cref="CaptureWriteException"/>, see <see cref="Abandon"/> for what works after that.
/// </summary>
/// <remarks>The file is long because it has the statements of all tables: they share one transaction.</remarks>
public sealed class CaptureWriter : IDisposable
{
    private const int MergedStream = -1;

    // In addition to the file's own size.
    private const long MostJournalBytes = 64 << 20;

    private static readonly string CaptureSql =
        $"INSERT OR REPLACE INTO capture (id, {string.Join(", ", CaptureColumns.All.Select(column => $"\"{column.Name}\""))}) "
        + $"VALUES (1, {string.Join(", ", CaptureColumns.All.Select((_, i) => $"?{i + 1}"))})";

    private readonly Database _database;
    private readonly InternTables _tables;
    private readonly ChunkCodec _codec = new();
    private readonly List<Statement> _statements = [];
    private readonly Dictionary<(int Cpu, LineKind Kind), long> _lineCounts = [];
    private readonly Statement _setCapture, _addClock, _addArtifact, _addChunk, _addDrop, _addOther, _addLoss, _addRelief, _addKernelCount, _addUnparsed,
        _setLineCount, _setDriver, _setBaseDriver, _pageCount;

    private long _mostJournalBytes = MostJournalBytes;

    private CaptureWriter(Database database, string path)
    {
        Path = path;
        _database = database;
        try
        {
            // No automatic checkpoints: we make them when there is little to store.
            _database.Execute(
                "PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0; "
                + $"PRAGMA journal_size_limit = {MostJournalBytes / 4}; BEGIN;");
            _tables = new InternTables(_database);
            _setCapture = Prepare(CaptureSql);
            _addClock = Prepare("INSERT OR REPLACE INTO clock (mono_ns, boot_ns, real_ns) VALUES (?1, ?2, ?3)");
            _addArtifact = Prepare("INSERT OR REPLACE INTO artifact (phase, netns, path, content) VALUES (?1, ?2, ?3, ?4)");
            _addChunk = Prepare(
                """
                INSERT INTO raw_chunk (cpu, codec, first_line, lines, size, masked, sha256, data)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """);
            _addDrop = Prepare(
                """
                INSERT INTO drop_event (t_ns, cpu, task_id, reason_id, site_id, ethertype, raw_line, interface_id, iif, length, flow_id, owner_id)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
                """);
            _addOther = Prepare(
                """
                INSERT INTO other_event (kind_id, t_ns, cpu, task_id, raw_line, stack_id, fields, flow_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                """);
            _addLoss = Prepare("INSERT INTO loss (cpu, source, raw_line, t_ns, records) VALUES (?1, ?2, ?3, ?4, ?5)");
            _addKernelCount = Prepare("INSERT INTO kernel_count (source, cpu, reason, location, drops) VALUES (?1, ?2, ?3, ?4, ?5)");
            _addRelief = Prepare("INSERT INTO relief (t_ns, rate, step) VALUES (?1, ?2, ?3)");
            _addUnparsed = Prepare("INSERT INTO unparsed (cpu, raw_line, kind, text) VALUES (?1, ?2, ?3, ?4)");
            _setLineCount = Prepare(
                """
                INSERT INTO line_count (cpu, kind, lines) VALUES (?1, ?2, ?3)
                ON CONFLICT (ifnull(cpu, -1), kind) DO UPDATE SET lines = excluded.lines
                """);
            _setDriver = Prepare("UPDATE site SET driver = ?2, driver_rule = ?3, driver_candidates = ?4 WHERE id = ?1");
            _setBaseDriver = Prepare("UPDATE interface SET base_driver = ?2 WHERE id = ?1");
            _pageCount = Prepare("PRAGMA page_count");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Absolute path of the capture file.</summary>
    public string Path { get; }

    /// <summary>Distinct stacks written.</summary>
    public int Stacks => _tables.Stacks;

    /// <summary>Bytes of the file with everything added so far; the -wal is not included.</summary>
    public long SizeBytes => _pageCount.ReadInt() * EmptyCapture.PageSize;

    /// <summary>Bytes of the -wal: the file grows by at most this before the -wal is removed.</summary>
    public long JournalBytes => _database.LogBytes;

    /// <summary>Checks whether <see cref="Create"/> could make the file; changes nothing.</summary>
    /// <exception cref="UserError">It could not.</exception>
    public static void Check(string path, bool force) => NewFile.Check(System.IO.Path.GetFullPath(path), force);

    /// <summary>Makes a new, private capture file (mode 0600), with an empty schema.</summary>
    /// <param name="path">The file; links are not followed.</param>
    /// <param name="force">Replace a regular file of the caller's own.</param>
    /// <param name="made">Called with the file's inode as soon as the empty file exists.</param>
    /// <exception cref="UserError">The file cannot be made there, or something is there already.</exception>
    public static CaptureWriter Create(string path, bool force, Action<long>? made = null)
    {
        path = System.IO.Path.GetFullPath(path);
        return new CaptureWriter(Database.Create(path, force, made), path);
    }

    /// <summary>Writes into an empty capture without a name (see <see cref="NamelessFile"/>); its owner closes it.</summary>
    internal static CaptureWriter Into(NamelessFile file, string name) => new(new Database(file.Connection.Handle!, name), name); // it is open

    /// <summary>Sets the row of this capture; later calls replace it.</summary>
    public void SetCapture(CaptureRow row)
    {
        foreach ((int i, (string Name, Func<CaptureRow, object?> ValueIn) column) in CaptureColumns.All.Index())
        {
            if (column.ValueIn(row) is long number) _setCapture.Int(i + 1, number);
            else _setCapture.Text(i + 1, column.ValueIn(row) as string);
        }

        _setCapture.Run();
    }

    /// <summary>Adds a reading of the clocks; they convert trace times to UTC.</summary>
    public void AddClock(ClockReading reading) =>
        _addClock.Int(1, reading.MonoNs).Int(2, reading.BootNs).Int(3, reading.RealNs).Run();

    /// <summary>Keeps a host file as it was; a second one of the same phase, namespace and path replaces the first.</summary>
    /// <param name="netns">Inode of the network namespace the file describes, 0 for the whole host.</param>
    public void AddArtifact(ArtifactPhase phase, long netns, string path, ReadOnlySpan<byte> content) =>
        _addArtifact.Text(1, phase == ArtifactPhase.Before ? "before" : "after").Int(2, netns).Text(3, path).Blob(4, content).Run();

    /// <summary>Forgets all files that were added: those of a moment at which the capture turned out not to begin.</summary>
    public void ForgetArtifacts() => _database.Execute("DELETE FROM artifact");

    /// <summary>Adds an interface, or updates it.</summary>
    public void AddInterface(InterfaceRow row) => _tables.Describe(row);

    /// <summary>The id of the interface a drop points to; written when first met, even without a description.</summary>
    public int InternInterface(in DropInterface found) => _tables.Interface(found.Netns, found.IfIndex, found.Name);

    /// <summary>Sets the driver behind an interface that a drop named.</summary>
    public void SetBaseDriver(int interfaceId, string driver) => _setBaseDriver.Int(1, interfaceId).Text(2, driver).Run();

    /// <summary>The id of a packet's headers, which are written when first met.</summary>
    public int InternFlow(in PacketHeaders headers) => _tables.Flow(headers);

    /// <summary>The id of a socket's owner, which is written when first met.</summary>
    /// <param name="describe">Describes a control group; called when an owner is first met.</param>
    public int InternOwner(SocketOwner owner, Func<long, CgroupOwner> describe) => _tables.Owner(owner, describe);

    /// <summary>Stores a piece of a stream's text, packed if that makes it smaller.</summary>
    /// <param name="cpu">The CPU the stream belongs to, null for a merged one.</param>
    /// <param name="firstLine">Number of the line the piece begins in, from 1.</param>
    /// <param name="lines">Lines that end in it.</param>
    /// <param name="masked">Packet bytes in it were zeroed before.</param>
    public void AddChunk(int? cpu, long firstLine, long lines, ReadOnlySpan<byte> text, bool masked = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, CaptureFile.MaxChunkBytes, nameof(text));
        ReadOnlySpan<byte> stored = _codec.Pack(text, out string codec);
        Span<byte> digest = stackalloc byte[Sha256.Size];
        Sha256.Hash(stored, digest);
        _addChunk.Int(1, cpu).Text(2, codec).Int(3, firstLine).Int(4, lines).Int(5, text.Length)
            .Int(6, masked ? 1 : 0).Blob(7, digest).Blob(8, stored).Run();
    }

    /// <summary>The id of a site and its stack, which are written when first met.</summary>
    public int InternSite(string @event, string? location, CallStack? stack, SiteAttribution attribution) =>
        _tables.Site(@event, location, stack, attribution);

    /// <summary>The id of a reason, which is written when first met.</summary>
    public int InternReason(DropReason reason) => _tables.Reason(reason);

    /// <summary>The id of the task a drop names, which is written when first met; null if it names none.</summary>
    /// <param name="netnsOf">Looks up the network namespace of a pid; asked once a task.</param>
    public int? InternTask(in DropEvent drop, Func<int, long?>? netnsOf = null) =>
        drop is { Pid: { } pid, Comm: { } comm } ? _tables.Task(pid, drop.Tgid, comm, netnsOf) : null;

    /// <summary>The id of an event's task, which is written when first met.</summary>
    /// <param name="netnsOf">Looks up the network namespace of a pid; asked once a task.</param>
    public int InternTask(OtherEvent other, Func<int, long?>? netnsOf = null) => _tables.Task(other.Pid, other.Tgid, other.Comm, netnsOf);

    /// <summary>The id of a stack that no drop's site may have, which is written when first met.</summary>
    /// <param name="firstFrame">Position of the first frame that is not the tracing's own.</param>
    public int InternStack(CallStack stack, int firstFrame) => _tables.Stack(stack, firstFrame);

    /// <summary>The network namespace of a task; null if it could not be looked up.</summary>
    /// <param name="taskId">From <see cref="InternTask(in DropEvent, Func{int, long?}?)"/>.</param>
    public long? NetnsOf(int taskId) => _tables.TaskNetns.TryGetValue(taskId, out long netns) ? netns : null;

    /// <summary>Adds one drop, whatever its line counts.</summary>
    /// <param name="openedNs">The trace-clock time that counts as zero.</param>
    /// <param name="taskId">From <see cref="InternTask(in DropEvent, Func{int, long?}?)"/>, null where none is known.</param>
    /// <param name="siteId">From <see cref="InternSite"/>.</param>
    /// <param name="reasonId">From <see cref="InternReason"/>, null where none is known.</param>
    /// <param name="interfaceId">From <see cref="InternInterface"/>, null where none is known.</param>
    /// <param name="flowId">From <see cref="InternFlow"/>, null where none is known.</param>
    /// <param name="ownerId">From <see cref="InternOwner"/>, null where none is known.</param>
    public void AddDrop(
        in DropEvent drop, long openedNs, int? taskId, int siteId, int? reasonId, int? interfaceId = null, int? flowId = null, int? ownerId = null) =>
        _addDrop.Int(1, drop.Timestamp - openedNs).Int(2, drop.Cpu).Int(3, taskId).Int(4, reasonId).Int(5, siteId)
            .Int(6, drop.EtherType).Int(7, drop.RawLine).Int(8, interfaceId).Int(9, drop.IncomingIfIndex).Int(10, drop.Length)
            .Int(11, flowId).Int(12, ownerId).Run();

    /// <summary>Adds an event beside the drops; its kind is written when first met.</summary>
    /// <param name="openedNs">The trace-clock time that counts as zero.</param>
    /// <param name="taskId">From <see cref="InternTask(OtherEvent, Func{int, long?}?)"/>.</param>
    /// <param name="stackId">From <see cref="InternStack"/>, null where it has none.</param>
    /// <param name="flowId">From <see cref="InternFlow"/>, null where none is known.</param>
    public void AddOther(OtherEvent other, long openedNs, int taskId, int? stackId, int? flowId = null) =>
        _addOther.Int(1, _tables.EventKind(other.Name)).Int(2, other.Timestamp - openedNs).Int(3, other.Cpu).Int(4, taskId).Int(5, other.RawLine)
            .Int(6, stackId).Text(7, other.Fields).Int(8, flowId).Run();

    /// <summary>Adds a LOST line.</summary>
    public void AddLoss(in LossEvent loss, long? openedNs) =>
        _addLoss.Int(1, loss.Cpu).Text(2, "line").Int(3, loss.RawLine).Int(4, loss.AfterTimestamp - openedNs).Int(5, loss.Records).Run();

    /// <summary>Adds the number of records that a CPU's ring lost over the whole window (the growth of its <c>stats</c>).</summary>
    public void AddRingLoss(int cpu, long records) =>
        _addLoss.Int(1, cpu).Text(2, "stats").Int(3, null).Int(4, null).Int(5, records).Run();

    /// <summary>Adds the kernel's count for one CPU in the window, from the instance that nobody reads.</summary>
    public void AddWitnessCount(int cpu, long drops) =>
        _addKernelCount.Text(1, "witness").Int(2, cpu).Int(3, null).Text(4, null).Int(5, drops).Run();

    /// <summary>Adds a hist trigger's count for one reason and location in the window.</summary>
    /// <param name="reason">Its value; null where the kernel has no reasons.</param>
    /// <param name="location">Where freed, <c>__udp4_lib_rcv+0x235/0xd90</c>; null for hits that its table had no room for.</param>
    public void AddHistCount(long? reason, string? location, long drops) =>
        _addKernelCount.Text(1, "hist").Int(2, null).Int(3, reason).Text(4, location).Int(5, drops).Run();

    /// <summary>Adds what was given up to spare the host.</summary>
    public void AddRelief(ReliefRow row) => _addRelief.Int(1, row.TNs).Int(2, row.Rate).Text(3, row.Step).Run();

    /// <summary>Keeps a sample of a line that did not parse.</summary>
    public void AddUnparsed(int? cpu, in UnparsedLine line) =>
        _addUnparsed.Int(1, cpu).Int(2, line.RawLine).Text(3, LineKindNames.Of(line.Kind)).Text(4, line.Text).Run();

    /// <summary>Adds that a stream was decoded only up to a line, because the decoder itself failed.</summary>
    public void AddDecoderFault(int? cpu, long rawLine, string what) =>
        _addUnparsed.Int(1, cpu).Int(2, rawLine).Text(3, "decoder_fault").Text(4, what).Run();

    /// <summary>Sets how many lines of each kind a stream had so far.</summary>
    public void SetLineCounts(int? cpu, LineCounts counts)
    {
        for (LineKind kind = LineKind.Event; kind <= LineKind.UnparsedTooLong; kind++)
        {
            // Most streams of a large host have nothing new; a row written again would be one more page in the -wal, each second.
            if (counts[kind] == _lineCounts.GetValueOrDefault((cpu ?? MergedStream, kind))) continue;
            _setLineCount.Int(1, cpu).Text(2, LineKindNames.Of(kind)).Int(3, counts[kind]).Run();
            _lineCounts[(cpu ?? MergedStream, kind)] = counts[kind];
        }
    }

    /// <summary>Sets what was found later about a site's driver.</summary>
    public void SetDriver(int siteId, SiteAttribution found) =>
        _setDriver.Int(1, siteId).Text(2, found.Driver).Text(3, found.DriverRule).Text(4, found.DriverCandidates).Run();

    /// <summary>Commits everything added so far.</summary>
    public void Commit()
    {
        _database.Execute("COMMIT");

        // A day of commits with little in them must not fill the disk. In a storm the file grows as fast, and this does not happen.
        if (JournalBytes > _mostJournalBytes + (2 * SizeBytes)) _database.Execute("PRAGMA wal_checkpoint(PASSIVE)");
        _database.Execute("BEGIN");
    }

    /// <summary>
    /// After a <see cref="CaptureWriteException"/>: rolls back what was not committed. After that, call only
    /// <see cref="SetCapture"/> and <see cref="Finish"/>: ids returned before may be invalid.
    /// </summary>
    public void Abandon()
    {
        if (_database.InTransaction) _database.Execute("ROLLBACK");
        _database.Execute("BEGIN");
    }

    /// <summary>
    /// Commits and closes the file as the only one; false if another process reads an earlier state, so that part of it stays in the -wal.
    /// </summary>
    public bool Finish()
    {
        _database.Execute("COMMIT");
        if (!_database.TryEmptyLog()) return false;
        FinalizeStatements();
        return _database.CloseAsOneFile();
    }

    /// <summary>
    /// Instead of <see cref="Finish"/> if the file was removed while it was written: commits, and writes it again under its old
    /// name, which must be free. SQLite still has the removed files open, so nothing is missing.
    /// </summary>
    /// <exception cref="UserError">No file can be made there.</exception>
    public void FinishAnew()
    {
        _database.Execute("COMMIT");
        _database.RemoveCompanions();
        using Database anew = Database.Create(Path, force: false);
        CaptureSnapshot.Fill(anew, _database);
    }

    /// <summary>Closes the file without what was not committed.</summary>
    public void Dispose()
    {
        FinalizeStatements();
        _codec.Dispose();
        _database.Dispose();
    }

    /// <summary>Closes the file and removes it.</summary>
    public void Discard()
    {
        FinalizeStatements();
        _database.Discard();
    }

    /// <summary>Limits the file's size: a full disk, for tests.</summary>
    internal void LimitPages(int pages) => _database.Execute($"PRAGMA max_page_count = {pages}");

    /// <summary>Checkpoints whenever the -wal exceeds twice the file by this many bytes: a long capture, for tests.</summary>
    internal void LimitJournal(long bytes) => _mostJournalBytes = bytes;

    /// <summary>Waits less long for another process's lock, for tests.</summary>
    internal void WaitForOthers(int milliseconds) => _database.Execute($"PRAGMA busy_timeout = {milliseconds}");

    private void FinalizeStatements()
    {
        _tables?.Dispose();
        foreach (Statement statement in _statements) statement.Dispose();
        _statements.Clear();
    }

    private Statement Prepare(string sql)
    {
        Statement statement = _database.Prepare(sql);
        _statements.Add(statement);
        return statement;
    }
}
