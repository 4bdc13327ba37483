using System.Diagnostics;

namespace DropForensics.Capture.Kernel;

/// <summary>
/// The cost of recording an event and of taking a stack on this host: measured in our own instance on trace_marker, whose
/// event accepts the same stacktrace trigger as any other (Linux 4.19 on). Some 500 writes, one to three milliseconds.
/// </summary>
/// <param name="EventNs">One event, including the system call that wrote it.</param>
/// <param name="StackNs">The stack of that system call, which is some six frames deep.</param>
internal sealed record RecordingCost(long EventNs, long StackNs)
{
    // Small batches, so that some run undisturbed even on a busy host.
    private const int Batches = 64, WritesInBatch = 4;

    // Where this was compared (6.18), a stack of six frames cost 2.0 µs, and a flood's drops with theirs of twenty 4.0 µs more than without tracing.
    private const int DropToMarker = 2;

    // Seen under floods on the slowest of the hosts at hand.
    private static readonly RecordingCost Usual = new(1_000, 2_500);

    /// <summary>
    /// The default limit of drops a second for this host: the rate that costs it one CPU's time, or half of the only CPU.
    /// </summary>
    /// <param name="measured">Null if it could not be measured.</param>
    /// <param name="cpus">Of the host.</param>
    /// <param name="stacks">Each drop has a stack.</param>
    public static long DefaultMaxRate(RecordingCost? measured, int cpus, bool stacks)
    {
        RecordingCost cost = measured ?? Usual;
        long dropNs = Math.Max(1, cost.EventNs + (stacks ? DropToMarker * cost.StackNs : 0));
        long rate = (long)(1e9 * Math.Min(1, cpus / 2.0) / dropNs);
        return Math.Max(rate / 1000 * 1000, 1000);
    }

    /// <summary>Leaves records in the ring, which the caller must clear, and a trigger that only trace_marker fires.</summary>
    /// <param name="marker">The instance's trace_marker, its gate open.</param>
    /// <param name="takeStacks">Sets the stacktrace trigger of the marker's event.</param>
    /// <exception cref="IOException">The kernel refused.</exception>
    public static RecordingCost Measure(TracefsFile marker, Action takeStacks)
    {
        long without = Fastest(marker);
        takeStacks();
        return new RecordingCost(without, Math.Max(Fastest(marker) - without, 0));
    }

    /// <summary>ns for each write, in the fastest batch.</summary>
    private static long Fastest(TracefsFile marker)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int batch = 0; batch < Batches; batch++)
        {
            long started = Stopwatch.GetTimestamp();
            for (int i = 0; i < WritesInBatch; i++) marker.Write(".");
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (elapsed < fastest) fastest = elapsed;
        }

        return (long)(fastest.TotalNanoseconds / WritesInBatch);
    }
}
