using System.Globalization;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A trace instance of our own: its ring, its event settings and its gate, apart from everybody else's. Disposing it leaves
/// tracefs as it was.
/// </summary>
internal sealed class TraceInstance : IDisposable
{
    /// <summary>What every instance of ours is called, so that leftovers can be told from other people's.</summary>
    public const string NamePrefix = "dropforensics_";

    private readonly TracefsJournal _journal = new();
    private FileStream? _freeBuffer;
    private bool _disposed;

    private TraceInstance(string path) => Path = path;

    /// <summary>The instance's directory.</summary>
    public string Path { get; }

    /// <summary>Options set in it, for the record.</summary>
    public string Options { get; private set; } = "";

    /// <summary>KiB a CPU that the kernel granted.</summary>
    public long BufferKiBPerCpu { get; private set; }

    /// <summary>What could not be undone; empty when the host is as before. Known after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers { get; private set; } = [];

    /// <summary>CPUs it has a buffer for, in order.</summary>
    public IReadOnlyList<int> Cpus() =>
        [.. Directory.EnumerateDirectories(At("per_cpu"), "cpu*")
            .Select(path => int.Parse(System.IO.Path.GetFileName(path).AsSpan(3), CultureInfo.InvariantCulture))
            .Order()];

    /// <summary>How many CPUs that are; also known after <see cref="Dispose"/>.</summary>
    public int CpuCount { get; private set; }

    /// <summary>Makes the instance with the gate shut and everything set but the event.</summary>
    /// <param name="tracefs">Where tracefs is mounted.</param>
    /// <param name="bufferKiBPerCpu">Ring size asked for.</param>
    /// <exception cref="UserError">No permission, or no memory for the ring.</exception>
    public static TraceInstance Create(string tracefs, long bufferKiBPerCpu)
    {
        var name = NamePrefix + RandomId.New().ToString("N")[..16];
        var instance = new TraceInstance(System.IO.Path.Combine(tracefs, "instances", name));
        try
        {
            instance.Make();
            instance.Configure(bufferKiBPerCpu);
            return instance;
        }
        catch
        {
            instance.Dispose();
            throw;
        }
    }

    /// <summary>Puts filter and trigger on the event and enables it; nothing is recorded while the gate is shut.</summary>
    /// <param name="filter">Filter in the kernel's language, empty for none. It does not bind the trigger, so it is repeated there.</param>
    /// <param name="trigger">A stacktrace trigger without its filter, or null.</param>
    /// <returns>The trigger as written, or null.</returns>
    public string? Arm(string filter, string? trigger)
    {
        var directory = DropTracepoint.Directory;
        if (filter.Length > 0) _journal.Write(At($"{directory}/filter"), filter, undo: "0");
        if (trigger is not null && filter.Length > 0) trigger += $" if {filter}";
        _journal.Write(At($"{directory}/enable"), "1", undo: "0");
        if (trigger is not null) _journal.Write(At($"{directory}/trigger"), trigger, undo: "!stacktrace");
        return trigger;
    }

    /// <summary>Lets records into the ring. The last write of arming.</summary>
    public void OpenGate() => _journal.Write(At("tracing_on"), "1", undo: "0");

    /// <summary>Keeps further records out; those in the ring can still be read. The first write of disarming.</summary>
    public void ShutGate() => _journal.Write(At("tracing_on"), "0");

    /// <summary>Whether the gate is still open: false when something else shut it.</summary>
    public bool GateIsOpen => HostRoot.TryReadFile(At("tracing_on")) is [(byte)'1', ..];

    /// <summary>A CPU's <c>stats</c> file as it stands.</summary>
    public byte[] Stats(int cpu) => HostRoot.TryReadFile(At($"per_cpu/cpu{cpu}/stats")) ?? [];

    /// <summary>A file of the instance.</summary>
    public string At(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Shuts the gate, disarms the event and removes the instance. Nobody may hold a pipe of it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Leftovers = _journal.Undo();
    }

    private void Make()
    {
        try
        {
            _journal.MakeInstance(Path);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new UserError(
                $"cannot make a trace instance in {System.IO.Path.GetDirectoryName(Path)}: {e.Message}",
                e is UnauthorizedAccessException
                    ? "Run as root (sudo capture …). As root in a container: run it on the host, or mount tracefs writable."
                    : "Instances need Linux 3.10 or later and a writable tracefs; 'dmesg' may say what the kernel lacks.");
        }
    }

    private void Configure(long bufferKiBPerCpu)
    {
        _journal.Write(At("tracing_on"), "0");
        _journal.Write(At("trace_clock"), "mono");
        foreach (var option in new[] { "sym-offset", "disable_on_free" })
        {
            if (!File.Exists(At($"options/{option}"))) continue;
            _journal.Write(At($"options/{option}"), "1");
            Options = $"{Options} {option}".TrimStart();
        }

        // Wakes a reader that polls well before the ring is full; the kernel's own default is half.
        if (File.Exists(At("buffer_percent"))) _journal.Write(At("buffer_percent"), "10");
        SetBuffer(bufferKiBPerCpu);
        CpuCount = Cpus().Count;

        // With disable_on_free set the kernel shuts the gate and gives the ring back when the last holder of this file
        // dies, whatever killed it.
        _freeBuffer = new FileStream(At("free_buffer"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        _journal.OnUndo("close free_buffer", _freeBuffer.Dispose);
    }

    private void SetBuffer(long kiBPerCpu)
    {
        try
        {
            _journal.Write(At("buffer_size_kb"), kiBPerCpu.ToString(CultureInfo.InvariantCulture));
        }
        catch (IOException e)
        {
            throw new UserError(
                $"the kernel refused a ring buffer of {kiBPerCpu} KiB for each CPU: {e.Message}",
                "Ask for less with --buffer, for instance --buffer 16MiB.");
        }

        var granted = HostRoot.TryReadFile(At("per_cpu/cpu0/buffer_size_kb")) ?? HostRoot.TryReadFile(At("buffer_size_kb")) ?? [];
        BufferKiBPerCpu = System.Buffers.Text.Utf8Parser.TryParse(granted, out long read, out _) ? read : kiBPerCpu;
    }
}
