namespace DropForensics.Core.Model;

/// <summary>What a raw line is. Every line of a stream counts for exactly one kind.</summary>
public enum LineKind
{
    /// <summary>A packet drop.</summary>
    Event,

    /// <summary>A well-formed event that is not a drop: another tracepoint, or a probe hit without a packet.</summary>
    OtherEvent,

    /// <summary>The header of a stack: one ring record, however many frames it has.</summary>
    Stack,

    /// <summary>The header of a stack whose event is missing: it was lost, or the gate opened between the two.</summary>
    OrphanStack,

    /// <summary>A frame of a stack.</summary>
    Frame,

    /// <summary>A LOST line, or the line with the number of overwritten records.</summary>
    Loss,

    /// <summary>A blank line or a <c>#</c> line, as the file <c>trace</c> has at its head; never in trace_pipe.</summary>
    Comment,

    /// <summary>The mark of a drop that the agent's filter left out, in place of its line.</summary>
    Filtered,

    /// <summary>The same of a drop left out because it has no packet to compare.</summary>
    FilteredUnseen,

    /// <summary>The mark of the stack of a drop that was left out, in place of its header; its frames are blank lines.</summary>
    FilteredStack,

    // All from here on did not parse: see IsUnparsed.

    /// <summary>It does not start with a task, CPU and time.</summary>
    UnparsedHeader,

    /// <summary>The same, and nothing in it looks like a record, a stack or a loss: text written between them. It cannot hide a drop.</summary>
    UnparsedProse,

    /// <summary>The head is valid, but the event's arguments are not.</summary>
    UnparsedArguments,

    /// <summary>A <c>=></c> line outside a stack, or one that is not a valid frame.</summary>
    UnparsedFrame,

    /// <summary>Cut off without a newline, with the next record glued on; that record is used if it is valid.</summary>
    UnparsedGlued,

    /// <summary>The stream ended inside this line.</summary>
    UnparsedEnd,

    /// <summary>Longer than any line the kernel makes.</summary>
    UnparsedTooLong,
}

/// <summary>The name of each kind of line in table <c>line_count</c>.</summary>
public static class LineKindNames
{
    /// <summary>Whether lines of this kind did not parse.</summary>
    public static bool IsUnparsed(this LineKind kind) => kind >= LineKind.UnparsedHeader;

    /// <summary>The name of a kind, as stored.</summary>
    public static string Of(LineKind kind) => kind switch
    {
        LineKind.Event => "event",
        LineKind.OtherEvent => "other_event",
        LineKind.Stack => "stack",
        LineKind.OrphanStack => "orphan_stack",
        LineKind.Frame => "frame",
        LineKind.Loss => "loss",
        LineKind.Comment => "comment",
        LineKind.Filtered => "filtered",
        LineKind.FilteredUnseen => "filtered_unseen",
        LineKind.FilteredStack => "filtered_stack",
        LineKind.UnparsedHeader => "unparsed_header",
        LineKind.UnparsedProse => "unparsed_prose",
        LineKind.UnparsedArguments => "unparsed_arguments",
        LineKind.UnparsedFrame => "unparsed_frame",
        LineKind.UnparsedGlued => "unparsed_glued",
        LineKind.UnparsedEnd => "unparsed_end",
        LineKind.UnparsedTooLong => "unparsed_too_long",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };
}

/// <summary>How many lines of each kind a stream held; their sum is the number of its lines.</summary>
public sealed class LineCounts
{
    private readonly long[] _counts = new long[Enum.GetValues<LineKind>().Length];

    /// <summary>The number of lines of one kind.</summary>
    public long this[LineKind kind]
    {
        get => _counts[(int)kind];
        set => _counts[(int)kind] = value;
    }

    /// <summary>All lines.</summary>
    public long Total => _counts.Sum();

    /// <summary>Lines of any Unparsed kind.</summary>
    public long Unparsed => _counts[(int)LineKind.UnparsedHeader..].Sum();

    /// <summary>The counts as they are now.</summary>
    public LineCounts Copy()
    {
        var copy = new LineCounts();
        _counts.CopyTo(copy._counts.AsSpan());
        return copy;
    }
}

/// <summary>A sample of a line that did not parse.</summary>
/// <param name="RawLine">Its number in its stream, from 1.</param>
/// <param name="Kind">One of the Unparsed kinds.</param>
/// <param name="Text">Its first 200 bytes; bytes that are not UTF-8 read <c>\xNN</c>.</param>
public readonly record struct UnparsedLine(long RawLine, LineKind Kind, string Text);
