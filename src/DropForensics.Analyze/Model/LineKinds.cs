using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Model;

/// <summary>What each kind of raw line is, in words.</summary>
internal static class LineKinds
{
    public static string Describe(string kind, Subject subject) => kind switch
    {
        "event" => subject.One == "drop" ? "a packet drop" : "a hit",
        "other_event" => $"an event that is not a {subject.One}",
        "stack" => "the header of a stack",
        "orphan_stack" => $"the header of a stack whose {subject.One} is missing",
        "frame" => "a frame of a stack",
        "loss" => "a LOST line, or a count of overwritten records",
        "comment" => "blank, or a # line",
        "unparsed_header" => "no task, CPU and time at its start",
        "unparsed_prose" => "no part of a trace",
        "unparsed_arguments" => "an event whose arguments could not be read",
        "unparsed_frame" => "a frame outside a stack, or a malformed one",
        "unparsed_glued" => "cut off, with the next record attached",
        "unparsed_end" => "the stream ended inside it",
        "unparsed_too_long" => "longer than any line the kernel makes",
        _ => "a kind unknown to this version",
    };
}
