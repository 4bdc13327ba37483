using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Diff;

/// <summary>What makes two captures differ though nothing on the host did, a sentence each.</summary>
internal static class ComparisonNotes
{
    public static IEnumerable<string> Of(DiffSide a, DiffSide b)
    {
        foreach (DiffSide side in (DiffSide[])[a, b])
        {
            if (side.Missing.Most is null)
                yield return $"{side.Letter} lacks {(side.Missing.Least > 0 ? $"at least {Count(side.Missing.Least)}" : "an unknown number of")} {side.Capture.Subject.Many}, with no upper limit: its rates have none either.";
            else if (side.Missing.Most > 0)
                yield return $"{side.Letter} lacks {Missing(side)}: its rates are ranges, and all of the missing ones may be of one kind.";
            if (side.Facts.Window is { IsWindow: false, IsTime: true } && side.Seconds is not null)
                yield return side.Capture.IsImport
                    ? $"The text of {side.Letter} does not show when recording began and ended. The time from its first {side.Capture.Subject.One} to its last is used, which makes its rates too high rather than too low."
                    : $"{side.Letter} was not closed properly: its window ends with its last {side.Capture.Subject.One}.";
            if (side.Facts.Losses.AfterStacks > 0)
                yield return $"{side.Letter} stopped taking stacks to spare its host: {Count(side.Facts.Losses.AfterStacks, side.Capture.Subject.One)} of it have no driver.";
            if (side.Facts.Ledger.BeforeTheStack.Sum(u => u.Packets) is > 0 and var packets)
                yield return $"Cards of {side.Letter} lost {Count(packets, "packet")} before the stack saw them; no number here includes them.";
        }

        if (a.Capture.KernelRelease != b.Capture.KernelRelease)
            yield return $"The kernels differ ({Kernel(a)} and {Kernel(b)}): reasons and functions are compared by name, and a function that is new or gone may have been renamed or inlined; what one calls `NOT_SPECIFIED` may have a reason in the other.";
        if (a.Capture.Probe != b.Capture.Probe && !(IsTracepoint(a) && IsTracepoint(b)))
            yield return $"The probes differ ({a.Capture.Probe} and {b.Capture.Probe}): a kprobe misses lists of packets that a qdisc frees, and a function's calls need not all be drops.";
        if (a.Capture.HostName is { } one && one == b.Capture.HostName && b.Facts.Window.StartUtc < a.Facts.Window.StartUtc)
            yield return "B was recorded before A: to compare before and after, give the earlier capture first.";
    }

    /// <summary><c>3 to 7 drops</c></summary>
    public static string Missing(DiffSide side) => side.Missing is { Most: { } most } range
        ? range.IsExact ? side.Capture.Subject.Counted(most) : range.Least == 0 ? $"up to {side.Capture.Subject.Counted(most)}" : $"{Count(range.Least)} to {side.Capture.Subject.Counted(most)}"
        : $"at least {side.Capture.Subject.Counted(side.Missing.Least)}";

    private static string Kernel(DiffSide side) => side.Capture.KernelRelease is { } release ? $"Linux {release}" : "an unknown kernel";

    // The same drops: an eprobe is attached to the tracepoint.
    private static bool IsTracepoint(DiffSide side) => side.Capture.Probe is "tracepoint" or "eprobe";
}
