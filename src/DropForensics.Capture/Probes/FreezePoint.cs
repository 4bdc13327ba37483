using DropForensics.Capture.Host;
using DropForensics.Capture.Kernel;
using DropForensics.Core;

namespace DropForensics.Capture.Probes;

/// <summary>The drop at which the kernel itself stops a recording: <c>--freeze</c> with <c>--until</c>.</summary>
/// <param name="Freezing">What the kernel is told.</param>
/// <param name="Cause">What is waited for, as it was asked for.</param>
internal sealed record FreezePoint(Freezing Freezing, string Cause)
{
    /// <summary>What the kernel can wait for of what was asked; null where it is nothing: rates and counters are for the agent to look at.</summary>
    /// <param name="options">What was asked for.</param>
    /// <param name="plan">What is armed.</param>
    /// <param name="release">The kernel's release, <c>6.1.0-57-amd64</c>.</param>
    /// <exception cref="UserError">The kernel cannot do it.</exception>
    public static FreezePoint? Of(CaptureOptions options, ProbePlan plan, string? release)
    {
        DropTrigger[] drops = [.. options.Until.OfType<DropTrigger>()];
        if (drops.Length == 0) return null;
        if (!HonoursInstance(release))
            throw Cannot($"Linux {Printable.Of(release ?? "of unknown release")} would stop every tracer of this host, not ours alone; 5.18 does better");
        if (drops.FirstOrDefault(each => each.Most > 0) is { } counting)
            throw Cannot($"it stops at the first drop, and '{Printable.Of(counting.Text)}' waits for a number of them");
        if (plan.Drops.Directory is null) throw Cannot($"the probe {plan.Name} has no trigger for it");
        if (!plan.KernelDecides) throw Cannot("the agent decides a part of --filter, and so the kernel would stop at a drop that it leaves out");
        if (drops.FirstOrDefault(each => each.Interface is not null) is { } byInterface)
            throw Cannot($"it compares reasons alone, and '{Printable.Of(byInterface.Text)}' waits for an interface");
        string[] reasons = [.. drops.Select(each => each.Reason).OfType<string>()];
        string condition = reasons.Length < drops.Length ? "" : EventFilter.Reasons(plan.Reasons, reasons, []);
        return new FreezePoint(
            new Freezing(EventFilter.And(plan.Drops.Filter, condition), EventFilter.And((plan.Drops.CountedBy ?? plan.Drops).Filter, condition)),
            string.Join(" or ", Array.ConvertAll(drops, each => each.Text)));
    }

    // kernel/trace/trace_events_trigger.c: before, the trigger shut the gate of the top instance wherever it was set.
    private static bool HonoursInstance(string? release) =>
        release?.Split('.', '-', '+') is [var first, var second, ..] && int.TryParse(first, out int major) && int.TryParse(second, out int minor) && (major > 5 || (major == 5 && minor >= 18));

    private static UserError Cannot(string why) => new($"the kernel cannot stop the recording by itself: {why}", "Leave --freeze out: --keep-last waits for the same and reads what it records.");
}
