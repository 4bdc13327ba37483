using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// One event that is recorded: what is written to arm it. A capture has a list of these; the first one reports the drops. Reading,
/// rendering, counting and losses refer to each by its <see cref="Id"/>.
/// </summary>
internal sealed record ArmedEvent
{
    /// <summary>Its name: <c>skb:kfree_skb</c>, <c>dropforensics_…:drop</c>, <c>function:kfree_skb</c>.</summary>
    public required string Id { get; init; }

    public required ProbeKind Kind { get; init; }

    /// <summary>Its directory below an instance; null for the function tracer, which has none.</summary>
    public string? Directory { get; init; }

    /// <summary>The function that the function tracer follows; null for all others.</summary>
    public string? Function { get; init; }

    /// <summary>What is written to its filter file; empty for none.</summary>
    public string Filter { get; init; } = "";

    /// <summary>The stacktrace trigger, with its filter; null without stacks.</summary>
    public string? Trigger { get; init; }

    /// <summary>Each record names its task itself, so the kernel need not keep names for us.</summary>
    public bool HasComm { get; init; }

    /// <summary>The event that its lines name as its source, <c>skb.kfree_skb</c>; null unless it is an eprobe.</summary>
    public string? AttachedTo { get; init; }

    /// <summary>Defines the event; null if the kernel has it already.</summary>
    public ProbeDefinition? Definition { get; init; }

    /// <summary>The event to count instead: the cheapest event with the same hits. Null for the event itself.</summary>
    public ArmedEvent? CountedBy { get; init; }

    /// <summary>Path of its <c>format</c>; for the function tracer that of ftrace/function.</summary>
    public string FormatPath => $"{Directory ?? "events/ftrace/function"}/format";

    /// <summary>Defines it and its counted event, if the kernel does not have them.</summary>
    /// <exception cref="UserError">The kernel refused one; the message has the kernel's reason if it gave one.</exception>
    public void Define(string tracefs, UndoJournal journal)
    {
        foreach (ProbeDefinition each in new[] { Definition, CountedBy?.Definition }.OfType<ProbeDefinition>())
        {
            try
            {
                journal.DefineProbe(Path.Combine(tracefs, each.File), each.Event, each.Text);
            }
            catch (IOException e)
            {
                string reason = ErrorLog.ReasonFor(tracefs, each.Text) ?? $"{e.Message.Split(" : ")[0]}; it gives no further reason";
                throw new UserError($"the kernel refused the {Kind.Name()}: {reason}", "Use --probe tracepoint, which defines no event.");
            }
        }
    }
}

/// <summary>The definition of an event of our own.</summary>
/// <param name="File"><c>dynamic_events</c>, or <c>kprobe_events</c> on kernels that only have that.</param>
/// <param name="Event">Its <c>group/event</c>.</param>
/// <param name="Text"><c>e:group/event skb/kfree_skb …</c></param>
internal sealed record ProbeDefinition(string File, string Event, string Text);
