using DropForensics.Core.Attribution;
using DropForensics.Core.Ledger;
using DropForensics.Core.Model;
using DropForensics.Core.Procfs;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;

namespace DropForensics.Core.Upgrade;

/// <summary>What a capture knows that its raw text does not say, on its way into another that is made of that text: it goes over row by row, as it is.</summary>
/// <param name="capture">Of any version.</param>
/// <param name="writer">Takes it.</param>
public sealed class CarriedRows(CaptureReader capture, CaptureWriter writer)
{
    private readonly EarlierRows _rows = new(capture);

    /// <summary>The control groups by id, as the host's files have them; known after <see cref="Host"/>.</summary>
    public CgroupList Cgroups { get; } = new();

    /// <summary>The capture's row of itself.</summary>
    public CaptureRow Capture()
    {
        string[] names = [.. CaptureColumns.All.Select(column => column.Name)];
        CaptureRow? found = null;
        _rows.Read("capture", names, "WHERE id = 1", row => found = CaptureColumns.Row(name => row.Text(Array.IndexOf(names, name)), name => row.Number(Array.IndexOf(names, name))));
        return found ?? throw new InvalidDataException("it has no row of itself");
    }

    /// <summary>Host files, clocks and interfaces.</summary>
    /// <param name="isFirst">No capture precedes it: its files of before the window go over.</param>
    /// <param name="isLast">None follows: those of after the window go over.</param>
    /// <returns>The files that name reasons.</returns>
    internal List<HostFile> Host(bool isFirst = true, bool isLast = true)
    {
        List<HostFile> names = [];
        _rows.Read("artifact", ["phase", "netns", "path", "content"], "", row =>
        {
            (ArtifactPhase phase, long netns, string path) = (row.Text(0) == "before" ? ArtifactPhase.Before : ArtifactPhase.After, row.Number(1) ?? 0, row.Text(2) ?? "");
            if (netns == 0 && SampledSpans.IsPath(path)) return; // with the ledger
            if (phase == ArtifactPhase.Before ? isFirst : isLast) writer.AddArtifact(phase, netns, path, row.Bytes(3));
            if (netns == 0 && path == CgroupList.Path) Cgroups.Add(row.Bytes(3));
            if (phase == ArtifactPhase.Before && netns == 0 && IsOfReasons(path)) names.Add(new HostFile(path, row.Bytes(3).ToArray()));
        });
        _rows.Read("clock", ["mono_ns", "boot_ns", "real_ns"], "", row => writer.AddClock(new ClockReading(row.Number(0) ?? 0, row.Number(1) ?? 0, row.Number(2) ?? 0)));
        _rows.Read(
            "interface", ["netns", "ifindex", "name", "driver", "lower", "base_driver"], _rows.Has("interface", "id") ? "ORDER BY id" : "ORDER BY netns, ifindex",
            row => writer.AddInterface(new InterfaceRow(
                row.Number(0) ?? 0, unchecked((int)(row.Number(1) ?? 0)), row.Text(2) ?? "", row.Text(3), row.Text(4), row.Text(5))));
        return names;
    }

    /// <summary>Reasons by their numbers, where a name is stored: its host's files may not be.</summary>
    public Dictionary<uint, DropReason> Reasons()
    {
        Dictionary<uint, DropReason> found = [];
        _rows.Read("reason", ["name", "value", "subsystem"], "", row =>
        {
            if (row.Text(0) is { Length: > 0 } name && !char.IsAsciiDigit(name[0]) && row.Number(1) is >= 0 and <= uint.MaxValue and { } value)
                found.TryAdd((uint)value, new DropReason(name, (uint)value, row.Text(2)));
        });
        return found;
    }

    /// <summary>Network namespaces of tasks, by their process ids.</summary>
    public Dictionary<int, long> NamespacesOfTasks()
    {
        Dictionary<int, long> found = [];
        _rows.Read("task", ["pid", "netns"], "", row =>
        {
            if (row.Number(1) is { } netns) found[unchecked((int)(row.Number(0) ?? 0))] = netns;
        });
        return found;
    }

    /// <summary>What the ring and the kernel counted, and what the agent gave up.</summary>
    public void Ledger(Recorder recorder)
    {
        var sums = new LedgerSums();
        Ledger(sums, shiftNs: 0);
        sums.Write(recorder, writer);
    }

