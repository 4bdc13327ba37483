namespace DropForensics.Core.Model;

/// <summary>What a raw line is. Every line of a stream counts for exactly one kind.</summary>
public enum LineKind
{
    /// <summary>A packet drop.</summary>
    Event,

    /// <summary>A well-formed event that is no drop: another tracepoint, a probe hit without a packet.</summary>
    OtherEvent,

    /// <summary>The header of a stack: one ring record, whatever the number of its frames.</summary>
    Stack,

    /// <summary>The header of a stack whose event is not there: it was lost, or the gate opened between the two.</summary>
    OrphanStack,

    /// <summary>A frame of a stack.</summary>
    Frame,

    /// <summary>A LOST line, or the line that says how many records were overwritten.</summary>
    Loss,

    /// <summary>A blank line or a <c>#</c> line, as the file <c>trace</c> has at its head; never in trace_pipe.</summary>
    Comment,

    /// <summary>No task, CPU and time could be found at its start.</summary>
    UnparsedHeader,

    /// <summary>The same, and nothing in it is of a record, a stack or a loss: what somebody wrote between them. No drop can be hidden in it.</summary>
    UnparsedProse,

    /// <summary>The head is sound and the event's arguments are not.</summary>
    UnparsedArguments,

    /// <summary>A <c>=></c> line outside a stack, or one that is no frame.</summary>
    UnparsedFrame,

    /// <summary>Cut off without a newline, the next record glued on; that record was rescued if it is sound.</summary>
    UnparsedGlued,

    /// <summary>The stream ended inside this line.</summary>
    UnparsedEnd,

    /// <summary>Longer than any line the kernel makes.</summary>
    UnparsedTooLong,
}
