using DropForensics.Core;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// One event that is recorded: what is written to arm it. A capture has a list of these, of which the first shows the drops; what is read,
/// rendered, counted and lost of each goes by its <see cref="Id"/>.
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

    /// <summary>The stacktrace trigger, its filter included; null where no stacks are taken.</summary>
    public string? Trigger { get; init; }

    /// <summary>Each record names its task itself, so the kernel need not keep names for us.</summary>
    public bool HasComm { get; init; }

    /// <summary>What its lines say that it is attached to, <c>skb.kfree_skb</c>; null unless it is an eprobe.</summary>
    public string? AttachedTo { get; init; }

    /// <summary>Makes the event; null where the kernel has it by itself.</summary>
    public ProbeDefinition? Definition { get; init; }

    /// <summary>The event that is counted instead: the same hits by the cheapest event there is. Null for the event itself.</summary>
    public ArmedEvent? CountedBy { get; init; }

    /// <summary>Where its <c>format</c> is; of the function tracer that of ftrace/function.</summary>
    public string FormatPath => $"{Directory ?? "events/ftrace/function"}/format";

    /// <summary>Defines it, and what it is counted by, where the kernel does not have them by itself.</summary>
    /// <exception cref="UserError">The kernel refused one, with its own reason where it gave one.</exception>
    public void Define(string tracefs, UndoJournal journal)
    {
        foreach (var each in new[] { Definition, CountedBy?.Definition }.OfType<ProbeDefinition>())
        {
            try
            {
                journal.DefineProbe(Path.Combine(tracefs, each.File), each.Event, each.Text);
            }
            catch (IOException e)
            {
                var reason = ErrorLog.ReasonFor(tracefs, each.Text) ?? $"{e.Message.Split(" : ")[0]}; it gives no further reason";
                throw new UserError($"the kernel refused the {Kind.Name()}: {reason}", "--probe tracepoint needs no definition.");
            }
        }
    }
}

/// <summary>What to write so that an event of our own exists.</summary>
/// <param name="File"><c>dynamic_events</c>, or <c>kprobe_events</c> where that is all there is.</param>
/// <param name="Event">Its <c>group/event</c>.</param>
/// <param name="Text"><c>e:group/event skb/kfree_skb …</c></param>
internal sealed record ProbeDefinition(string File, string Event, string Text);
