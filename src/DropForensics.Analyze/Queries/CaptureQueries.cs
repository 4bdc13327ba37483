using System.Data;
using System.Data.Common;
using Dapper;
using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Facts;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Analyze.Queries;

/// <summary>The small tables of a capture, row by row. Drops and stacks are many: a pass counts the former (the room Pass), and <see cref="StackQueries"/> reads the latter.</summary>
internal sealed class CaptureQueries
{
    private readonly IDbConnection _connection;

    public CaptureQueries(IDbConnection connection)
    {
        VisibleTextHandler.Register();
        _connection = connection;
    }

    /// <summary>The capture's row of itself.</summary>
    public CaptureInfo Capture() => _connection.QuerySingle<CaptureInfo>("""
        SELECT uuid AS Uuid, tool AS Tool, tool_version AS ToolVersion, command_line AS CommandLine,
               host_name AS HostName, kernel_release AS KernelRelease, kernel_version AS KernelVersion, machine AS Machine,
               boot_id AS BootId, time_zone AS TimeZone, cpus_online AS CpusOnline,
               probe AS Probe, probe_why AS ProbeWhy, event AS Event, probe_definition AS ProbeDefinition, hits_of AS HitsOf,
               packets AS Packets, filter AS Filter, probe_condition AS ProbeCondition, "trigger" AS "Trigger",
               trace_options AS TraceOptions, trace_clock AS TraceClock, transport AS Transport, buffer_kib_per_cpu AS BufferKibPerCpu,
               window_ns AS WindowNs, opened_ns AS OpenedNs, closed_ns AS ClosedNs, ended AS Ended,
               witness_drops AS WitnessDrops, witness_slack AS WitnessSlack, disturbance AS Disturbance,
               max_rate AS MaxRate, redacted AS Redacted,
               (SELECT CAST(content AS TEXT) FROM artifact WHERE phase = 'before' AND netns = 0 AND path = 'filter-expression' AND length(content) <= 4096) AS Expression,
               (SELECT min(netns) FROM (SELECT netns FROM artifact WHERE netns > 0 UNION ALL SELECT netns FROM interface WHERE netns > 0)) AS OwnNetns
          FROM capture WHERE id = 1
        """);

    /// <summary>How many drops, and the first and last time.</summary>
    public DropExtent Extent() => _connection.QuerySingle<DropExtent>(
        "SELECT count(*) AS Drops, min(t_ns) AS FirstNs, max(t_ns) AS LastNs FROM drop_event");

    /// <summary>How many drops have a stack.</summary>
    public long WithStack() => _connection.ExecuteScalar<long>("SELECT count(*) FROM drop_event WHERE site_id IN (SELECT id FROM site WHERE stack_id IS NOT NULL)");

    /// <summary>Drops of each CPU; null: not known.</summary>
    public IReadOnlyList<(long? Cpu, long Drops)> DropsByCpu() => _connection.Query<(long? Cpu, long Drops)>("SELECT cpu, count(*) FROM drop_event GROUP BY cpu").AsList();

    /// <summary>Whether there is any drop.</summary>
    public bool HasDrops() => _connection.ExecuteScalar<long>("SELECT EXISTS (SELECT 1 FROM drop_event)") != 0;

    /// <summary>The number of the last drop, found at once: how many there are, where none was taken out.</summary>
    public long LastDrop() => _connection.ExecuteScalar<long?>("SELECT max(id) FROM drop_event") ?? 0;

    /// <summary>The host's clocks in order of time.</summary>
    public IReadOnlyList<ClockRow> Clock() => _connection.Query<ClockRow>(
        "SELECT mono_ns AS MonoNs, boot_ns AS BootNs, real_ns AS RealNs FROM clock ORDER BY mono_ns").AsList();

    /// <summary>The events beside the drops by kind, the most frequent first.</summary>
    public IReadOnlyList<EventFacts> OtherEvents() => _connection.Query<EventFacts>("""
        SELECT n.name AS Kind, count(*) AS Events, min(o.t_ns) AS FirstNs, max(o.t_ns) AS LastNs, min(o.fields) AS Example
          FROM other_event o JOIN event_kind n ON n.id = o.kind_id GROUP BY n.id ORDER BY 2 DESC, 1
        """).AsList();

