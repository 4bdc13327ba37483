using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A trace instance of our own: its ring, event settings and gate are separate from all others. The journal that it was made with
/// undoes all of it.
/// </summary>
/// <remarks>The file is long because each setting of an instance stands here once, with what undoes it and why it is made.</remarks>
internal sealed class TraceInstance
{
    /// <summary>The start of the name of every instance of ours: it distinguishes leftovers from other tools' instances.</summary>
    public const string NamePrefix = "dropforensics_";

    // Until we hold the gate's file open, another process's cleanup may take a new instance for a leftover and remove it.
    private const int Attempts = 3;

    private readonly string _tracefs;
    private readonly UndoJournal _journal;
    private readonly TracefsFile _gate;
    private readonly List<Func<string?>> _armedChecks = [];
    private string? _shutBy;
    private bool _isGateOpen;

    private TraceInstance(string tracefs, string path, UndoJournal journal)
    {
        (_tracefs, Path, _journal) = (tracefs, path, journal);

        // First: an open file prevents the removal of its instance (EBUSY), which also shows others that it is in use.
        _gate = _journal.Hold(At("tracing_on"), last: "0");
        ShutGate();
    }

    /// <summary>The instance's directory.</summary>
    public string Path { get; }

    /// <summary>CPUs it has a buffer for, in order.</summary>
    public IReadOnlyList<int> Cpus { get; private set; } = [];

    /// <summary>Options set in it, for the record.</summary>
    public string Options { get; private set; } = "";

    /// <summary>All its options as the kernel lists them, <c>sym-offset</c> or <c>nosym-offset</c>; for one that is only planned, the top instance's and its own.</summary>
    public IReadOnlyCollection<string> TraceOptions
    {
        get
        {
            byte[] listed = HostRoot.TryReadFile(AtOrTop("trace_options")) ?? [];
            string[] options = Encoding.ASCII.GetString(listed).Split('\n');
            string[] own = _journal.IsPlanning ? Options.Split(' ') : [];
            return [.. options.Where(option => option is not ['n', 'o', .. var rest] || !own.Contains(rest)), .. own];
        }
    }

    /// <summary>KiB for each CPU that the kernel granted.</summary>
    public long BufferKiBPerCpu { get; private set; }

    /// <summary>The cost of recording on this host; null if it was not requested or could not be measured.</summary>
    public RecordingCost? Cost { get; private set; }