    /// <summary>Adds the counts of the ring and of the kernel to those of the captures before it, and writes what the agent gave up.</summary>
    /// <param name="sums">Takes the counts.</param>
    /// <param name="shiftNs">From the first window's beginning to this one's.</param>
    internal void Ledger(LedgerSums sums, long shiftNs)
    {
        CaptureRow own = Capture();
        SampledSpans? spans = SampledSpans.Read(File, (openedNs, shutNs, drops, slack) => sums.Spans.Add(openedNs + shiftNs, shutNs + shiftNs, drops, slack));
        if (spans is null) sums.Spans.Add(shiftNs, shiftNs + Math.Max(0, own.ClosedNs - own.OpenedNs ?? 0), own.WitnessDrops ?? 0, 0);
        else
        {
            sums.IsSample = true;
            for (int cpu = 0; cpu < spans.Cpus; cpu++) AddOn(cpu, spans.On(cpu), spans.CountedOn(cpu));
        }

        _rows.Read("loss", ["cpu", "records"], "WHERE source = 'stats' ORDER BY id", row =>
        {
            if (row.Number(1) is { } records) sums.AddLoss(unchecked((int)(row.Number(0) ?? 0)), records);
        });
        _rows.Read("kernel_count", ["source", "cpu", "reason", "location", "drops"], "ORDER BY rowid", row =>
        {
            long drops = row.Number(4) ?? 0;
            if (row.Text(0) == "witness")
            {
                int cpu = unchecked((int)(row.Number(1) ?? 0));
                sums.AddWitness(cpu, drops);
                if (spans is null) AddOn(cpu, drops, drops);
            }
            else
            {
                sums.AddHist(row.Number(2), row.Text(3), drops);
            }
        });
        _rows.Read("relief", ["t_ns", "rate", "step"], "ORDER BY t_ns", row =>
        {
            // What was given up before a part began is said again in it.
            if (sums.IsNew(row.Text(2) ?? "")) writer.AddRelief(new ReliefRow((row.Number(0) ?? 0) + shiftNs, row.Number(1) ?? 0, row.Text(2) ?? ""));
        });

        void AddOn(int cpu, long inSpans, long counted)
        {
            sums.Spans.AddOn(cpu, inSpans);
            sums.Spans.SetCounted(cpu, sums.Spans.CountedOn(cpu) + counted);
        }
    }

    /// <summary>Drivers that the agent inferred from the host's counters: by the parts of a site, for its id is another now.</summary>
    public void BacklogDrivers()
    {
        _rows.Read("site", ["event", "location", "stack_id", "driver", "driver_rule", "driver_candidates"], "ORDER BY id", row =>
        {
            if (row.Text(4) != DriverRule.Backlog && row.Text(5) is null) return;
            (string name, string? location) = (row.Text(0) ?? "", row.Text(1));
            CallStack? stack = row.Number(2) is { } id ? Stack(id) : null;
            SiteAttribution found = SiteAttributor.Attribute(name, location, stack);
            if (found is { Driver: null, Entry: BacklogAttribution.Entry })
            {
                writer.SetDriver(
                    writer.InternSite(name, location, stack, found),
                    found with { Driver = row.Text(3), DriverRule = row.Text(4), DriverCandidates = row.Text(5) });
            }
        });
    }

    private byte[]? File(string path)
    {
        byte[]? content = null;
        _rows.Read($"SELECT content FROM artifact WHERE phase = 'after' AND netns = 0 AND path = '{path}'", row => content = row.Bytes(0).ToArray());
        return content;
    }

    // The event's format, and the enums of BTF.
    private static bool IsOfReasons(string path) => path.StartsWith("events/", StringComparison.Ordinal) || path.StartsWith("btf/", StringComparison.Ordinal);

    private CallStack Stack(long id)
    {
        List<Frame> frames = [];
        _rows.Read(
            $"SELECT y.name, f.offset, y.module FROM stack_frame f JOIN symbol y ON y.id = f.symbol_id WHERE f.stack_id = {id} ORDER BY f.position",
            row => frames.Add(new Frame(row.Text(0) ?? "", row.Number(1), row.Text(2))));
        return new CallStack(frames);
    }
}

/// <summary>Counts by CPU of several captures that follow each other.</summary>
internal sealed class LedgerSums
{
    private readonly SortedDictionary<int, long> _lost = [], _witness = [];
    private readonly List<(long? Reason, string? Location, long Drops)> _hist = [];
    private readonly HashSet<string> _givenUp = [];

    public void AddLoss(int cpu, long records) => _lost[cpu] = _lost.GetValueOrDefault(cpu) + records;

    public void AddWitness(int cpu, long drops) => _witness[cpu] = _witness.GetValueOrDefault(cpu) + drops;

    /// <summary>Times in which the gate was open; one that is the whole window for a capture in which it never was shut.</summary>
    public SampledSpans Spans { get; } = new();

    /// <summary>In one of them it was shut.</summary>
    public bool IsSample { get; set; }

    public void AddHist(long? reason, string? location, long drops) => _hist.Add((reason, location, drops));

    /// <summary>Whether a step that the agent took to spare the host is met for the first time.</summary>
    public bool IsNew(string step) => _givenUp.Add(step);

    public void Write(Recorder recorder, CaptureWriter writer)
    {
        foreach ((int cpu, long records) in _lost) recorder.AddRingLoss(cpu, records);
        foreach ((int cpu, long drops) in _witness) writer.AddWitnessCount(cpu, drops);
        foreach ((string path, byte[] content) in IsSample ? Spans.Changed() : []) writer.AddArtifact(ArtifactPhase.After, 0, path, content);
        foreach ((long? reason, string? location, long drops) in _hist) writer.AddHistCount(reason, location, drops);
    }
}
