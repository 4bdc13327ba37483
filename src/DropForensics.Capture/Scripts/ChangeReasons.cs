using DropForensics.Capture.Kernel;

namespace DropForensics.Capture.Scripts;

/// <summary>Why a capture changes what, in words for whoever has to approve it.</summary>
internal static class ChangeReasons
{
    /// <summary>What a change is for; null for one that nobody has explained, which a test does not let pass.</summary>
    /// <param name="change">The change.</param>
    /// <param name="instance">The instance whose ring is read; another one only counts.</param>
    /// <param name="isUndo">It is made at the window's end.</param>
    public static string? Of(TracefsChange change, string instance, bool isUndo)
    {
        var file = Path.GetFileName(change.Path);
        return change.Kind switch
        {
            TracefsChangeKind.MakeDirectory when change.Path != instance => "a second, tiny instance that nobody reads: in it the kernel itself counts the drops",
            TracefsChangeKind.MakeDirectory => "a trace instance of our own: ring buffer, events and switches apart from everybody else's",
            TracefsChangeKind.RemoveDirectory => "the instance goes, and all that was set in it; the kernel gets its memory back",
            TracefsChangeKind.Hold when file == "tracing_on" => "the gate is held open for writing, so that it can be shut whatever happens",
            TracefsChangeKind.Hold when file == "free_buffer" => "held open: should its holder die, the kernel shuts the gate and frees the ring by itself",
            TracefsChangeKind.WriteHeld when file == "tracing_on" => change.Value == "1" ? "the gate opens: what is armed is recorded from here on" : "the gate shuts: nothing is recorded from here on",
            TracefsChangeKind.Hold when file == "trace_marker" => "what recording costs this host is measured first, with marks of our own in our own instance; setting the clock then empties the ring",
            TracefsChangeKind.WriteHeld when file == "trace_marker" => "one mark; the capture itself writes about 250",
            TracefsChangeKind.Release => $"lets go of {file}",
            TracefsChangeKind.Write => OfWrite(file, change, isUndo),
            _ => null,
        };
    }

    private static string? OfWrite(string file, TracefsChange change, bool isUndo) => file switch
    {
        "tracing_on" => "the instance's gate is shut before anything else is set, so nothing is recorded yet",
        "trace_clock" => "times on the monotonic clock",
        "buffer_percent" => "a reader is woken when the ring is a tenth full",
        "trace_options" => "the instance does not note the names of tasks: its events carry them, or need none",
        "sym-offset" => "functions are printed with their offsets and modules",
        "disable_on_free" => "lets the kernel clean up when free_buffer is let go of",
        "hash-ptr" => "this instance prints addresses as they are, so that pages and text say the same",
        "buffer_size_kb" => $"{change.Value} KiB of ring buffer for each CPU",
        "filter" => change.Value == "0" ? "the filter goes" : "only these are recorded; the kernel itself compares",
        "enable" => change.Value == "0" ? "the event goes off in the instance" : "the event goes on in the instance; the gate is still shut",
        "trigger" when change.Path.EndsWith("ftrace/print/trigger", StringComparison.Ordinal) => "the same with a stack for each mark; the instance takes the trigger with it when it goes",
        "trigger" when change.Value.TrimStart('!').StartsWith("hist:", StringComparison.Ordinal) => OfHist(change.Value, isUndo),
        "trigger" => change.Value.StartsWith('!') ? "the kernel takes no more stacks" : "a stack with each event; after so many the kernel stops by itself",
        "set_ftrace_filter" => "the function tracer may follow this one function and no other",
        "current_tracer" => change.Value == "nop" ? "the function tracer goes off in the instance" : "the function tracer goes on in the instance; the gate is still shut",
        "dynamic_events" or "kprobe_events" => change.Value.StartsWith('-')
            ? "our own probe event is taken out by its name; other tools' stay"
            : "a probe event of our own, added to the kernel's list under a random name; no one has it enabled yet",
        _ => null,
    };

    // "hist:keys=reason:pause if …"
    private static string OfHist(string trigger, bool isUndo) => trigger.StartsWith('!') ? "the kernel's table of these counts goes"
        : trigger.Split(" if ")[0].EndsWith(":cont", StringComparison.Ordinal) ? "counting by reason and location begins"
        : isUndo ? "counting by reason and location stops"
        : "the kernel is to count the drops by reason and location as well; paused until the gate opens";
}
