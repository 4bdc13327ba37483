using System.Globalization;
using System.Text.Json;
using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Capture.Probes;
using DropForensics.Core.Commands;
using DropForensics.Core.Store;

namespace DropForensics.Capture.Scripts;

/// <summary>Prints a plan as lines of POSIX shell that do what the capture would do, or as one JSON document.</summary>
internal sealed class PlanPrinter(CapturePlan plan, TextWriter output)
{
    // A POSIX shell names descriptors by one digit; 0 to 2 are taken.
    private const int FirstDescriptor = 3;

    private readonly List<string> _held = [];
    private string? _saidOf;

    /// <summary>
    /// Functions first, then their calls, so that nothing of an incomplete text runs. All in a subshell: a shell into which the lines are
    /// pasted keeps its settings, traps and descriptors.
    /// </summary>
    public void WriteShell()
    {
        Say(Head());
        if (plan.Leftovers.Count > 0) Say($"First it removes leftovers of killed captures: {string.Join(", ", plan.Leftovers)}.");
        output.WriteLine("(");
        Section("Arming: recording starts only with the last lines");
        WriteFunction("arm", () => WriteAll(plan.Arming, isUndo: false));
        string closed = string.Join(' ', _held.Select((_, i) => $"{FirstDescriptor + i}>&-"));
        Section("Undo, at the window's end, after an error and after SIGINT, SIGTERM, SIGHUP. The gate comes first, then the settings that make a drop costly");
        WriteFunction("undo", WriteUndo);
        Section("Report anything that could not be removed");
        WriteFunction("check", WriteCheck);
        Section("Main part: undo runs whichever line fails and whichever signal arrives. Errors of undo are hidden because it also undoes steps that were never armed");
        output.WriteLine($"exec {closed}");
        output.WriteLine("sleeping=");
        output.WriteLine("trap 'undo 2>/dev/null; check' EXIT");
        output.WriteLine("trap 'exit 0' HUP INT QUIT TERM");
        output.WriteLine("set -e");
        output.WriteLine("arm");
        string window = plan.Options.Duration is null ? "until stopped" : $"{Seconds} s";
        Say(plan.Options.Freeze ? $"The window: {window}. The capture reads nothing before its end, and then writes {plan.Options.Output}"
            : $"The window: {window}. The capture reads per_cpu/cpu*/trace_pipe of its own instance during this time, which changes nothing else, and writes {plan.Options.Output}");
        Say("Only the shell holds the descriptors: if it is killed, the kernel shuts the gate.");
        Say("A shell handles a signal while it waits, not while a command runs.");
        output.WriteLine($"sleep {Seconds} {closed} & sleeping=$!");
        output.WriteLine("wait \"$sleeping\"");
        output.WriteLine(")");
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
            json.WriteString("probe_why", plan.Probe.Said);
            json.WriteString("file", plan.Options.Output);
            if (plan.Options.Duration is { } duration) json.WriteNumber("window_s", duration.TotalSeconds);
            else json.WriteNull("window_s");
            json.WriteStartArray("changes");
            WriteJson(json, "arm", plan.Arming);
            WriteJson(json, "disarm", plan.Disarming);
            WriteJson(json, "remove", plan.Removing);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        output.WriteLine(JsonText.Readable(System.Text.Encoding.UTF8.GetString(bytes.ToArray())));
    }

    private string Output => plan.Options.KeepLast is null ? $"the file {plan.Options.Output} (mode 0600)" : $"files (mode 0600) in the folder {plan.Options.Output}{CaptureParts.FolderSuffix}";

    // As sleep(1) has it.
    private string Seconds => plan.Options.Duration is { } duration ? Math.Ceiling(duration.TotalSeconds).ToString(CultureInfo.InvariantCulture) : "infinity";

    private string Head()
    {
        string expansion = plan.GlobalBuffer?.Contains("expanded", StringComparison.Ordinal) == true
            ? $"kernels up to about 6.1 also enlarge the top instance's own ring when the first event since boot is enabled (buffer_size_kb, now {plan.GlobalBuffer})"
            : "the top instance's own ring already has its full size";
        return
            $"""
             What `capture {plan.Options.CommandLine}` would change on
             {plan.Host}
             Printing this changed nothing. Names of instances and events are random and differ for each capture.
             Probe: {plan.Probe.Name}: {plan.Probe.Said}

             These lines are all writes to tracefs and their undo. The capture also starts a guard,
             which runs the same undo if the capture is killed, creates
             {Output} and reads: /proc and /sys of every network namespace before and after, clocks once a second.
             Not undone: refused writes stay in the kernel's error_log, and {expansion}.

             To try them, pipe them to a shell (sh, or sh -e) or paste them into one, as root. Every line uses >>: opening some tracefs files
             with > removes what is in them, including other tools' probes and triggers.
             """;
    }

    private void Section(string title)
    {
        output.WriteLine();
        Say($"--- {title}");
        _saidOf = null;
    }

    private void Say(string comment) => output.WriteLine(Printable.Comment(comment));