    /// <summary>The same by kind and part of the timeline.</summary>
    /// <param name="startNs">Where the timeline starts.</param>
    /// <param name="binNs">Width of its bins.</param>
    /// <param name="bins">How many.</param>
    /// <param name="parts">In how many parts they are divided.</param>
    public ILookup<string, (int Part, long Events)> OtherEventsOver(long startNs, long binNs, int bins, int parts) => _connection.Query<(string Kind, long Part, long Events)>("""
        SELECT n.name, (o.t_ns - @startNs) / @binNs * @parts / @bins AS part, count(*)
          FROM other_event o JOIN event_kind n ON n.id = o.kind_id GROUP BY n.id, part
        """, new { startNs, binNs, bins, parts }).ToLookup(row => row.Kind, row => ((int)Math.Clamp(row.Part, 0, parts - 1), row.Events));

    /// <summary>The reasons by id.</summary>
    public Dictionary<long, ReasonRow> Reasons() => _connection.Query<ReasonRow>(
        "SELECT id AS Id, name AS Name, value AS Value, subsystem AS Subsystem FROM reason").ToDictionary(r => r.Id);

    /// <summary>The tasks one by one: there may be very many.</summary>
    public IEnumerable<TaskRow> Tasks() => _connection.Query<TaskRow>(
        "SELECT id AS Id, pid AS Pid, tgid AS Tgid, comm AS Comm, netns AS Netns FROM task", buffered: false);

    /// <summary>Those who own packets' sockets.</summary>
    public IReadOnlyList<OwnerRow> Owners() => _connection.Query<OwnerRow>("""
        SELECT id AS Id, cgroup AS Cgroup, uid AS Uid, path AS Path, name AS Name, unit AS Unit, container AS Container, pod AS Pod FROM owner ORDER BY id
        """).ToList();

    /// <summary>Drops of each owner.</summary>
    public IReadOnlyDictionary<long, long> DropsByOwner() =>
        _connection.Query<(long Owner, long Drops)>("SELECT owner_id, count(*) FROM drop_event WHERE owner_id IS NOT NULL GROUP BY owner_id").ToDictionary(o => o.Owner, o => o.Drops);

    /// <summary>The network interfaces by id.</summary>
    public Dictionary<long, LinkRow> Links() => _connection.Query<LinkRow>("""
        SELECT id AS Id, netns AS Netns, ifindex AS IfIndex, name AS Name, driver AS Driver, lower AS Lower, base_driver AS BaseDriver FROM interface
        """).ToDictionary(l => l.Id);

    /// <summary>The flows between two hosts with a protocol.</summary>
    public IEnumerable<FlowPortsRow> FlowsOf(HostPairRow pair) => _connection.Query<FlowPortsRow>(
        "SELECT id AS Id, sport AS Sport, dport AS Dport FROM flow WHERE src = @Src AND dst = @Dst AND ip_protocol = @IpProtocol AND dport IS NOT NULL",
        pair, buffered: false);

    /// <summary>Chunks of raw text in which packet bytes were zeroed before they were stored.</summary>
    public long MaskedChunks() => _connection.ExecuteScalar<long>("SELECT count(*) FROM raw_chunk WHERE masked <> 0");

    /// <summary>The stored <c>format</c> of the tracepoint; null where the capture has none.</summary>
    public string? Format() => _connection.ExecuteScalar<string?>(
        "SELECT CAST(content AS TEXT) FROM artifact WHERE path = 'events/skb/kfree_skb/format' AND netns = 0 ORDER BY phase DESC LIMIT 1");

