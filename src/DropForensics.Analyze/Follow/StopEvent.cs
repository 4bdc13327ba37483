using DropForensics.Analyze.Facts;

namespace DropForensics.Analyze.Follow;

/// <summary>An event of a packet's life, as its line tells it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Address">Of the packet's <c>sk_buff</c>, or the hash that the kernel prints in its place.</param>
/// <param name="Interface">Name of the interface; null where the event names none.</param>
/// <param name="TNs">When, in <c>t_ns</c>.</param>
/// <param name="Cpu">Where.</param>
/// <param name="RawLine">Number of its line in its stream.</param>
/// <param name="Length">Bytes of the packet; -1: not said.</param>
/// <param name="Result">Of <see cref="StopKind.Sent"/>.</param>
/// <param name="Run">Events with the same number happened on one CPU in one go: nothing else ran there in between. See <see cref="CpuRuns"/>.</param>
/// <param name="Drop">Id of the drop it is; 0: none.</param>
internal readonly record struct StopEvent(
    StopKind Kind, ulong Address, string? Interface, long TNs, int Cpu, long RawLine, int Length = -1, int Result = 0, int Run = 0, long Drop = 0)
{
    /// <summary>Another CPU has an event of the same address at the same time: which came first is not known.</summary>
    public bool IsTied { get; init; }
}

/// <summary>
/// Numbers the runs of each CPU: a softirq, or what one task does in the kernel. A packet that is handed from one layer to the next at once stays in a run; one that
/// waits in a socket or a queue does not.
/// </summary>
internal sealed class CpuRuns
{
    // A softirq gives the CPU back after 2 ms (net.core.netdev_budget_usecs), or a few rounds of that.
    private const long LongestPauseNs = 10_000_000;

    private readonly Dictionary<int, Current> _cpus = [];
    private int _last;

    /// <summary>The run of the next event on a CPU.</summary>
    /// <param name="cpu">The CPU.</param>
    /// <param name="pid">The task that was running.</param>
    /// <param name="context">The flag of the line that tells softirq, interrupt and task apart.</param>
    /// <param name="tNs">When.</param>
    public int Next(int cpu, int pid, byte context, long tNs)
    {
        // An interrupt goes away again, and what it interrupted goes on.
        if (context is (byte)'h' or (byte)'H' or (byte)'z' or (byte)'Z') return ++_last;
        if (!_cpus.TryGetValue(cpu, out Current? current)) _cpus.Add(cpu, current = new Current());
        if (current.Run == 0 || current.Pid != pid || current.Context != context || tNs - current.TNs > LongestPauseNs) current.Run = ++_last;
        (current.Pid, current.Context, current.TNs) = (pid, context, tNs);
        return current.Run;
    }

    private sealed class Current
    {
        public int Run { get; set; }

        public int Pid { get; set; }

        public byte Context { get; set; }

        public long TNs { get; set; }
    }
}
