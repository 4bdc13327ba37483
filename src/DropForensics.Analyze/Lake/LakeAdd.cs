using System.Security.Cryptography;
using System.Text;
using DropForensics.Analyze.Analysis;
using DropForensics.Analyze.Counters;
using DropForensics.Analyze.Display;
using DropForensics.Analyze.Facts;
using DropForensics.Analyze.Queries;
using DropForensics.Analyze.Verify;
using DropForensics.Core;
using DropForensics.Core.Store;
using Microsoft.Data.Sqlite;

namespace DropForensics.Analyze.Lake;

/// <summary>Adds captures to a lake, one at a time. What one is known by is in memory: the stacks and hosts of the whole lake.</summary>
/// <param name="lake">The lake.</param>
/// <param name="progress">Receives progress; null: no one watches.</param>
/// <param name="stop">Stops between two rows; the capture at hand is not added.</param>
internal sealed class LakeAdd(LakeFolder lake, ProgressLine? progress, CancellationToken stop)
{
    private const int HostDigits = 16;

    // A collection takes a hundredth of the time that so many drops take.
    private const long LargeDrops = 10_000;

    private readonly HashSet<string> _captures = lake.Keys(LakeSchema.Captures, LakeSchema.CaptureUuid, isNamed: true);
    private readonly HashSet<string> _hosts = lake.Keys(LakeSchema.Hosts, LakeSchema.HostId, isNamed: true);
    private readonly HashSet<string> _stacks = lake.Keys(LakeSchema.Stacks, LakeSchema.StackHash, isNamed: false);

    /// <summary>Adds a capture; null where the lake has it already.</summary>
    /// <exception cref="UserError">The file is no capture, is damaged, or the lake cannot be written.</exception>
    public AddedCapture? Add(string path)
    {
        using CaptureReader capture = AnyCapture.Open(path, stop, progress);
        return UntrustedContent.Read(capture, () => Add(capture), stop);
    }

