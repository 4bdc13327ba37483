using DropForensics.Analyze.Facts;
using static DropForensics.Analyze.Display.Units;

namespace DropForensics.Analyze.Findings;

/// <summary>Whether one CPU alone served the network, and which interrupt brought it there.</summary>
internal static class CpuEvidence
{
    // Of less, other CPUs help.
    private const double Most = 0.9;

    // A window in which little happened shows nothing.
    private const long Least = 100;

    /// <summary>A sentence each; none where other CPUs took part, or the host's counts are not kept.</summary>
    /// <param name="facts">Of the capture.</param>
    /// <param name="cpu">The CPU with most of the drops.</param>
    public static IEnumerable<Evidence> Of(CaptureFacts facts, long cpu)
    {
        IReadOnlyDictionary<long, long> received = facts.Host.ReceiveSoftirqs();
        long all = received.Values.Sum(), its = received.GetValueOrDefault(cpu);
        if (all < Least || its < Most * all) yield break;
        yield return new TextEvidence($"CPU {cpu} ran {Percent(its, all)} of all {Count(all)} receive softirqs (`NET_RX` in /proc/softirqs): the other CPUs hardly took part.");
        if (facts.Host.BusiestInterrupt(cpu) is not { } irq || irq.Times < Least) yield break;
        yield return new TextEvidence($"Interrupt {irq.Number} (`{irq.Name}`) came there {Count(irq.Times, "time")}"
            + $"{(irq.Affinity is { } affinity ? $"; its affinity allows CPU {affinity}" : "")}.");
    }
}
