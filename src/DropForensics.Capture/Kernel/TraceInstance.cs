using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A trace instance of our own: its ring, its event settings and its gate, apart from everybody else's. What takes all of it back is in the
/// journal that it was made with.
/// </summary>
internal sealed class TraceInstance
{
    /// <summary>What every instance of ours is called, so that leftovers can be told from other people's.</summary>
    public const string NamePrefix = "dropforensics_";

    // Until the gate is open in our hands, somebody's cleanup may take a new instance for a leftover and remove it.
    private const int Attempts = 3;

    private readonly string _tracefs;
    private readonly UndoJournal _journal;
    private readonly TracefsFile _gate;
    private readonly List<Func<string?>> _armedChecks = [];

    private TraceInstance(string tracefs, string path, UndoJournal journal)
    {
        (_tracefs, Path, _journal) = (tracefs, path, journal);

        // First of all: whoever has a file of an instance open keeps it from being removed (EBUSY), and that is how others know it is in use.
        _gate = _journal.Hold(At("tracing_on"), last: "0");
        ShutGate();
    }

    /// <summary>The instance's directory.</summary>
    public string Path { get; }

    /// <summary>CPUs it has a buffer for, in order.</summary>
    public IReadOnlyList<int> Cpus { get; private set; } = [];

    /// <summary>Options set in it, for the record.</summary>
    public string Options { get; private set; } = "";

    /// <summary>All its options as the kernel lists them, <c>sym-offset</c> or <c>nosym-offset</c>; of one that is only planned, the top instance's with its own.</summary>
    public IReadOnlyCollection<string> TraceOptions
    {
        get
        {
            var listed = HostRoot.TryReadFile(AtOrTop("trace_options")) ?? [];
            var options = Encoding.ASCII.GetString(listed).Split('\n');
            var own = _journal.IsPlanning ? Options.Split(' ') : [];
            return [.. options.Where(option => option is not ['n', 'o', .. var rest] || !own.Contains(rest)), .. own];
        }
    }

    /// <summary>KiB a CPU that the kernel granted.</summary>
    public long BufferKiBPerCpu { get; private set; }

    /// <summary>What recording costs this host; null where that was not asked for or could not be measured.</summary>
    public RecordingCost? Cost { get; private set; }

