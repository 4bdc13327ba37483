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
