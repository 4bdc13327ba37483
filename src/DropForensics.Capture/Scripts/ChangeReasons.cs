using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Scripts;

/// <summary>The reason for each change of a capture, in words for the person who must approve it.</summary>
internal static class ChangeReasons
{
    /// <summary>What a change is for; null for an unexplained one, which fails a test.</summary>
    /// <param name="change">The change.</param>
    /// <param name="instance">The instance whose ring is read; another one only counts.</param>
    /// <param name="isUndo">It is made at the window's end.</param>
    public static string? Of(TracefsChange change, string instance, bool isUndo)
    {
        string file = Path.GetFileName(change.Path);
        return change.Kind switch
        {
            TracefsChangeKind.MakeDirectory when change.Path != instance => "another instance, tiny and never read: the kernel itself counts the events in it",
            TracefsChangeKind.MakeDirectory => "our own trace instance: its ring buffer, events and switches are separate from all others",
            TracefsChangeKind.RemoveDirectory => "removes the instance and all its settings; the kernel gets its memory back",
            TracefsChangeKind.Hold when file == "tracing_on" => "keeps the gate's file open, so that it can be shut whatever happens",
            TracefsChangeKind.Hold when file == "free_buffer" => "kept open: if its holder dies, the kernel shuts the gate and frees the ring itself",
            TracefsChangeKind.WriteHeld when file == "tracing_on" && Path.GetDirectoryName(change.Path) != instance => change.Value == "1" ? "the gate opens: what is armed in it counts" : "the gate shuts: nothing counts in it",
            TracefsChangeKind.WriteHeld when file == "tracing_on" => change.Value == "1" ? "the gate opens: recording starts" : "the gate shuts: recording stops",
            TracefsChangeKind.Hold when file == "trace_marker" => "first measures the cost of recording on this host, with our own marks in our own instance; setting the clock then empties the ring",
            TracefsChangeKind.WriteHeld when file == "trace_marker" => "one mark; the capture itself writes about 250",
            TracefsChangeKind.Release => $"closes {file}",
            TracefsChangeKind.Write => OfWrite(file, change, isUndo),
            _ => null,
        };
    }

    private static string? OfWrite(string file, TracefsChange change, bool isUndo) => file switch
    {
        "tracing_on" => "shuts the instance's gate before any other setting, so that nothing is recorded yet",
        "trace_clock" => "timestamps from the monotonic clock",
        "buffer_percent" => "wakes a reader when the ring is a tenth full",
        "trace_options" => "the instance does not record task names: its events have them, or need none",
        "sym-offset" => "prints functions with their offsets and modules",
        "disable_on_free" => "lets the kernel clean up when free_buffer is closed",
        "hash-ptr" => "this instance prints real addresses, so that pages and text agree",
        "buffer_size_kb" => $"{change.Value} KiB of ring buffer for each CPU",
        "filter" => change.Value == "0" ? "removes the filter" : "records only these; the kernel filters",
        "enable" => change.Value == "0" ? "disables the event in the instance" : "enables the event in the instance; the gate is still shut",
        "trigger" when change.Path.EndsWith("ftrace/print/trigger", StringComparison.Ordinal) => "the same with a stack for each mark; removing the instance also removes the trigger",
        "trigger" when change.Value.Contains("skbaddr", StringComparison.Ordinal) => change.Value.StartsWith('!') ? "the kernel notes these times no more"
            : change.Value.Contains("onmatch", StringComparison.Ordinal) ? "the kernel takes the time since then, and gives it to the event that carries it"
            : change.Value.Contains(":no_longer_", StringComparison.Ordinal) ? "the kernel forgets when it received a packet that goes out again, or is freed"
            : "the kernel notes when it sees each packet here, by its address",
        "trigger" when change.Value.Contains("us.log2", StringComparison.Ordinal) => change.Value.StartsWith('!') ? "removes the kernel's table of these times"
            : change.Value.EndsWith(":cont", StringComparison.Ordinal) ? "starts counting times" : isUndo ? "stops counting times"
            : "the kernel counts these times in powers of two; paused until the gate opens",
        "trigger" when change.Value.TrimStart('!').StartsWith("hist:", StringComparison.Ordinal) => OfHist(change.Value, isUndo),
        "trigger" when change.Value.StartsWith("!traceoff", StringComparison.Ordinal) => "the kernel shuts this gate by itself no more",
        "trigger" when change.Value.StartsWith("traceoff", StringComparison.Ordinal) => "the kernel itself shuts this instance's gate at the first such drop",
        "trigger" => change.Value.StartsWith('!') ? "stops taking stacks" : "takes a stack with each event; the kernel stops by itself after this many",
        "set_ftrace_filter" => "limits the function tracer to this one function",
        "current_tracer" => change.Value == "nop" ? "turns the function tracer off in the instance" : "turns the function tracer on in the instance; the gate is still shut",
        "dynamic_events" or "kprobe_events" => change.Value.StartsWith('-')
            ? "removes our own probe event by name; those of other tools stay"
            : change.Value.StartsWith("s:", StringComparison.Ordinal) ? "adds an event of our own that carries a time; it is recorded nowhere"
            : "adds our own probe event under a random name; it is not enabled yet",
        _ => null,
    };

    // "hist:keys=reason:pause if …"
    private static string OfHist(string trigger, bool isUndo) => trigger.StartsWith('!') ? "removes the kernel's table of these counts"
        : trigger.Split(" if ")[0].EndsWith(":cont", StringComparison.Ordinal) ? "starts counting by reason and location"
        : isUndo ? "stops counting by reason and location"
        : "also counts the drops in the kernel by reason and location; paused until the gate opens";
}
