using System.Globalization;
using System.Text.Json;
using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Plan;

/// <summary>Prints a plan as lines of POSIX shell that do what the capture would do, or as one JSON document.</summary>
internal sealed class PlanPrinter(CapturePlan plan, TextWriter output)
{
    // A POSIX shell names descriptors by one digit; 0 to 2 are taken.
    private const int FirstDescriptor = 3;

    private readonly List<string> _held = [];
    private string? _saidOf;

    public void WriteShell()
    {
        Say(Head());
        if (plan.Leftovers.Count > 0) Say($"First it removes what captures that were killed have left: {string.Join(", ", plan.Leftovers)}.");
        Section("Arming: nothing is recorded until its last lines");
        WriteAll(plan.Arming);
        Section($"The window: {Seconds} s. The capture reads per_cpu/cpu*/trace_pipe of its own instance meanwhile, which changes nothing else, and writes {plan.Options.Output}");
        output.WriteLine($"sleep {Seconds}");
        Section("Undo, as at the window's end, after an error and after SIGINT, SIGTERM, SIGHUP. The gate first, then what makes a drop costly");
        WriteAll(plan.Disarming);
        Section("What the ring still holds is read. (To try these lines by hand: this prints all of it.)");
        output.WriteLine($"cat {ShellText.Quote(plan.Instance + "/trace")}");
        Section("The rest is undone, last change first");
        WriteAll(plan.Removing);
    }

    /// <summary>The same changes; names stay.</summary>
    public void WriteJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("host", plan.Host);
            json.WriteString("probe", plan.Probe.Name);
            json.WriteString("probe_why", $"{plan.Probe.Why}. {plan.Probe.Sight}.");
            json.WriteString("file", plan.Options.Output);
            json.WriteNumber("window_s", plan.Options.Duration.TotalSeconds);
            json.WriteStartArray("changes");
            WriteJson(json, "arm", plan.Arming);
            WriteJson(json, "disarm", plan.Disarming);
            WriteJson(json, "remove", plan.Removing);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(System.Text.Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private string Seconds => Math.Ceiling(plan.Options.Duration.TotalSeconds).ToString(CultureInfo.InvariantCulture);

    private string Head()
    {
        var expansion = plan.GlobalBuffer?.Contains("expanded", StringComparison.Ordinal) == true
            ? $"kernels up to about 6.1 also enlarge the top instance's own ring when the first event since boot is enabled (buffer_size_kb, now {plan.GlobalBuffer})"
            : "the top instance's own ring is at its full size already";
        return
            $"""
             What `capture {plan.Options.CommandLine}` would change on
             {plan.Host}
             Nothing has been changed by printing this. Names of instances and events are random: each capture has its own.
             Probe: {plan.Probe.Name}: {plan.Probe.Why}. {plan.Probe.Sight}.

             These lines are all that is written to tracefs, and what takes it back. Beside them the capture starts a guard,
             which makes the same undo should it be killed, makes the file
             {plan.Options.Output} (mode 0600) and reads: /proc and /sys of every network namespace before and after, clocks once a second.
             What is not taken back: refused writes stay in the kernel's error_log, and {expansion}.
             """;
    }

    private void Section(string title)
    {
        output.WriteLine();
        Say($"--- {title}");
        _saidOf = null;
    }

    private void Say(string comment) => output.WriteLine(ShellText.Comment(comment));

    private void WriteAll(IReadOnlyList<TracefsChange> changes)
    {
        string? last = null;
        foreach (var change in changes)
        {
            var why = ChangeReasons.Of(change, plan.Instance) ?? throw new InvalidOperationException($"no words for {change}");
            if (why != _saidOf) Say(why);
            _saidOf = why;
            var line = Line(change);
            if (line != last) output.WriteLine(line);   // so many marks are one
            last = line;
        }
    }

    private string Line(TracefsChange change)
    {
        var path = ShellText.Quote(change.Path);
        switch (change.Kind)
        {
            case TracefsChangeKind.MakeDirectory: return $"mkdir {path}";
            case TracefsChangeKind.RemoveDirectory: return $"rmdir {path}";
            case TracefsChangeKind.Hold:
                _held.Add(change.Path);
                return $"exec {Descriptor(change)}>{path}";
            case TracefsChangeKind.Release: return $"exec {Descriptor(change)}>&-";
            case TracefsChangeKind.WriteHeld: return $"{ShellText.Print(change.Value)} >&{Descriptor(change)}";

            // Appended, for to cut such a file short means to take all probes out; one that is the instance's own has nothing to lose.
            default: return $"{ShellText.Print(change.Value)} >{(Path.GetFileName(change.Path).EndsWith("_events", StringComparison.Ordinal) ? ">" : "")}{path}";
        }
    }

    private int Descriptor(TracefsChange change) => FirstDescriptor + _held.IndexOf(change.Path);

    private void WriteJson(Utf8JsonWriter json, string phase, IReadOnlyList<TracefsChange> changes)
    {
        foreach (var change in changes)
        {
            json.WriteStartObject();
            json.WriteString("phase", phase);
            json.WriteString("change", change.Kind switch
            {
                TracefsChangeKind.MakeDirectory => "mkdir",
                TracefsChangeKind.RemoveDirectory => "rmdir",
                TracefsChangeKind.Hold => "open",
                TracefsChangeKind.Release => "close",
                _ => "write",
            });
            json.WriteString("path", change.Path);
            if (change.Value.Length > 0) json.WriteString("value", change.Value);
            json.WriteString("why", ChangeReasons.Of(change, plan.Instance));
            json.WriteEndObject();
        }
    }
}
