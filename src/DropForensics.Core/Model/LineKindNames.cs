namespace DropForensics.Core.Model;

/// <summary>How each kind of line is called in table <c>line_count</c>.</summary>
public static class LineKindNames
{
    public static string Of(LineKind kind) => kind switch
    {
        LineKind.Event => "event",
        LineKind.OtherEvent => "other_event",
        LineKind.Stack => "stack",
        LineKind.OrphanStack => "orphan_stack",
        LineKind.Frame => "frame",
        LineKind.Loss => "loss",
        LineKind.Comment => "comment",
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
