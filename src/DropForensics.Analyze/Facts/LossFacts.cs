using DropForensics.Analyze.Display;

namespace DropForensics.Analyze.Facts;

/// <summary>What the capture knows to be missing.</summary>
/// <param name="Records">Ring records lost on all CPUs.</param>
/// <param name="UncountedHoles">Holes whose size the kernel did not know: a number above is then a lower bound.</param>
/// <param name="RecordsPerDrop">2 where a stack was recorded with each drop, in a record of its own, else 1.</param>
/// <param name="HasCounters">Whether the ring's own loss counters were read: without them a loss after the last line cannot show.</param>
/// <param name="WithoutStack">Captured drops without the stack that was asked for.</param>
/// <param name="AfterStacks">Captured drops that have no stack because stacks had been given up to spare the host; not among the former.</param>
public sealed record LossFacts(long Records, long UncountedHoles, int RecordsPerDrop, bool HasCounters, long WithoutStack, long AfterStacks)
{
    /// <summary>Whether anything is known to be lost.</summary>
    public bool Any => Records > 0 || UncountedHoles > 0;
}

/// <summary>A LOST line: between two records of one CPU others are missing.</summary>
/// <param name="Cpu">The CPU whose buffer overran.</param>
/// <param name="FromNs">Last record before the hole; the window's start where the stream begins with it.</param>
/// <param name="ToNs">First drop after it on that CPU; the window's end where none follows.</param>
/// <param name="Records">Ring records lost; null where the kernel could not count.</param>
public sealed record HoleFacts(int Cpu, long FromNs, long ToNs, long? Records);

/// <summary>
/// Drops of one reason and location that the kernel itself counted in the window (a hist trigger), beside those captured. Like the witness it
/// counted a little longer than the capture's gate was open.
/// </summary>
/// <param name="Reason">The kernel's name; null where the kernel has no reasons, or the capture does not name this one.</param>
/// <param name="Value">Its number; null where the kernel has no reasons.</param>
/// <param name="Location">Where freed; null where the capture's own locations cannot be compared, and for drops that the kernel had no room to
/// distinguish.</param>
/// <param name="Counted">By the kernel.</param>
/// <param name="Captured">Here.</param>
public sealed record KernelCountFacts(string? Reason, long? Value, string? Location, long Counted, long Captured);

/// <summary>How many raw lines were of one kind (table <c>line_count</c>).</summary>
public sealed record LineFacts(string Kind, long Lines)
{
    /// <summary>Whether lines of this kind could not be read.</summary>
    public bool IsUnparsed => Kind.StartsWith("unparsed_", StringComparison.Ordinal);
}

/// <summary>A line that did not parse.</summary>
/// <param name="Cpu">Whose stream holds it; null for a merged stream.</param>
/// <param name="Line">Its number in that stream, from 1.</param>
/// <param name="Kind">Why it did not parse.</param>
/// <param name="Text">Its beginning.</param>
public sealed record UnparsedSample(int? Cpu, long Line, string Kind, string Text);

/// <summary>One drop as the kernel printed it, its stack with it.</summary>
/// <param name="Cpu">Whose stream holds it; null for a merged stream.</param>
/// <param name="Line">Number of its first line in that stream, from 1.</param>
/// <param name="Text">The lines, their invisible characters shown as escapes.</param>
public sealed record RawExample(int? Cpu, long Line, string Text)
{
    /// <summary>How many lines <see cref="Text"/> has.</summary>
    public int Lines => Text.Count(c => c == '\n') + 1;
}

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
        "filtered" => $"the mark of a {subject.One} that the filter left out",
        "filtered_unseen" => $"the mark of a {subject.One} that the filter left out because it has no packet",
        "filtered_stack" => $"the mark of the stack of such a {subject.One}; its frames are blank lines",
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