    /// <summary>The kernel's modules by name, as /proc/modules listed them; empty where the capture has no such list.</summary>
    public IReadOnlySet<string> Modules() => (_connection.ExecuteScalar<string?>(
        "SELECT CAST(content AS TEXT) FROM artifact WHERE path = '/proc/modules' AND netns = 0 ORDER BY phase LIMIT 1") ?? "")
        .Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]).ToHashSet();

    /// <summary>/proc/net/dev of each namespace, before the window and after it.</summary>
    public IEnumerable<(long Netns, bool After, byte[] Text)> InterfaceCounters() => _connection.Query<ArtifactRow>(
        "SELECT phase AS Phase, netns AS Netns, content AS Content FROM artifact WHERE path = '/proc/net/dev' AND netns <> 0")
        .Select(a => (a.Netns, a.Phase == "after", a.Content));

    /// <summary>Namespaces that could be looked into before the window but not after it.</summary>
    public IReadOnlyList<long> NamespacesGone() => _connection.Query<long>("""
        SELECT netns FROM artifact WHERE phase = 'before' AND netns <> 0
        EXCEPT SELECT netns FROM artifact WHERE phase = 'after'
        """).AsList();

    /// <summary>Namespaces that could be looked into after the window.</summary>
    public IReadOnlyList<long> NamespacesAfter() => _connection.Query<long>(
        "SELECT DISTINCT netns FROM artifact WHERE phase = 'after' AND netns <> 0").AsList();

    /// <summary>Who used network namespaces before the window, and after it.</summary>
    public IReadOnlyList<NamespaceUser> NamespaceUsers() => [.. new[] { "before", "after" }.SelectMany(phase => NamespaceUser.Parse(_connection.ExecuteScalar<byte[]?>(
        "SELECT content FROM artifact WHERE phase = @phase AND netns = 0 AND path = @path", new { phase, path = NamespaceUser.ArtifactPath }) ?? [])).Distinct()];

    /// <summary>What of the host could not be read, before the window and after it.</summary>
    public IReadOnlyList<UnreadEvidence> Unread(string phase) => UnreadEvidence.Parse(_connection.ExecuteScalar<byte[]?>(
        "SELECT content FROM artifact WHERE phase = @phase AND netns = 0 AND path = @path", new { phase, path = UnreadEvidence.Path }) ?? []);

    /// <summary>The LOST lines of the streams.</summary>
    public IReadOnlyList<LossRow> LostLines() => _connection.Query<LossRow>(
        "SELECT cpu AS Cpu, t_ns AS TNs, records AS Records FROM loss WHERE source = 'line' ORDER BY cpu, t_ns").AsList();

    /// <summary>What each CPU lost, both accounts brought together.</summary>
    public IReadOnlyList<LostRow> Lost() => _connection.Query<LostRow>(
        "SELECT cpu AS Cpu, records AS Records, uncounted AS Uncounted FROM lost ORDER BY cpu").AsList();

    /// <summary>What was given up to spare the host, in order.</summary>
    public IReadOnlyList<ReliefRow> Relief() => _connection.Query<ReliefRow>(
        "SELECT t_ns AS TNs, rate AS Rate, step AS Step FROM relief ORDER BY t_ns").AsList();

    /// <summary>Drops without a stack from a time on.</summary>
    public long WithoutStackSince(long tNs) => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM drop_event d JOIN site s ON s.id = d.site_id WHERE s.stack_id IS NULL AND d.t_ns >= @tNs", new { tNs });

    /// <summary>Whether the ring's own loss counters were read at the end.</summary>
    public bool HasRingCounters() => _connection.ExecuteScalar<long>(
        "SELECT count(*) FROM artifact WHERE phase = 'after' AND path GLOB 'per_cpu/cpu*/stats'") > 0;

    /// <summary>Raw lines by stream and kind.</summary>
    public IReadOnlyList<StreamLineRow> LinesByStream() => _connection.Query<StreamLineRow>(
        "SELECT cpu AS Cpu, kind AS Kind, lines AS Lines FROM line_count").AsList();

    /// <summary>Each CPU's <c>stats</c> as they stood at the end.</summary>
    public IReadOnlyList<(int Cpu, byte[] Stats)> RingStats() => _connection.Query<StatsRow>(
        "SELECT path AS Path, content AS Content FROM artifact WHERE phase = 'after' AND netns = 0 AND path GLOB 'per_cpu/cpu*/stats'")
        .Select(a => (int.TryParse(a.Path.AsSpan("per_cpu/cpu".Length, a.Path.Length - "per_cpu/cpu/stats".Length), out int cpu) ? cpu : -1, a.Content))
        .Where(a => a.Item1 >= 0).ToList();

    /// <summary>A file of the whole host or of the instance; null if it is not there.</summary>
    public byte[]? File(string path, string phase) => _connection.QueryFirstOrDefault<byte[]>(
        "SELECT content FROM artifact WHERE phase = @phase AND netns = 0 AND path = @path AND length(content) <= 4194304", new { path, phase });

    /// <summary>What the kernel counted on each CPU.</summary>
    public IReadOnlyList<KernelCountRow> WitnessCounts() => _connection.Query<KernelCountRow>(
        "SELECT cpu AS Cpu, drops AS Drops FROM kernel_count WHERE source = 'witness' AND cpu IS NOT NULL").AsList();

    /// <summary>What the kernel counted of each reason and location.</summary>
    public IReadOnlyList<HistCountRow> HistCounts() => _connection.Query<HistCountRow>(
        "SELECT reason AS Reason, location AS Location, drops AS Drops FROM kernel_count WHERE source = 'hist'").AsList();

    /// <summary>Streams of which the decoder failed.</summary>
    public long FaultyStreams() => _connection.ExecuteScalar<long>("SELECT count(*) FROM unparsed WHERE kind = 'decoder_fault'");

    /// <summary>Files of the host as they were after the window, and before it where they were there.</summary>
    public IReadOnlyList<FilePair> FilePairs(IEnumerable<string> paths) => _connection.Query<FilePair>("""
        SELECT a.netns AS Netns, a.path AS Path, b.content AS Before, a.content AS After
          FROM artifact a LEFT JOIN artifact b ON b.netns = a.netns AND b.path = a.path AND b.phase = 'before'
         WHERE a.phase = 'after' AND a.path IN @paths
        """, new { paths }).AsList();

    /// <summary>Whether there is an artifact of one of these paths.</summary>
    public bool HasFile(params IEnumerable<string> paths) => _connection.QuerySingle<bool>("SELECT EXISTS (SELECT 1 FROM artifact WHERE path IN @paths)", new { paths });

    /// <summary>Artifacts of these paths; one of more than 4 MiB, which no agent writes, is passed over.</summary>
    public IReadOnlyList<(long Netns, string Path, bool IsAfter, byte[] Content)> Files(IEnumerable<string> paths) => _connection.Query<PhaseFileRow>("""
        SELECT phase AS Phase, netns AS Netns, path AS Path, content AS Content FROM artifact
         WHERE path IN @paths AND length(content) <= 4194304 ORDER BY netns LIMIT 20000
        """, new { paths }).Select(file => (file.Netns, file.Path, file.Phase == "after", file.Content)).ToList();

    /// <summary>Raw lines by kind, the most first.</summary>
    public IReadOnlyList<LineFacts> Lines() => _connection.Query<LineRow>(
        "SELECT kind AS Kind, sum(lines) AS Lines FROM line_count GROUP BY kind ORDER BY sum(lines) DESC, kind")
        .Select(l => new LineFacts(l.Kind, l.Lines)).ToList();

    /// <summary>Some of the lines that did not parse, a few of each kind.</summary>
    public IReadOnlyList<UnparsedSample> Unparsed(int atMost) => _connection.Query<UnparsedRow>("""
        SELECT cpu AS Cpu, raw_line AS Line, kind AS Kind, text AS Text
          FROM (SELECT *, row_number() OVER (PARTITION BY kind ORDER BY id) AS nth FROM unparsed)
         ORDER BY nth, kind LIMIT @atMost
        """, new { atMost }).Select(u => new UnparsedSample((int?)u.Cpu, u.Line, u.Kind, u.Text)).ToList();
}