    /// <summary>Makes the instance with the gate shut and nothing armed.</summary>
    /// <param name="tracefs">Where tracefs is mounted.</param>
    /// <param name="journal">Takes every change.</param>
    /// <param name="use">What it is for, as <see cref="UndoStep.Value"/> has it; one that only counts needs no clock and no symbols.</param>
    /// <param name="bufferKiBPerCpu">Ring size asked for.</param>
    /// <param name="measureCost">Find out what recording costs.</param>
    /// <param name="name">From <see cref="NewName"/>; one of its own where null.</param>
    /// <exception cref="UserError">No permission, or no memory for the ring.</exception>
    public static TraceInstance Create(string tracefs, UndoJournal journal, string use, long bufferKiBPerCpu, bool measureCost = false, string? name = null)
    {
        var path = System.IO.Path.Combine(tracefs, "instances", name ?? NewName());
        var mark = journal.Mark;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Make(path, use, journal);
                var instance = new TraceInstance(tracefs, path, journal);
                instance.Configure(bufferKiBPerCpu, forReading: use == UndoStep.Ring, measureCost);
                return instance;
            }
            catch (Exception e)
            {
                var wasRemoved = e is IOException && !Directory.Exists(path);
                journal.Undo(mark);
                if (wasRemoved && attempt < Attempts) continue;
                if (e is IOException) throw TracefsRefusal.Of(e.Message, e);
                throw;
            }
        }
    }

    /// <summary>A random name: nobody can lay something in its place, and no leftover has it.</summary>
    public static string NewName() => NamePrefix + RandomId.New().ToString("N")[..16];

    /// <summary>Spares the host the noting of tasks' names, as long as nobody else's events need it.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void SkipTaskNames()
    {
        // norecord-cmd in one instance stops the noting of names for every event that is enabled anywhere
        // (trace_event_enable_cmd_record): what others trace outweighs what the hooks cost. By this file: an instance's options/ lacks it.
        if (!TraceInstances.HaveEvents(_tracefs)) _journal.Write(At("trace_options"), "norecord-cmd");
    }

    /// <summary>Puts its filter on an event and enables it; nothing is recorded while the gate is shut. Not for the function tracer.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void Enable(ArmedEvent @event)
    {
        if (@event.Directory is not { } directory) return;
        _armedChecks.Add(() => HostRoot.TryReadFile(At($"{directory}/enable")) is [(byte)'1', ..] ? null : "the event was disabled in our instance");
        if (@event.Filter.Length > 0) _journal.Write(At($"{directory}/filter"), @event.Filter, undo: "0");
        _journal.Write(At($"{directory}/enable"), "1", undo: "0");
    }

    /// <summary>Takes a stack with each event, where it has a trigger. The gate does not bind that (kernel/trace/trace_events_trigger.c).</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void TakeStacks(ArmedEvent @event)
    {
        if (@event.Trigger is { } trigger) _journal.Write(At($"{@event.Directory}/trigger"), trigger, undo: "!stacktrace");
    }

    /// <summary>Writes another trigger that the kernel may refuse.</summary>
    /// <returns>False where it did.</returns>
    public bool TryTrigger(string directory, string trigger, string? undo = null) => _journal.TryWrite(At($"{directory}/trigger"), trigger, undo);

    /// <summary>
    /// Lets the function tracer follow an event's function, if it has one; nothing is recorded while the gate is shut. The kernel changes no tracer while a
    /// pipe of the instance is open (EBUSY): this comes before the first is opened, and is taken back after the last is closed.
    /// </summary>
    /// <exception cref="IOException">The kernel refused, or took another set of functions.</exception>
    public void Follow(ArmedEvent @event)
    {
        if (@event.Function is not { } function) return;
        _armedChecks.Add(() => HostRoot.TryReadFile(At("current_tracer")) is { } tracer && tracer.AsSpan().StartsWith("function"u8)
            ? null : "the function tracer was switched off in our instance");
        _journal.Write(At("set_ftrace_filter"), function);

        // An empty filter would mean every function of the kernel.
        var taken = _journal.IsPlanning ? Encoding.ASCII.GetBytes(function) : HostRoot.TryReadFile(At("set_ftrace_filter")) ?? [];
        var lines = Encoding.ASCII.GetString(taken).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines.Any(line => line.Split(' ', '\t')[0] != function))
            throw new IOException($"set_ftrace_filter did not accept '{function}' alone");
        _journal.Write(At("current_tracer"), "function", undo: "nop");
    }

    /// <summary>
    /// Prints addresses as they are, not hashed: whoever reads pages sees them so. Nothing where the kernel has no such option and prints
    /// them anyway (5.10).
    /// </summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void ShowPointers()
    {
        if (!Has("options/hash-ptr")) return;
        _journal.Write(At("options/hash-ptr"), "0");
        Options = $"{Options} nohash-ptr".TrimStart();
    }

    /// <summary>Lets records into the ring. The last write of arming.</summary>
    public void OpenGate() => _gate.Write("1");

    /// <summary>Keeps further records out; those in the ring can still be read. The first write of disarming.</summary>
    public void ShutGate() => _gate.Write("0");

    /// <summary>What somebody else changed while the gate should be open; null when all is as we left it.</summary>
    public string? Disturbance() => HostRoot.TryReadFile(At("tracing_on")) is not [(byte)'1', ..]
        ? "tracing_on of our instance was switched off" : _armedChecks.Select(check => check()).FirstOrDefault(why => why is not null);

    /// <summary>Each CPU's <c>stats</c> file as it stands, where it can be read.</summary>
    public IReadOnlyList<(int Cpu, byte[] Text)> Stats()
    {
        var all = new List<(int, byte[])>();
        foreach (var cpu in Cpus)
        {
            if (HostRoot.TryReadFile(At($"per_cpu/cpu{cpu}/stats")) is { Length: > 0 } stats) all.Add((cpu, stats));
        }

        return all;
    }

    /// <summary>An event's <c>format</c>, which is the same in every instance; empty where it cannot be read.</summary>
    public byte[] FormatOf(string directory) => HostRoot.TryReadFile(System.IO.Path.Combine(_tracefs, directory, "format")) ?? [];

    /// <summary>A file of the instance.</summary>
    public string At(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Whether the instance has a file.</summary>
    public bool Has(string relative) => File.Exists(AtOrTop(relative));

    /// <summary>A file of the instance. One that is only planned will have what the top one has.</summary>
    private string AtOrTop(string relative) => _journal.IsPlanning ? System.IO.Path.Combine(_tracefs, relative) : At(relative);

    private static void Make(string path, string use, UndoJournal journal)
    {
        try
        {
            journal.MakeInstance(path, use);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw TracefsRefusal.Of($"cannot make a trace instance in {System.IO.Path.GetDirectoryName(path)}: {e.Message}", e);
        }
    }

    private void Configure(long bufferKiBPerCpu, bool forReading, bool measureCost)
    {
        if (forReading)
        {
            if (measureCost) MeasureCost();

            // It also empties the ring of what was measured with.
            _journal.Write(At("trace_clock"), "mono");

            // Wakes a reader that polls well before the ring is full; the kernel's own default is half.
            if (Has("buffer_percent")) _journal.Write(At("buffer_percent"), "10");
        }

        foreach (var option in forReading ? new[] { "sym-offset", "disable_on_free" } : ["disable_on_free"])
        {
            if (!Has($"options/{option}")) continue;
            _journal.Write(At($"options/{option}"), "1");
            Options = $"{Options} {option}".TrimStart();
        }

        SetBuffer(bufferKiBPerCpu);
        Cpus = [.. Directory.EnumerateDirectories(AtOrTop("per_cpu"), "cpu*")
            .Select(path => int.Parse(System.IO.Path.GetFileName(path).AsSpan(3), CultureInfo.InvariantCulture))
            .Order()];

        // With disable_on_free set the kernel shuts the gate and gives the ring back when the last holder of this file
        // dies, whatever killed it.
        _journal.Hold(At("free_buffer"));
        if (!forReading) SkipTaskNames();
    }

    /// <summary>The trigger stays until the instance goes: to take it away the kernel waits some 20 ms, and nobody but us writes to our trace_marker.</summary>
    private void MeasureCost()
    {
        try
        {
            using var marker = _journal.Borrow(At("trace_marker"));
            OpenGate();
            Cost = RecordingCost.Measure(marker, () => _journal.Write(At("events/ftrace/print/trigger"), "stacktrace"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without it, or one that does not let us: the usual is taken then.
        }
        finally
        {
            ShutGate();
        }
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
                $"no ring buffer of {kiBPerCpu} KiB for each CPU: {e.Message}", "Ask for less with --buffer, for instance --buffer 16MiB.");
        }

        var granted = HostRoot.TryReadFile(At("per_cpu/cpu0/buffer_size_kb")) ?? HostRoot.TryReadFile(At("buffer_size_kb")) ?? [];
        BufferKiBPerCpu = Utf8Parser.TryParse(granted, out long read, out _) ? read : kiBPerCpu;
    }
}