    private AddedCapture? Add(CaptureReader capture)
    {
        SqliteConnection connection = capture.Connection;
        CaptureInfo info = new CaptureQueries(connection).Capture();
        if (!Guid.TryParseExact(info.Uuid, "D", out Guid id)) throw new InvalidDataException("its uuid is none"); // files are named after it
        string uuid = id.ToString("D");
        if (_captures.Contains(uuid)) return null;

        CaptureFacts facts = new FactBuilder(connection, new RawLines(connection), progress).Build(stop);
        var clock = new HostClock(new CaptureQueries(connection).Clock(), info);
        var name = new CaptureName(uuid, info.KnownHost);
        long? begin = clock.RealNs(facts.Window.StartNs);
        using var files = new LakeFiles(lake, uuid);
        var stacks = new CaptureStacks(connection, stop);
        HashSet<string> known = [.. stacks.Names.Where(_stacks.Contains)];
        if (known.Count < stacks.Names.Count) stacks.Write(files.At(LakeSchema.Stacks, null), known, stop);
        var rows = new CaptureRows(connection, name, stacks);
        long drops = rows.WriteDrops(at => files.At(LakeSchema.Drops, at), progress, stop);
        long others = rows.WriteEvents(at => files.At(LakeSchema.Events, at), clock, stop);
        if (stacks.Count > 0) stacks.WriteNames(files.At(LakeSchema.CaptureStacks, begin), name);
        if (facts.Gains.Count > 0) WriteCounters(files.At(LakeSchema.Counters, begin), name, facts.Gains);
        string?[] host = [info.KnownHost, info.KernelRelease, info.KernelVersion, info.Machine, info.BootId, info.CpusOnline, info.TimeZone];
        string hostId = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', host))))[..HostDigits];
        if (!_hosts.Contains(hostId)) WriteHost(files.At(LakeSchema.Hosts, null, hostId), hostId, host);

        // The last to take its name: a capture that has no row here has not been added.
        WriteCapture(files.At(LakeSchema.Captures, begin), new Row(capture, facts, clock, name, hostId, drops, others, stacks.Count));
        files.Commit();
        if (drops > LargeDrops) GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true); // else the next one's memory comes on top of this one's
        _captures.Add(uuid);
        _hosts.Add(hostId);
        _stacks.UnionWith(stacks.Names);
        return new AddedCapture(drops, others, files.Bytes);
    }

    private static void WriteCounters(ParquetTable table, CaptureName name, IReadOnlyList<CounterGain> gains)
    {
        LakeTable columns = LakeSchema.Counters;
        foreach (CounterGain gain in gains)
        {
            name.Set(table);
            table.Set(columns["netns"], gain.Netns);
            table.Set(columns["interface"], gain.Interface);
            table.Set(columns["counter"], gain.Counter);
            table.Set(columns["gain"], gain.By);
            table.EndRow();
        }
    }

    private static void WriteHost(ParquetTable table, string id, string?[] host)
    {
        table.Set(0, id);
        for (int i = 0; i < host.Length; i++) table.Set(i + 1, host[i]);
        table.EndRow();
    }

    private static void WriteCapture(ParquetTable table, Row row)
    {
        CaptureFacts facts = row.Facts;
        CaptureInfo info = facts.Capture;
        CountRange missing = MissingDrops.Of(facts);
        WindowFacts window = facts.Window;
        row.Name.Set(table);
        foreach ((string column, string? text) in new (string, string?)[]
        {
            (LakeSchema.HostId, row.HostId), ("kernel_release", info.KernelRelease), ("machine", info.Machine), ("file", Visible.Text(Path.GetFileName(row.Capture.Path))),
            ("tool", info.Tool), ("tool_version", info.ToolVersion), ("command_line", info.CommandLine), ("probe", info.Probe), ("event", info.Event),
            ("packets", info.Packets), ("filter", info.Filter), ("hits_of", info.HitsOf), ("trace_clock", info.TraceClock), ("transport", info.Transport),
            ("window_basis", window.Basis), ("ended", info.Ended), ("completeness", facts.Completeness.Word), ("disturbance", info.Disturbance),
            ("redacted", info.Redacted), ("analyze_version", ProductVersion.Number),
        })
        {
            table.Set(LakeSchema.Captures[column], text);
        }

        foreach ((string column, long? number) in new (string, long?)[]
        {
            ("schema", row.Capture.Schema), ("window_begin", row.Clock.RealNs(window.StartNs)), ("window_end", row.Clock.RealNs(window.EndNs)),
            ("window_ns", window.IsTime ? window.LengthNs : null), ("window_asked_ns", info.WindowNs), ("opened_ns", info.OpenedNs), ("closed_ns", info.ClosedNs),
            ("drops", row.Drops), ("other_events", row.Others), ("stacks", row.Stacks), ("witness_drops", info.WitnessDrops), ("witness_slack", info.WitnessSlack),
            ("missing_at_least", missing.Least), ("missing_at_most", missing.Most), ("lost_records", facts.Losses.Records), ("lost_uncounted", facts.Losses.UncountedHoles),
            ("unparsed_lines", facts.Ledger.UnparsedLines), ("drops_without_stack", facts.Losses.WithoutStack), ("max_rate", info.MaxRate),
            ("counter_files", row.CounterFiles()),
        })
        {
            table.Set(LakeSchema.Captures[column], number);
        }

        table.EndRow();
    }

    /// <summary>What a capture's row is made of.</summary>
    private sealed record Row(CaptureReader Capture, CaptureFacts Facts, HostClock Clock, CaptureName Name, string HostId, long Drops, long Others, long Stacks)
    {
        public long CounterFiles() => new CaptureQueries(Capture.Connection).FilePairs(Counters.CounterFiles.Paths).Count;
    }
}

/// <summary>What a capture added to a lake.</summary>
/// <param name="Drops">Rows of drops.</param>
/// <param name="OtherEvents">Rows of other events.</param>
/// <param name="Bytes">Of all files.</param>
internal sealed record AddedCapture(long Drops, long OtherEvents, long Bytes);