    private void WriteFunction(string name, Action body)
    {
        output.WriteLine($"{name}() {{");
        body();
        output.WriteLine("}");
    }

    private void WriteUndo()
    {
        output.WriteLine("trap '' HUP INT QUIT TERM");
        output.WriteLine("set +e");
        output.WriteLine("if [ -n \"$sleeping\" ]; then kill \"$sleeping\"; fi");
        Say("This descriptor is open only if arming failed.");
        foreach (string? path in plan.Arming.Where(change => change.Kind == TracefsChangeKind.Release).Select(change => change.Path).Distinct())
            output.WriteLine($"exec {FirstDescriptor + _held.IndexOf(path)}>&-");
        WriteAll(plan.Disarming, isUndo: true);
        Say("Reads what is still in the ring; here it is all printed.");
        output.WriteLine($"cat {ShellText.Quote(plan.Instance + "/trace")}");
        Say("Undoes the rest, last change first.");
        WriteAll(plan.Removing, isUndo: true);
    }

    private void WriteCheck()
    {
        IEnumerable<string> ours = plan.Removing.Select(Removed).OfType<string>().Select(ShellText.Quote);
        output.WriteLine("left=");
        output.WriteLine($"for each in {string.Join(' ', ours)}; do");
        output.WriteLine("  if [ -e \"$each\" ]; then left=1; echo \"NOT RESTORED: $each is in use; once it is not: capture cleanup\" >&2; fi");
        output.WriteLine("done");
        output.WriteLine("if [ -n \"$left\" ]; then exit 1; fi");
    }

    /// <summary>The directory that a change removes; null for another change.</summary>
    private static string? Removed(TracefsChange change) => change switch
    {
        { Kind: TracefsChangeKind.RemoveDirectory } => change.Path,
        { Kind: TracefsChangeKind.Write, Value: ['-', ':', .. var probe] } => Path.Combine(Path.GetDirectoryName(change.Path) ?? "/", "events", probe),
        _ => null,
    };

    private void WriteAll(IReadOnlyList<TracefsChange> changes, bool isUndo)
    {
        string? last = null;
        foreach (TracefsChange change in changes)
        {
            string why = ChangeReasons.Of(change, plan.Instance, isUndo) ?? throw new InvalidOperationException($"no words for {change}");
            if (why != _saidOf) Say(why);
            _saidOf = why;
            string line = Line(change);
            if (line != last) output.WriteLine(line);   // a series of marks is one line
            last = line;
        }
    }

    private string Line(TracefsChange change)
    {
        string path = ShellText.Quote(change.Path);
        switch (change.Kind)
        {
            case TracefsChangeKind.MakeDirectory: return $"mkdir {path}";
            case TracefsChangeKind.RemoveDirectory: return $"rmdir {path}";
            case TracefsChangeKind.Hold:
                _held.Add(change.Path);
                return $"exec {Descriptor(change)}>>{path}";
            case TracefsChangeKind.Release: return $"exec {Descriptor(change)}>&-";
            case TracefsChangeKind.WriteHeld: return $"{ShellText.Print(change.Value)} >&{Descriptor(change)}";

            default: return $"{ShellText.Print(change.Value)} >>{path}";
        }
    }

    private int Descriptor(TracefsChange change) => FirstDescriptor + _held.IndexOf(change.Path);

    private void WriteJson(Utf8JsonWriter json, string phase, IReadOnlyList<TracefsChange> changes)
    {
        for (int at = 0, times; at < changes.Count; at += times)
        {
            // The ring is marked hundreds of times in a row: one entry says so.
            TracefsChange change = changes[at];
            times = 1;
            while (at + times < changes.Count && changes[at + times] == change) times++;
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
            if (times > 1) json.WriteNumber("times", times);
            json.WriteString("why", ChangeReasons.Of(change, plan.Instance, isUndo: phase != "arm"));
            json.WriteEndObject();
        }
    }
}

/// <summary>What a capture would change on this host, in order.</summary>
/// <param name="Options">The requested options.</param>
/// <param name="Host">Host and kernel it was made for: <c>web1, Linux 6.12.107</c>.</param>
/// <param name="Probe">The probe that would be armed, and why.</param>
/// <param name="Instance">The trace instance whose ring would be read.</param>
/// <param name="Arming">The changes until the gates are open.</param>
/// <param name="Disarming">From shutting the gates until a drop costs the host nothing more.</param>
/// <param name="Removing">The remaining changes, after the rings were read to their end.</param>
/// <param name="Leftovers">Leftovers of killed captures, which a capture removes first: <c>instance dropforensics_…</c>.</param>
/// <param name="GlobalBuffer">The top instance's current buffer_size_kb: <c>7 (expanded: 1408)</c>.</param>
internal sealed record CapturePlan(
    CaptureOptions Options, string Host, ProbePlan Probe, string Instance, IReadOnlyList<TracefsChange> Arming, IReadOnlyList<TracefsChange> Disarming,
    IReadOnlyList<TracefsChange> Removing, IReadOnlyList<string> Leftovers, string? GlobalBuffer);