/// <summary>Sites and their stacks. Stacks are read one after the other, because a storm may have very many.</summary>
internal sealed class StackQueries
{
    private const string FramesSql = """
        SELECT f.stack_id AS StackId, y.name AS Symbol, f.offset AS Offset, y.module AS Module
          FROM stack_frame f JOIN symbol y ON y.id = f.symbol_id
        """;

    private readonly DbConnection _connection;

    public StackQueries(DbConnection connection)
    {
        VisibleTextHandler.Register();
        _connection = connection;
    }

    /// <summary>All sites by id.</summary>
    public Dictionary<long, SiteRow> Sites() => _connection.Query<SiteRow>("""
        SELECT s.id AS Id, s.event AS Event, s.location AS Location, s.stack_id AS StackId, k.first_frame AS FirstFrame, s.function AS Function, s.module AS Module,
               s.function_rule AS FunctionRule, s.entry AS Entry, s.driver AS Driver, s.driver_rule AS DriverRule, s.driver_candidates AS DriverCandidates
          FROM site s LEFT JOIN stack k ON k.id = s.stack_id
        """).ToDictionary(s => s.Id);

    /// <summary>Every stack once, in order of id.</summary>
    public IEnumerable<(long Id, CallStack Stack)> Stacks() => Read(FramesSql + " ORDER BY f.stack_id, f.position");

    /// <summary>One stack.</summary>
    public CallStack Stack(long id) => Read(FramesSql + $" WHERE f.stack_id = {id} ORDER BY f.position")
        .Select(s => s.Stack).FirstOrDefault() ?? new CallStack([]);

    private IEnumerable<(long Id, CallStack Stack)> Read(string sql)
    {
        var frames = new List<Frame>();
        long current = -1;
        foreach (FrameRow row in _connection.Query<FrameRow>(sql, buffered: false))
        {
            if (row.StackId != current && frames.Count > 0)
            {
                yield return (current, new CallStack([.. frames]));
                frames.Clear();
            }

            current = row.StackId;
            frames.Add(new Frame(row.Symbol, row.Offset, row.Module));
        }

        if (frames.Count > 0)
        {
            yield return (current, new CallStack([.. frames]));
        }
    }
}
