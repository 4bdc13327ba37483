using System.Buffers.Text;
using System.Globalization;
using System.Text;
using DropForensics.Capture.Host;
using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// A trace instance of our own: its ring, its event settings and its gate, apart from everybody else's. Disposing it leaves
/// tracefs as it was.
/// </summary>
/// <remarks>The file is long because all writes to the instance stand in it: they share one journal, whose marks say what is undone when.</remarks>
internal sealed class TraceInstance : IDisposable
{
    /// <summary>What every instance of ours is called, so that leftovers can be told from other people's.</summary>
    public const string NamePrefix = "dropforensics_";

    // Until the gate is open in our hands, somebody's cleanup may take a new instance for a leftover and remove it.
    private const int Attempts = 3;

    private readonly string _tracefs;
    private readonly TracefsHand _hand;
    private readonly TracefsJournal _journal;
    private readonly List<string> _leftovers = [];
    private TracefsFile? _gate;
    private int _armedFrom;
    private int _stacksFrom = int.MaxValue;
    private Func<string?>? _armedCheck;
    private bool _disposed;

    private TraceInstance(string tracefs, string path, TracefsHand hand)
    {
        (_tracefs, Path, _hand) = (tracefs, path, hand);
        _journal = new TracefsJournal(hand);
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
            var listed = HostRoot.TryReadFile(_hand.IsPlanning ? System.IO.Path.Combine(_tracefs, "trace_options") : At("trace_options")) ?? [];
            var options = Encoding.ASCII.GetString(listed).Split('\n');
            var own = _hand.IsPlanning ? Options.Split(' ') : [];
            return [.. options.Where(option => option is not ['n', 'o', .. var rest] || !own.Contains(rest)), .. own];
        }
    }

    /// <summary>KiB a CPU that the kernel granted.</summary>
    public long BufferKiBPerCpu { get; private set; }

    /// <summary>What recording costs this host; null where that was not asked for or could not be measured.</summary>
    public RecordingCost? Cost { get; private set; }

    /// <summary>What could not be undone; empty when the host is as before. Whole after <see cref="Dispose"/>.</summary>
    public IReadOnlyList<string> Leftovers => _leftovers;

    /// <summary>Makes the instance with the gate shut and nothing armed.</summary>
    /// <param name="tracefs">Where tracefs is mounted.</param>
    /// <param name="bufferKiBPerCpu">Ring size asked for.</param>
    /// <param name="forReading">Somebody will read its text; one that only counts needs no clock and no symbols.</param>
    /// <param name="needsComms">The kernel is to note the names of tasks, for which it hooks every switch of task.</param>
    /// <param name="measureCost">Find out what recording costs.</param>
    /// <param name="hand">What changes tracefs; null makes the changes.</param>
    /// <param name="name">From <see cref="NewName"/>; one of its own where null.</param>
    /// <exception cref="UserError">No permission, or no memory for the ring.</exception>
    public static TraceInstance Create(
        string tracefs, long bufferKiBPerCpu, bool forReading, bool needsComms, bool measureCost = false, TracefsHand? hand = null, string? name = null)
    {
        var path = System.IO.Path.Combine(tracefs, "instances", name ?? NewName());
        for (var attempt = 1; ; attempt++)
        {
            var instance = new TraceInstance(tracefs, path, hand ?? TracefsHand.Real);
            try
            {
                instance.Make(forReading ? UndoStep.Ring : UndoStep.Witness);
                instance.Configure(bufferKiBPerCpu, forReading, measureCost);
                if (!needsComms) instance.ForgoComms();
                return instance;
            }
            catch (Exception e)
            {
                var wasRemoved = e is IOException && !Directory.Exists(path);
                instance.Dispose();
                if (wasRemoved && attempt < Attempts) continue;
                if (e is IOException) throw Refused(e);
                throw;
            }
        }
    }

    /// <summary>A random name: nobody can lay something in its place, and no leftover has it.</summary>
    public static string NewName() => NamePrefix + RandomId.New().ToString("N")[..16];

    /// <summary>Spares the host the noting of tasks' names, as long as nobody else's events need it.</summary>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void ForgoComms()
    {
        if (TraceInstances.HaveEvents(_tracefs)) return;
        try
        {
            // norecord-cmd in one instance stops the noting of names for every event that is enabled anywhere
            // (trace_event_enable_cmd_record): what others trace outweighs what the hooks cost. By this file: an instance's options/ lacks it.
            _journal.Write(At("trace_options"), "norecord-cmd");
        }
        catch (IOException e)
        {
            throw Refused(e);
        }
    }

    /// <summary>Puts filter and trigger on an event and enables it; nothing is recorded while the gate is shut.</summary>
    /// <param name="directory">The event's, below the instance.</param>
    /// <param name="filter">Filter in the kernel's language, empty for none.</param>
    /// <param name="trigger">A whole stacktrace trigger, its filter included, or null.</param>
    /// <exception cref="UserError">The kernel refused.</exception>
    public void ArmEvent(string directory, string filter, string? trigger) => Arm(() =>
    {
        _armedCheck = () => HostRoot.TryReadFile(At($"{directory}/enable")) is [(byte)'1', ..] ? null : "the event was disabled in our instance";
        if (filter.Length > 0) _journal.Write(At($"{directory}/filter"), filter, undo: "0");
        _journal.Write(At($"{directory}/enable"), "1", undo: "0");
        _stacksFrom = _journal.Mark;
        if (trigger is not null) _journal.Write(At($"{directory}/trigger"), trigger, undo: "!stacktrace");
    });

    /// <summary>Takes the stack trigger away again while the event goes on: a drop then costs the host a fraction. The gate stays open.</summary>
    public void GiveUpStacks() => _leftovers.AddRange(_journal.Undo(_stacksFrom));

    /// <summary>
    /// Lets the kernel count by a hist trigger, paused until <see cref="SwitchHist"/>; an armed event's <see cref="Disarm"/> takes it back. The
    /// gate does not bind a trigger (kernel/trace/trace_events_trigger.c).
    /// </summary>
    /// <param name="directory">The event's, below the instance.</param>
    /// <param name="hist">The trigger, <c>hist:keys=reason</c>.</param>
    /// <param name="filter">Which events it counts, empty for all.</param>
    /// <returns>False where the kernel was built without hist triggers (CONFIG_HIST_TRIGGERS), or refuses this one.</returns>
    public bool TryArmHist(string directory, string hist, string filter)
    {
        if (!Has($"{directory}/hist")) return false;
        var mark = _journal.Mark;
        try
        {
            _journal.Write(At($"{directory}/trigger"), $"{hist}:pause{If(filter)}", undo: $"!{hist}{If(filter)}");
            return true;
        }
        catch (IOException)
        {
            _ = _journal.Undo(mark);   // What was refused is not there to be taken back.
            return false;
        }
    }

    /// <summary>Lets a hist trigger count, or pauses it.</summary>
    /// <exception cref="IOException">The kernel refused.</exception>
    public void SwitchHist(string directory, string hist, string filter, bool counts) =>
        _journal.Write(At($"{directory}/trigger"), $"{hist}:{(counts ? "cont" : "pause")}{If(filter)}");

    /// <summary>
    /// Lets the function tracer follow one function; nothing is recorded while the gate is shut. The kernel changes no tracer while a
    /// pipe of the instance is open (EBUSY): so this comes before the first is opened, and <see cref="Dispose"/>, not
    /// <see cref="Disarm"/>, takes it back after the last is closed.
    /// </summary>
    /// <param name="function">As available_filter_functions lists it.</param>
    /// <exception cref="UserError">The kernel refused, or took another set of functions.</exception>
    public void ArmFunction(string function)
    {
        Arm(() => FollowFunction(function));
        _armedFrom = _journal.Mark;
    }

    /// <summary>Takes trigger, event and filter away again, so that a drop costs the host nothing more. Call it with the gate shut.</summary>
    public void Disarm() => _leftovers.AddRange(_journal.Undo(_armedFrom));

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
    public void OpenGate() => _gate?.Write("1");

    /// <summary>Keeps further records out; those in the ring can still be read. The first write of disarming.</summary>
    public void ShutGate() => _gate?.Write("0");

    /// <summary>What somebody else changed while the gate should be open; null when all is as we left it.</summary>
    public string? Disturbance()
    {
        if (HostRoot.TryReadFile(At("tracing_on")) is not [(byte)'1', ..]) return "tracing_on of our instance was switched off";
        return _armedCheck?.Invoke();
    }

    /// <summary>A CPU's <c>stats</c> file as it stands; null where it cannot be read.</summary>
    public byte[]? Stats(int cpu) => HostRoot.TryReadFile(At($"per_cpu/cpu{cpu}/stats"));

    /// <summary>An event's <c>format</c>, which is the same in every instance; empty where it cannot be read.</summary>
    public byte[] FormatOf(string directory) => HostRoot.TryReadFile(System.IO.Path.Combine(_tracefs, directory, "format")) ?? [];

    /// <summary>A file of the instance.</summary>
    public string At(string relative) => System.IO.Path.Combine(Path, relative);

    /// <summary>Shuts the gate, disarms the event and removes the instance. Nobody may hold a pipe of it.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _leftovers.AddRange(_journal.Undo());
        foreach (var leftover in _leftovers) Console.Error.WriteLine($"capture: NOT RESTORED: {leftover}");
    }

    private void Arm(Action writes)
    {
        _armedFrom = _journal.Mark;
        try
        {
            writes();
        }
        catch (IOException e)
        {
            throw Refused(e);
        }
    }

    private void FollowFunction(string function)
    {
        _armedCheck = () => HostRoot.TryReadFile(At("current_tracer")) is { } tracer && tracer.AsSpan().StartsWith("function"u8)
            ? null : "the function tracer was switched off in our instance";
        _journal.Write(At("set_ftrace_filter"), function);

        // An empty filter would mean every function of the kernel.
        var taken = _hand.IsPlanning ? Encoding.ASCII.GetBytes(function) : HostRoot.TryReadFile(At("set_ftrace_filter")) ?? [];
        var lines = Encoding.ASCII.GetString(taken).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || lines.Any(line => line.Split(' ', '\t')[0] != function))
            throw new IOException($"set_ftrace_filter did not take '{function}' alone");
        _journal.Write(At("current_tracer"), "function", undo: "nop");
    }

    private void Make(string use)
    {
        try
        {
            _journal.MakeInstance(Path, use);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw TracefsRefusal.Of($"cannot make a trace instance in {System.IO.Path.GetDirectoryName(Path)}: {e.Message}", e);
        }
    }

    private void Configure(long bufferKiBPerCpu, bool forReading, bool measureCost)
    {
        // First of all: whoever has a file of an instance open keeps it from being removed (EBUSY), and that is how others know it is in use.
        _gate = _hand.Hold(At("tracing_on"));
        _journal.OnUndo("close the gate", () =>
        {
            ShutGate();
            _gate.Dispose();
        });

        ShutGate();

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
        Cpus = [.. Directory.EnumerateDirectories(System.IO.Path.Combine(_hand.IsPlanning ? _tracefs : Path, "per_cpu"), "cpu*")
            .Select(path => int.Parse(System.IO.Path.GetFileName(path).AsSpan(3), CultureInfo.InvariantCulture))
            .Order()];

        // With disable_on_free set the kernel shuts the gate and gives the ring back when the last holder of this file
        // dies, whatever killed it.
        var freeBuffer = _hand.Hold(At("free_buffer"));
        _journal.OnUndo("close free_buffer", freeBuffer.Dispose);
    }

    /// <summary>The trigger stays until the instance goes: to take it away the kernel waits some 20 ms, and nobody but us writes to our trace_marker.</summary>
    private void MeasureCost()
    {
        try
        {
            using var marker = _hand.Hold(At("trace_marker"));
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

    private static string If(string filter) => filter.Length > 0 ? $" if {filter}" : "";

    /// <summary>Whether the instance has a file. One that is only planned will have what the top one has.</summary>
    private bool Has(string relative) => File.Exists(_hand.IsPlanning ? System.IO.Path.Combine(_tracefs, relative) : At(relative));

    private static UserError Refused(Exception e) => TracefsRefusal.Of(e.Message, e);
}
