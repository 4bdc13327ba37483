using DropForensics.Analyze.Display;
using DropForensics.Core.Btf;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Core.Tracefs;

namespace DropForensics.Analyze.Import;

/// <summary>Makes a capture of a shell script's recording: the same as an agent's, except the ring's pages and the tasks' threads.</summary>
/// <param name="directory">The script's directory.</param>
/// <param name="writer">The capture, new.</param>
/// <param name="progress">Receives progress; null: no one watches.</param>
/// <param name="stop">Stops the work.</param>
internal sealed class DirectoryImport(ScriptDirectory directory, CaptureWriter writer, ProgressLine? progress, CancellationToken stop)
{
    private const string FormatPath = "events/skb/kfree_skb/format";
    private const int BlockSize = 256 << 10;
    private const int BlocksPerCommit = 256;

    private long _bytes;

    /// <summary>Fills it and ends it.</summary>
    /// <returns>Whether the window ended normally and no ring lost anything.</returns>
    /// <exception cref="Core.UserError">A file of it cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public bool Run()
    {
        CaptureRow row = Row();
        writer.SetCapture(row);
        var host = new ScriptHost(directory, writer);
        byte[] format = directory.TryRead("before/skb_kfree_skb_format") ?? [];
        AddFormat(FormatPath, format);
        if (directory.Entry("event") is { } place)
        {
            AddFormat($"events/{place}/format", place == "skb/kfree_skb" ? [] : directory.TryRead("before/event_format") ?? []);
        }

        ReasonEnums enums = host.StoreReasons();
        InterfaceSnapshot before = host.Store(ArtifactPhase.Before);
        foreach (ClockReading reading in directory.Clock().DistinctBy(reading => reading.MonoNs))
        {
            writer.AddClock(reading);
        }

        var recorder = new Recorder(writer, ReasonTable.FromHost(format, enums), host.Namespaces()) { HitsOf = row.HitsOf, OpenedNs = row.OpenedNs };
        progress?.Begin("reading the text", directory.Traces.Sum(trace => new FileInfo(trace.Path).Length));
        foreach ((int cpu, string path) in directory.Traces)
        {
            Feed(recorder, cpu, path);
        }

        recorder.Complete();
        bool isLossless = true;
        foreach ((int cpu, byte[] stats) in directory.Stats("after/stats"))
        {
            if (RingStats.TryParse(stats)?.Lost is > 0 and var lost)
            {
                recorder.AddRingLoss(cpu, lost);
                isLossless = false;
            }
        }

        InterfaceSnapshot after = host.Store(ArtifactPhase.After, before);
        recorder.AttributeInterfaces(after.Drivers);
        recorder.AttributeBacklog(after.GainsSince(before), steering: directory.Entry("steering") is not null);
        writer.SetCapture(row);
        writer.Finish();
        return isLossless && row is { Ended: not null, Disturbance: null };
    }

    private void Feed(Recorder recorder, int cpu, string path)
    {
        using FileStream text = directory.OpenRegular(path);
        byte[] block = new byte[BlockSize];
        int read;
        for (int blocks = 1; (read = text.Read(block)) > 0; blocks++)
        {
            stop.ThrowIfCancellationRequested();
            recorder.Feed(cpu, block.AsSpan(0, read));
            progress?.At(_bytes += read);
            if (blocks % BlocksPerCommit == 0)
            {
                recorder.Commit();
            }
        }
    }

    private void AddFormat(string path, byte[] content)
    {
        if (content.Length > 0)
        {
            writer.AddArtifact(ArtifactPhase.Before, 0, path, content);
        }
    }

    private CaptureRow Row()
    {
        string probe = directory.Entry("probe") ?? "tracepoint";
        (long Drops, long Slack)? witness = Witness();
        return new CaptureRow
        {
            Uuid = Guid.NewGuid().ToString(),
            Tool = "capture script",
            ToolVersion = directory.Entry("script_version") ?? "",
            CommandLine = directory.Entry("command_line") ?? "",
            HostName = directory.Entry("hostname"),
            KernelRelease = directory.Entry("osrelease"),
            KernelVersion = directory.Entry("version"),
            Machine = directory.Entry("machine"),
            BootId = directory.Entry("boot_id"),
            TimeZone = Zone(directory.Entry("zone")),
            CpusOnline = directory.Entry("cpus_online"),
            Probe = probe,
            ProbeWhy = $"recorded by a shell script, with the {probe} it was made for or fell back to",
            Event = directory.Entry("event")?.Replace('/', ':'),
            ProbeDefinition = directory.Entry("definition"),
            HitsOf = directory.Entry("hits_of"),
            Packets = "none",
            Filter = directory.Entry("asked") ?? "",
            ProbeCondition = directory.Entry("condition"),
            Trigger = directory.Entry("trigger"),
            TraceOptions = directory.Entry("options"),
            TraceClock = "mono",
            BufferKibPerCpu = directory.Number("buffer_kib"),
            WindowNs = directory.Number("window_s") is { } seconds and < 1_000_000 ? seconds * 1_000_000_000 : null,
            OpenedNs = directory.Ns("opened_s"),
            ClosedNs = directory.Ns("closed_s"),
            Ended = directory.Entry("ended"),
            WitnessDrops = witness?.Drops,
            WitnessSlack = witness?.Slack,
            Disturbance = directory.Entry("disturbance"),
            Transport = "text",
        };
    }

    /// <summary>Like the agent's: the counts, and the most that were counted while only one of the two gates was open.</summary>
    private (long Drops, long Slack)? Witness()
    {
        if (directory.Written("witness/opened") is not { } opened || directory.Written("witness/shutting") is not { } shutting
            || directory.Written("witness/after") is not { } after)
        {
            return null;
        }

        long drops = after.Sum(ring => ring.Records);
        return (drops, opened.Sum(ring => ring.Records) + drops - shutting.Sum(ring => ring.Records));
    }

    /// <summary><c>+0100 CET</c> as <c>+01:00 CET</c>.</summary>
    private static string? Zone(string? zone) => zone is [('+' or '-'), _, _, _, _, ..] ? $"{zone[..3]}:{zone[3..]}" : zone;
}