    /// <summary>Makes the instance with the gate shut and nothing armed.</summary>
    /// <param name="tracefs">Where tracefs is mounted.</param>
    /// <param name="journal">Takes every change.</param>
    /// <param name="use">What it is for, as <see cref="UndoStep.Value"/> has it; a counter needs no clock and no symbols.</param>
    /// <param name="bufferKiBPerCpu">The requested ring size.</param>
    /// <param name="measureCost">Whether to measure the cost of recording.</param>
    /// <param name="name">From <see cref="NewName"/>; null for a new one.</param>
    /// <exception cref="UserError">No permission, or no memory for the ring.</exception>
    public static TraceInstance Create(string tracefs, UndoJournal journal, string use, long bufferKiBPerCpu, bool measureCost = false, string? name = null)
    {
        string path = System.IO.Path.Combine(tracefs, "instances", name ?? NewName());
        int mark = journal.Mark;
        for (int attempt = 1; ; attempt++)
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
                // By another capture that starts and found it unused; its directory is the last thing to go.
                bool wasRemoved = e is IOException && (e.HResult == Libc.ENoDev || !Directory.Exists(path));
                journal.Undo(mark);
                if (wasRemoved && attempt < Attempts) continue;
                if (e is IOException) throw TracefsRefusal.Of(e.Message, e);
                throw;
            }
        }
    }

    /// <summary>A random name: nobody can create it in advance, and no leftover has it.</summary>
    public static string NewName() => NamePrefix + RandomId.New().ToString("N")[..16];

    /// <summary>Turns off the recording of task names, unless events of others need it.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void SkipTaskNames()
    {
        // norecord-cmd in one instance stops the recording of names for every event enabled anywhere
        // (trace_event_enable_cmd_record): the needs of others outweigh the cost of the hooks. Written to this file: an instance's options/ lacks it.
        if (!TraceInstances.HaveEvents(_tracefs)) _journal.Write(At("trace_options"), "norecord-cmd");
    }

    /// <summary>Sets an event's filter and enables it; nothing is recorded while the gate is shut. Not for the function tracer.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void Enable(ArmedEvent @event)
    {
        if (@event.Directory is not { } directory) return;
        _armedChecks.Add(() => HostRoot.TryReadFile(At($"{directory}/enable")) is [(byte)'1', ..] ? null : "the event was disabled in our instance");
        if (@event.Filter.Length > 0) Filter(@event, At($"{directory}/filter"));
        _journal.Write(At($"{directory}/enable"), "1", undo: "0");
    }

    private void Filter(ArmedEvent @event, string file)
    {
        try
        {
            _journal.Write(file, @event.Filter, undo: "0");
        }
        catch (IOException)
        {
            // After a refusal the file has the filter, a mark at the fault, and the reason.
            string[] lines = Encoding.UTF8.GetString(HostRoot.TryReadFile(file) ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            if (lines is not [_, .., var reason]) throw;
            throw new UserError($"the kernel rejects the filter of {@event.Id}, '{@event.Filter}': {reason.Split("parse_error: ")[^1]}", $"Correct it: {@event.FormatPath} in tracefs lists the fields of the event.", ExitCode.Usage);
        }
    }

    /// <summary>Takes a stack with each event, if it has a trigger. Triggers ignore the gate (kernel/trace/trace_events_trigger.c).</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void TakeStacks(ArmedEvent @event)
    {
        if (@event.Trigger is { } trigger) _journal.Write(At($"{@event.Directory}/trigger"), trigger, undo: "!stacktrace");
    }

    /// <summary>Lets the kernel itself shut the gate at the first hit of an event (Linux 5.18 on; before, it shut that of the top instance).</summary>
    /// <param name="event">It is enabled.</param>
    /// <param name="condition">Which hit; empty for any.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void ShutAt(ArmedEvent @event, string condition)
    {
        _shutBy = At($"{@event.Directory}/trigger");
        _journal.Write(_shutBy, $"traceoff:1{(condition.Length > 0 ? $" if {condition}" : "")}", undo: "!traceoff");
    }

    /// <summary>Whether the kernel did. Known until the trigger is removed.</summary>
    public bool HasShutItself => _shutBy is { } file && (HostRoot.TryReadFile(file) ?? []).AsSpan().IndexOf("traceoff:count=0"u8) >= 0;

    /// <summary>Writes another trigger that the kernel may refuse.</summary>
    /// <returns>False if it did.</returns>
    public bool TryTrigger(string directory, string trigger, string? undo = null) => _journal.TryWrite(At($"{directory}/trigger"), trigger, undo);

    /// <summary>
    /// Lets the function tracer follow an event's function, if it has one; nothing is recorded while the gate is shut. The kernel changes no tracer while a
    /// pipe of the instance is open (EBUSY): set it before the first is opened, and undo it after the last is closed.
    /// </summary>
    /// <exception cref="IOException">The kernel refused, or took another set of functions.</exception>
    public void Follow(ArmedEvent @event)
    {
        if (@event.Function is not { } function) return;
        _armedChecks.Add(() => HostRoot.TryReadFile(At("current_tracer")) is { } tracer && tracer.AsSpan().StartsWith("function"u8)
            ? null : "the function tracer was switched off in our instance");
        _journal.Write(At("set_ftrace_filter"), function);

        // An empty filter would mean every function of the kernel.
        byte[] taken = _journal.IsPlanning ? Encoding.ASCII.GetBytes(function) : HostRoot.TryReadFile(At("set_ftrace_filter")) ?? [];
        string[] lines = Encoding.ASCII.GetString(taken).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines.Any(line => line.Split(' ', '\t')[0] != function))
            throw new IOException($"set_ftrace_filter did not accept '{function}' alone");
        _journal.Write(At("current_tracer"), "function", undo: "nop");
    }

    /// <summary>
    /// Prints real addresses, not hashed ones, as pages have them. Does nothing if the kernel has no such option and prints
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
    public void OpenGate() => MoveGate(toOpen: true);

    /// <summary>Stops recording; records in the ring can still be read. The first write of disarming.</summary>
    public void ShutGate() => MoveGate(toOpen: false);

    /// <summary>What another process changed in the window; null if nothing.</summary>
    public string? Disturbance() => GateDisturbance() ?? _armedChecks.Select(check => check()).FirstOrDefault(why => why is not null);

    /// <summary>That the gate is not as we left it; null if it is.</summary>
    public string? GateDisturbance()
    {
        bool isOpen = _isGateOpen && !HasShutItself;
        return HostRoot.TryReadFile(At("tracing_on")) is [var state, ..] && state == (isOpen ? '1' : '0') ? null : $"tracing_on of our instance was switched {(isOpen ? "off" : "on")}";
    }

    private void MoveGate(bool toOpen)
    {
        _isGateOpen = toOpen;
        _gate.Write(toOpen ? "1" : "0");
    }

    /// <summary>Each CPU's <c>stats</c> file, unchanged, if it can be read.</summary>
    public IReadOnlyList<(int Cpu, byte[] Text)> Stats()
    {
        var all = new List<(int, byte[])>();
        foreach (int cpu in Cpus)
        {
            if (HostRoot.TryReadFile(At($"per_cpu/cpu{cpu}/stats")) is { Length: > 0 } stats) all.Add((cpu, stats));
        }

        return all;
    }

    /// <summary>An event's <c>format</c>, which is the same in every instance; empty if it cannot be read.</summary>
    public byte[] FormatOf(string directory) => HostRoot.TryReadFile(System.IO.Path.Combine(_tracefs, directory, "format")) ?? [];

    /// <summary>A file of the instance.</summary>
    public string At(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Whether the instance has a file.</summary>
    public bool Has(string relative) => File.Exists(AtOrTop(relative));

    /// <summary>A file of the instance. For a planned instance, the top instance's file: it will be the same.</summary>
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

            // It also empties the ring of the measurement's records.
            _journal.Write(At("trace_clock"), "mono");

            // Wakes a polling reader well before the ring is full; the kernel's default is half.
            if (Has("buffer_percent")) _journal.Write(At("buffer_percent"), "10");
        }

        foreach (string? option in forReading ? new[] { "sym-offset", "disable_on_free" } : ["disable_on_free"])
        {
            if (!Has($"options/{option}")) continue;
            _journal.Write(At($"options/{option}"), "1");
            Options = $"{Options} {option}".TrimStart();
        }

        SetBuffer(bufferKiBPerCpu);
        Cpus = [.. Directory.EnumerateDirectories(AtOrTop("per_cpu"), "cpu*")
            .Select(path => int.Parse(System.IO.Path.GetFileName(path).AsSpan(3), CultureInfo.InvariantCulture))
            .Order()];

        // With disable_on_free set the kernel shuts the gate and frees the ring when the last holder of this file
        // dies, for any reason.
        _journal.Hold(At("free_buffer"));
        if (!forReading) SkipTaskNames();
    }

    /// <summary>The trigger stays until the instance is removed: removing it takes the kernel about 20 ms, and only we write to our trace_marker.</summary>
    private void MeasureCost()
    {
        try
        {
            using TracefsFile marker = _journal.Borrow(At("trace_marker"));
            OpenGate();
            Cost = RecordingCost.Measure(marker, () => _journal.Write(At("events/ftrace/print/trigger"), "stacktrace"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The kernel lacks it or refuses: the default is used.
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

        byte[] granted = HostRoot.TryReadFile(At("per_cpu/cpu0/buffer_size_kb")) ?? HostRoot.TryReadFile(At("buffer_size_kb")) ?? [];
        BufferKiBPerCpu = Utf8Parser.TryParse(granted, out long read, out _) ? read : kiBPerCpu;
    }
}
